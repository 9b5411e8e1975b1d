package graders

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"promptbench/graders/schema"
)

// A value is one JSON value of the parameters and the way to it. One without
// text was not given.
type value struct {
	raw  json.RawMessage
	path []any
}

type field struct {
	key string
	value
}

type kind string

const (
	kindAbsent kind = "nothing"
	kindString kind = "text"
	kindNumber kind = "a number"
	kindBool   kind = "true or false"
	kindList   kind = "a list"
	kindObject kind = "a mapping"
	kindBroken kind = "no JSON"
)

// kind tells what the value is by its first byte; null counts as not given.
func (v value) kind() kind {
	raw := bytes.TrimSpace(v.raw)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return kindAbsent
	case !json.Valid(raw):
		return kindBroken
	case raw[0] == '"':
		return kindString
	case raw[0] == '[':
		return kindList
	case raw[0] == '{':
		return kindObject
	case raw[0] == 't' || raw[0] == 'f':
		return kindBool
	default:
		return kindNumber
	}
}

// A decoder reads parameters strictly and goes on after a mistake, so that all
// of them are reported. A wrong value reads as its zero value.
type decoder struct{ mistakes }

// is reports whether v is of kind k, and records a mistake where it is
// something else. A value that was not given is neither.
func (d *decoder) is(v value, k kind) bool {
	got := v.kind()
	if got != k && got != kindAbsent {
		d.add(v.path, "", "expected %s, found %s", k, got)
	}
	return got == k
}

// entries returns the members of an object in the order written.
func (d *decoder) entries(v value) []field {
	if !d.is(v, kindObject) {
		return nil
	}
	var out []field
	dec := json.NewDecoder(bytes.NewReader(v.raw))
	_, _ = dec.Token() // the brace; the value is known to be valid
	for dec.More() {
		token, _ := dec.Token()
		key, _ := token.(string)
		var raw json.RawMessage
		_ = dec.Decode(&raw)
		if slices.ContainsFunc(out, func(f field) bool { return f.key == key }) {
			d.add(at(v.path, key), "", "%s appears twice", quote(key))
		}
		out = append(out, field{key, value{raw, at(v.path, key)}})
	}
	return out
}

// object returns the members of an object by key and reports every key that is
// not among known. A known key that was not given is a value without text.
func (d *decoder) object(v value, known ...string) map[string]value {
	out := make(map[string]value, len(known))
	for _, key := range known {
		out[key] = value{path: at(v.path, key)}
	}
	for _, f := range d.entries(v) {
		if !slices.Contains(known, f.key) {
			d.add(f.path, suggest(f.key, known), "unknown key %s", quote(f.key))
			continue
		}
		out[f.key] = f.value
	}
	return out
}

func (d *decoder) list(v value) []value {
	if !d.is(v, kindList) {
		return nil
	}
	var raws []json.RawMessage
	_ = json.Unmarshal(v.raw, &raws)
	out := make([]value, len(raws))
	for i, raw := range raws {
		out[i] = value{raw, at(v.path, i)}
	}
	return out
}

// text reads a string that must not be blank where it is given.
func (d *decoder) text(v value) string {
	s := d.anyText(v)
	if v.kind() == kindString && strings.TrimSpace(s) == "" {
		d.add(v.path, "", "must not be empty")
	}
	return s
}

// anyText reads a string that may be blank.
func (d *decoder) anyText(v value) (s string) {
	if d.is(v, kindString) {
		_ = json.Unmarshal(v.raw, &s) // of a valid string
	}
	return s
}

func (d *decoder) strings(v value) []string { return d.texts(v, d.text) }

// texts reads a list by what reads each of its items, or one item as a list of one.
func (d *decoder) texts(v value, read func(value) string) []string {
	if k := v.kind(); k == kindString || k == kindNumber {
		return []string{read(v)}
	}
	var out []string
	for _, item := range d.list(v) {
		if item.kind() == kindAbsent {
			d.add(item.path, "", "expected %s, found %s", kindString, kindAbsent)
		}
		out = append(out, read(item))
	}
	return out
}

func (d *decoder) boolean(v value) bool {
	return d.is(v, kindBool) && strings.TrimSpace(string(v.raw)) == "true"
}

// number reads a finite number, or def where none is given.
func (d *decoder) number(v value, def float64) float64 {
	if !d.is(v, kindNumber) {
		return def
	}
	var f float64
	if err := json.Unmarshal(v.raw, &f); err != nil {
		d.add(v.path, "", "%s is no number that can be used", v.raw)
	}
	return f
}

// count reads a whole number, or nil where none is given. A constructor checks
// its range.
func (d *decoder) count(v value) *int {
	if !d.is(v, kindNumber) {
		return nil
	}
	f := d.number(v, 0)
	if f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		d.add(v.path, "", "expected a whole number, found %s", v.raw)
		return nil
	}
	n := int(f)
	return &n
}

func (d *decoder) bounds(m map[string]value) Range {
	return Range{Min: d.count(m["min"]), Max: d.count(m["max"])}
}

// canonical renders parameters so that equal parameters give equal bytes: keys
// sorted, no spaces, no HTML escaping. Nothing, or an empty object, gives nil.
func canonical(params any) json.RawMessage {
	raw, err := encode(params)
	if err != nil { // parameters are plain data, which always encodes
		return nil
	}
	plain, err := schema.Parse(string(raw)) // its maps encode with sorted keys
	if err != nil {
		return nil
	}
	raw, _ = encode(plain)
	if text := string(raw); text == "{}" || text == "null" {
		return nil
	}
	return raw
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding as JSON: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// checkRange reports bounds that are missing, negative or the wrong way round.
func checkRange(m *mistakes, path []any, r Range) {
	for _, b := range []struct {
		key   string
		bound *int
	}{{"min", r.Min}, {"max", r.Max}} {
		if b.bound != nil && *b.bound < 0 {
			m.add(at(path, b.key), "", "%s must not be negative, found %d", b.key, *b.bound)
		}
	}
	if r.Min == nil && r.Max == nil {
		m.add(path, "set min, max or both", "a range needs a bound")
	}
	if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
		m.add(path, "swap them", "min %d is over max %d", *r.Min, *r.Max)
	}
}
