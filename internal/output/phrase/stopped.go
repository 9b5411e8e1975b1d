package phrase

import (
	"fmt"
	"slices"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// RunNotes says what to know about a run: that it stopped early and why, that it is redacted, which cases are sealed,
// and how many revisions were tried.
func RunNotes(s summary.Summary) []string {
	return slices.Concat(stopped(s), Redacted(s), sealed(s.Sealed, s.Cases), tries(s.Tries))
}

// stopped says that a run stopped early and why, or nothing.
func stopped(s summary.Summary) []string {
	d := s.Decided
	if d == nil {
		return nil
	}
	text := "stopped early"
	if s.Cases < s.Whole { // else it is of selected cases
		text += fmt.Sprintf(", after %d of %s", s.Cases, wording.Count(s.Whole, "case"))
	}
	if d.Verdict != "" {
		text += fmt.Sprintf(": %s against %s was decided", compare.DecidedWords(d), d.Base)
	}
	return []string{text}
}
