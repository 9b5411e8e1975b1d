package strictyaml

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"promptbench/internal/input/problem"
)

// A NodeDecoder decodes itself from a node. Types with several shapes in a file
// implement it.
type NodeDecoder interface {
	// DecodeNode fills the receiver from n and returns the problems.
	DecodeNode(n Node) problem.List
}

// Decode fills v, which must be a pointer, and returns a problem for everything
// that does not fit; the rest is filled.
//
// Struct fields are named by their `yaml` tag, else by their lower-cased name;
// the tag "-" leaves a field out, and the tag `required:"true"` makes a missing
// or empty key a problem. Text takes any scalar as it is spelled in the file, so
// that dates and numbers need no quotes. Numbers and booleans take no text. A
// null leaves an optional field as it was; its key is added to the []string field
// that has the tag `nulls:"true"`, if there is one. An any becomes map[string]any,
// []any, string, int, float64, bool or nil, and a json.RawMessage what
// [Node.JSON] gives. A type with a DecodeNode method on its pointer decodes
// itself. A pointer to what does not fit stays nil.
func (n Node) Decode(v any) problem.List {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return problem.List{n.Problem(fmt.Sprintf("cannot decode into %T: it is no pointer", v), "")}
	}
	var d decoder
	d.value(n, rv.Elem())
	return d.probs
}

type decoder struct{ probs problem.List }

func (d *decoder) wrong(n Node, wanted, hint string) {
	d.probs.Add(n.Problem(fmt.Sprintf("expected %s, found %s", wanted, n.Describe()), hint))
}

func (d *decoder) value(n Node, v reflect.Value) {
	if v.CanAddr() {
		if nd, ok := reflect.TypeAssert[NodeDecoder](v.Addr()); ok {
			d.probs = append(d.probs, nd.DecodeNode(n)...)
			return
		}
	}
	if v.Type() == reflect.TypeFor[json.RawMessage]() {
		raw, probs := n.JSON()
		d.probs = append(d.probs, probs...)
		v.SetBytes(raw)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if n.Kind() == Null {
			return
		}
		p := reflect.New(v.Type().Elem())
		before := len(d.probs)
		d.value(n, p.Elem())
		// A wrong number must not look like a 0 to the checks that follow.
		if len(d.probs) == before {
			v.Set(p)
		}
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Map:
		d.mapping(n, v)
	case reflect.Slice:
		d.list(n, v)
	case reflect.Interface:
		plain, probs := n.plain()
		d.probs = append(d.probs, probs...)
		if plain != nil && reflect.TypeOf(plain).AssignableTo(v.Type()) {
			v.Set(reflect.ValueOf(plain))
		}
	default:
		d.scalar(n, v)
	}
}

func (d *decoder) scalar(n Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		switch n.Kind() {
		case Bool, Int, Float, Text:
			v.SetString(n.Text())
		default:
			d.wrong(n, "text", "")
		}
	case reflect.Bool:
		var b bool
		if n.Kind() != Bool || n.n.Decode(&b) != nil {
			d.wrong(n, "true or false", "")
			return
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		var i int64
		switch {
		case n.Kind() != Int:
			d.wrong(n, "a whole number", numberHint(n))
		case n.n.Decode(&i) != nil || v.OverflowInt(i):
			d.wrong(n, "a whole number of at most "+strconv.Itoa(v.Type().Bits())+" bits", "")
		default:
			v.SetInt(i)
		}
	case reflect.Float32, reflect.Float64:
		f, ok := n.float()
		if !ok {
			d.wrong(n, "a number", numberHint(n))
			return
		}
		v.SetFloat(f)
	default:
		d.probs.Add(n.Problem("cannot decode into "+v.Type().String(), ""))
	}
}

// numberHint returns the remedy for a number in quotes.
func numberHint(n Node) string {
	if n.Kind() == Text {
		if _, err := strconv.ParseFloat(n.Text(), 64); err == nil {
			return "remove the quotes"
		}
	}
	return ""
}

func (d *decoder) list(n Node, v reflect.Value) {
	switch n.Kind() {
	case Null:
		return
	case List:
	default:
		hint := ""
		if n.Kind() == Text {
			hint = fmt.Sprintf("write it as a list: [%s]", n.Describe())
		}
		d.wrong(n, "a list", hint)
		return
	}
	items := n.Items()
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		d.value(item, out.Index(i))
	}
	v.Set(out)
}

func (d *decoder) mapping(n Node, v reflect.Value) {
	if n.Kind() == Null {
		return
	}
	if n.Kind() != Mapping {
		d.wrong(n, "a mapping", "")
		return
	}
	out := reflect.MakeMap(v.Type())
	for _, e := range d.entries(n) {
		elem := reflect.New(v.Type().Elem()).Elem()
		d.value(e.Value, elem)
		out.SetMapIndex(reflect.ValueOf(e.Key.Text()).Convert(v.Type().Key()), elem)
	}
	v.Set(out)
}

func (d *decoder) entries(n Node) []Entry {
	m := n.mapping()
	for _, b := range m.bad {
		d.probs.Add(b.Problem("expected a plain key, found "+n.d.node(b.n).Describe(), ""))
	}
	return m.entries
}

type field struct {
	name     string
	index    int
	required bool
}

func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("yaml")
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		out = append(out, field{name: name, index: i, required: f.Tag.Get("required") == "true"})
	}
	return out
}

func (d *decoder) structure(n Node, v reflect.Value) {
	if n.Kind() != Mapping {
		d.wrong(n, "a mapping", "")
		return
	}
	fields := fieldsOf(v.Type())
	seen := make([]bool, len(fields))
	for _, e := range d.entries(n) {
		key := e.Key.Text()
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == key })
		if i < 0 {
			var names []string
			for _, f := range fields {
				names = append(names, f.name)
			}
			d.probs.Add(e.Key.Problem("unknown key "+quote(key), Hint(key, names)))
			continue
		}
		f := fields[i]
		seen[i] = true
		switch {
		case e.Value.Kind() != Null:
			d.value(e.Value, v.Field(f.index))
		case !f.required:
			addNull(v, key)
		default:
			d.probs.Add(e.Key.Problem(fmt.Sprintf("the required key %q has no value", key), ""))
		}
	}
	for i, f := range fields {
		if f.required && !seen[i] {
			d.probs.Add(n.MissingKey(f.name))
		}
	}
}

// addNull adds a key whose value is null to the field that collects them.
func addNull(v reflect.Value, key string) {
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("nulls") == "true" {
			v.Field(i).Set(reflect.Append(v.Field(i), reflect.ValueOf(key)))
		}
	}
}

// MissingKey returns the problem of a mapping that lacks a required key.
func (n Node) MissingKey(key string) problem.Problem {
	return n.Problem(fmt.Sprintf("the required key %q is missing", key), "")
}
