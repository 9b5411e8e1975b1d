package resultschema

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"strings"
	"time"
)

// Generate returns the schema of a result as indented JSON, with a line feed at its end. Root is the directory of the
// module, whose sources have the comments.
func Generate(r Result, root string) ([]byte, error) {
	g := &generator{comments: comments{root: root}, defs: map[string]any{}, self: r.Type}
	schema := g.object(r.Type)
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "promptbench " + r.Name
	schema["description"] = r.Title + ". New fields may come; those that are here stay."
	if len(g.defs) > 0 {
		schema["$defs"] = g.defs
	}
	if g.err != nil {
		return nil, g.err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema); err != nil {
		return nil, fmt.Errorf("writing the schema of %s: %w", r.Name, err)
	}
	return out.Bytes(), nil
}

type generator struct {
	comments comments
	defs     map[string]any
	self     reflect.Type
	err      error
}

func named(types ...any) map[string]any { return map[string]any{"type": types} }

// of returns the schema of what encoding/json writes for a type.
func (g *generator) of(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.RawMessage]() || t.Kind() == reflect.Interface:
		return map[string]any{}
	case t.Implements(reflect.TypeFor[json.Marshaler]()) && t.Kind() == reflect.String:
		return named("string", "null") // such as the method of an interval that there is none of
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return map[string]any{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return orNull(g.of(t.Elem()))
	case reflect.Struct:
		return g.reference(t)
	case reflect.Map:
		return map[string]any{"type": []any{"object", "null"}, "additionalProperties": g.of(t.Elem())}
	case reflect.Slice:
		return map[string]any{"type": []any{"array", "null"}, "items": g.of(t.Elem())}
	case reflect.Array:
		return map[string]any{"type": "array", "items": g.of(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	}
	if t.ConvertibleTo(reflect.TypeFor[int64]()) {
		return map[string]any{"type": "integer"}
	}
	g.err = fmt.Errorf("no schema for %s", t)
	return nil
}

// orNull also allows null.
func orNull(schema map[string]any) map[string]any {
	switch of := schema["type"].(type) {
	case string:
		schema["type"] = []any{of, "null"}
	case nil:
		if len(schema) > 0 {
			return map[string]any{"anyOf": []any{schema, map[string]any{"type": "null"}}}
		}
	}
	return schema
}

// withoutNull takes back what [orNull] allows: an empty value is left out.
func withoutNull(schema map[string]any) map[string]any {
	switch of := schema["type"].(type) {
	case []any:
		schema["type"] = of[0]
	case nil:
		if forms, ok := schema["anyOf"].([]any); ok {
			if form, ok := forms[0].(map[string]any); ok {
				return form
			}
		}
	}
	return schema
}

// reference returns a reference to the schema of a struct, which is made once.
func (g *generator) reference(t reflect.Type) map[string]any {
	if t == g.self {
		return map[string]any{"$ref": "#"}
	}
	if t.Name() == "" {
		return g.object(t)
	}
	name := path.Base(t.PkgPath()) + "." + t.Name()
	if _, known := g.defs[name]; !known {
		g.defs[name] = nil // for types that contain themselves
		g.defs[name] = g.object(t)
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

func (g *generator) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []any{}
	g.fields(t, func(f reflect.StructField, name, options string) {
		schema := g.of(f.Type)
		omitted := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		if omitted {
			schema = withoutNull(schema)
		} else {
			required = append(required, name)
		}
		if text := g.comment(t, f.Name); text != "" {
			schema["description"] = text
		}
		properties[name] = schema
	})
	out := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// fields calls do for each field that is written, also for those of embedded structs.
func (g *generator) fields(t reflect.Type, do func(f reflect.StructField, name, options string)) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "":
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			g.fields(inner, do)
		case f.IsExported():
			if name == "" {
				name = f.Name
			}
			do(f, name, options)
		}
	}
}

func (g *generator) comment(t reflect.Type, field string) string {
	text, err := g.comments.of(t, field)
	if err != nil {
		g.err = err
	}
	return text
}
