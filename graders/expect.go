package graders

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An Expectation declares one field of [Expect], which a built-in grader reads.
type Expectation struct {
	Key  string // of the field in JSON and YAML
	Text string // what it asks of a reply, one sentence

	texts func(Expect) []string // the field, where it is a list of texts
	words func(Expect) string   // the field in words, where it is no such list; empty where it is not set
	check func(Expect) error    // gives the mistakes in it; nil: no text of the list may be blank
}

// Words says what a case expects here, such as "count 2 to 4"; empty where it
// expects nothing.
func (x Expectation) Words(e Expect) string {
	words := ""
	switch {
	case x.words != nil:
		words = x.words(e)
	case len(x.list(e)) > 0:
		words = fmt.Sprintf("%q", x.list(e))
	}
	if words == "" {
		return ""
	}
	return x.Key + " " + words
}

// list gives the texts of the field; nil where it is no list of texts.
func (x Expectation) list(e Expect) []string {
	if x.texts == nil {
		return nil
	}
	return x.texts(e)
}

// Check reports what is wrong with what a case expects here before anything is
// graded: a count that no number satisfies, a pattern that does not compile, an
// empty value. All mistakes are joined, each a [ParamError] whose Path starts at
// the expectation, such as count or contains[1].
func (x Expectation) Check(e Expect) error {
	if x.check != nil {
		return x.check(e)
	}
	var m mistakes
	checkNotBlank(&m, x.Key, x.list(e))
	return m.err()
}

// Expectations returns the declarations of what a case can expect, in the order
// in which it is shown, each once: several graders may read the same.
func Expectations() []Expectation {
	var out []Expectation
	for _, b := range BuiltIns() {
		isListed := slices.ContainsFunc(out, func(x Expectation) bool { return x.Key == b.Expect.Key })
		if b.Expect.Key != "" && !isListed {
			out = append(out, b.Expect)
		}
	}
	return out
}

// CheckExpect is [Expectation.Check] for all that a case can expect.
func CheckExpect(e Expect) error {
	var errs []error
	for _, x := range Expectations() {
		errs = append(errs, x.Check(e))
	}
	return errors.Join(errs...)
}

// checkNotBlank reports each blank text of a list that stands under key.
func checkNotBlank(m *mistakes, key string, texts []string) {
	for i, text := range texts {
		if strings.TrimSpace(text) == "" {
			m.add([]any{key, i}, "", "must not be empty")
		}
	}
}
