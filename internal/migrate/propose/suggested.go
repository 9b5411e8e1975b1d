package propose

import (
	"strings"

	"promptbench/internal/input/suite"
)

// A Suggestion is an input that a model wrote for a suite.
type Suggestion struct {
	suite.Case // without an id

	Request string // that it answers
	Place   int    // in the answer, from 1
}

// Suggested proposes the cases that a model suggests, by its name. They are held to the same rules as what users typed:
// one that repeats another text, a case or an example is left out, and one that nearly equals a case joins its group.
// Nothing is redacted, since no user wrote it.
func Suggested(model string, list []Suggestion, o Options) (*Result, error) {
	p := newProposer(o)
	p.files = []File{{File: model, Formats: []string{formatModel}, Inputs: []string{}, Records: len(list)}}
	for _, one := range list {
		c := one.Case
		c.Input = strings.TrimSpace(c.Input)
		p.add(one.Request, one.Place, typed{format: formatModel, trace: model, turns: 1}, c, keyOf(c))
	}
	return p.compared("cases suggest")
}
