package graders

import (
	"slices"
	"strings"
)

const placeMeets = "{{meets}}" // in a question: what the case demands

// The limits of a question, which each case fills in and a judge reads.
const (
	maxMeets   = 10
	maxOptions = 1000
)

// PerCase reports whether the question is made of what each case demands: it
// holds {{meets}}, which stands for the case's [Expect.Meets].
func (c Criterion) PerCase() bool { return strings.Contains(c.Question, placeMeets) }

// Applies reports whether the criterion is one for cases that expect e: of a
// type in AppliesTo, where that names any, and with demands of their own where
// the question is made of these.
func (c Criterion) Applies(e Expect) bool {
	return (len(c.AppliesTo) == 0 || slices.Contains(c.AppliesTo, e.Type)) && (!c.PerCase() || len(e.Meets) > 0)
}

// demands writes a case's demands into a question: one as it is, several as a
// list.
func demands(question string, meets []string) string {
	text := strings.Join(meets, "\n- ")
	if len(meets) > 1 {
		text = "\n- " + text
	}
	return strings.ReplaceAll(question, placeMeets, text)
}
