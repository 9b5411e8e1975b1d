package params

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Equal reports whether two sets of parameters send the same, whether they come
// from YAML or from JSON.
func Equal(a, b Params) bool {
	x, errA := json.Marshal(a)
	y, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(x, y)
}

// Changed returns the names of the parameters that two sets set differently, as files spell them.
func Changed(a, b Params) []string {
	var out []string
	for _, name := range []string{
		Temperature, topP, maxTokens, maxCompletionTokens, seed, stop, reasoningEffort, extra,
	} {
		if !Equal(a.only(name), b.only(name)) {
			out = append(out, name)
		}
	}
	return out
}

// Taking returns p with some parameters set as other sets them, or not set if it does not.
func (p Params) Taking(names []string, other Params) Params {
	out := p.without(names)
	out.Omit = slices.DeleteFunc(slices.Clone(p.Omit), func(n string) bool { return slices.Contains(names, n) })
	for _, name := range names {
		one := other.only(name)
		omit := slices.Concat(out.Omit, one.Omit)
		one.Omit = nil
		out = one.Over(out)
		out.Omit = omit
	}
	return out
}

// Said is how a parameter is set, such as maxTokens: 200; empty if it is not.
func (p Params) Said(name string) string {
	one := p.only(name)
	if slices.Contains(one.Omit, name) {
		return name + ": null"
	}
	var raw strings.Builder
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	err := enc.Encode(one)
	_, value, found := strings.Cut(strings.TrimSuffix(strings.TrimSpace(raw.String()), "}"), ":")
	if err != nil || !found {
		return ""
	}
	return name + ": " + value
}

// only is p with nothing set but one parameter.
func (p Params) only(name string) Params {
	others := slices.DeleteFunc([]string{
		Temperature, topP, maxTokens, maxCompletionTokens, seed, stop, reasoningEffort, extra,
	}, func(n string) bool { return n == name })
	out := p.without(others)
	out.Omit = nil
	if slices.Contains(p.Omit, name) {
		out.Omit = []string{name}
	}
	return out
}
