package strictyaml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"promptbench/internal/input/problem"
)

// JSON returns the node as canonical JSON: keys sorted, no spaces, nothing
// escaped for HTML, whole numbers as they are and others as short as possible.
// A date stays text. Values that JSON lacks (.nan, .inf) are problems.
func (n Node) JSON() (json.RawMessage, problem.List) {
	plain, probs := n.plain()
	if len(probs) > 0 {
		return nil, probs
	}
	raw, err := Sorted(plain) // only maps here
	if err != nil {
		return nil, problem.List{n.Problem(err.Error(), "")}
	}
	return raw, nil
}

// Canonical returns v as canonical JSON: the keys of structs and maps sorted, no
// spaces, and none of the escapes for HTML that encoding/json makes by default.
func Canonical(v any) (json.RawMessage, error) {
	raw, err := Sorted(v)
	if err != nil {
		return nil, err
	}
	switch v.(type) {
	case bool, int, int64, float64: // no keys and no text: a parameter of every call
		return raw, nil
	}
	// encoding/json sorts the keys of maps, not of structs.
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		return nil, fmt.Errorf("encoding as JSON: %w", err)
	}
	return Sorted(plain)
}

// Sorted is [Canonical] for a v with its fields in the order of their keys and
// with UTF-8 texts. It is much faster, which matters for every case.
func Sorted(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding as JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

// float returns a number's value; infinities and .nan are none.
func (n Node) float() (float64, bool) {
	if k := n.Kind(); k != Int && k != Float {
		return 0, false
	}
	var f float64
	if err := n.n.Decode(&f); err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// plain returns the node as map[string]any, []any, string, int, float64, bool
// or nil.
func (n Node) plain() (any, problem.List) {
	var d decoder
	v := d.plain(n)
	return v, d.probs
}

func (d *decoder) plain(n Node) any {
	switch n.Kind() {
	case Mapping:
		out := map[string]any{}
		for _, e := range d.entries(n) {
			out[e.Key.Text()] = d.plain(e.Value)
		}
		return out
	case List:
		items := n.Items()
		out := make([]any, len(items))
		for i, item := range items {
			out[i] = d.plain(item)
		}
		return out
	case Bool:
		var b bool
		if err := n.n.Decode(&b); err != nil {
			d.wrong(n, "true or false", "")
		}
		return b
	case Int:
		var i int
		if err := n.n.Decode(&i); err == nil {
			return i
		}
		fallthrough // too large for an int
	case Float:
		f, ok := n.float()
		if !ok {
			d.wrong(n, "a finite number", "")
		}
		return f
	case Text:
		return n.Text()
	}
	return nil
}
