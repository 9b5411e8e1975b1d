package strictyaml

import (
	"encoding/json"
	"reflect"
	"slices"
)

// A Schemer returns the JSON Schema of its nodes. Types with a DecodeNode method
// implement it on their pointer, because their Go type does not show their shapes.
type Schemer interface {
	// Schema returns the JSON Schema of the nodes that the type decodes.
	Schema() map[string]any
}

// Schema returns the JSON Schema, draft 2020-12, of the nodes that [Node.Decode]
// accepts for a type: keys, required keys and kinds of values. It has no checks
// that follow decoding, such as ranges.
func Schema(t reflect.Type) map[string]any {
	if s, ok := reflect.TypeAssert[Schemer](reflect.New(t)); ok {
		return s.Schema()
	}
	if t == reflect.TypeFor[json.RawMessage]() {
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return Schema(t.Elem())
	case reflect.Struct:
		return structSchema(t)
	case reflect.Map:
		return map[string]any{"type": []any{"object", "null"}, "additionalProperties": Schema(t.Elem())}
	case reflect.Slice:
		return map[string]any{"type": []any{"array", "null"}, "items": Schema(t.Elem())}
	case reflect.String:
		return map[string]any{"type": []any{"string", "number", "boolean", "null"}}
	case reflect.Bool:
		return map[string]any{"type": []any{"boolean", "null"}}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return map[string]any{"type": []any{"integer", "null"}}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": []any{"number", "null"}}
	}
	return map[string]any{}
}

func structSchema(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []any{}
	for _, f := range fieldsOf(t) {
		s := Schema(t.Field(f.index).Type)
		if f.required {
			required = append(required, f.name)
			withoutNull(s)
		}
		properties[f.name] = s
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func withoutNull(s map[string]any) {
	types, ok := s["type"].([]any)
	if !ok {
		return
	}
	types = slices.DeleteFunc(types, func(t any) bool { return t == "null" })
	if s["type"] = types; len(types) == 1 {
		s["type"] = types[0]
	}
}
