package phrase

import (
	"cmp"
	"fmt"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
)

// Scores are the means of a run, each behind its grader.
func Scores(s compare.Standing) []string {
	out := make([]string, len(s.Scores))
	for i, one := range s.Scores {
		out[i] = one.Grader + " " + Share(one.Mean)
	}
	return out
}

// Against is the verdict on a run and what it is against; empty if there is none.
func Against(s compare.Standing) string {
	if s.Verdict == nil {
		return ""
	}
	return s.Verdict.Words() + " against " + s.BaseName
}

// Extent says which cases a run has, if they are not all of its suite.
func Extent(h runfile.Header, s compare.Standing) string {
	switch {
	case s.Done < s.Cases:
		return fmt.Sprintf("%d of %s", s.Done, wording.Count(s.Cases, "case"))
	case h.DrawOf() != nil:
		return Drawn(h.DrawOf(), s.Cases)
	case h.Selected != nil:
		return fmt.Sprintf("%s only", wording.Count(s.Cases, "case"))
	}
	return wording.Count(s.Cases, "case")
}

// Model names the model of a run in a list: by its id, and by its name in the config if that is another.
func Model(m runfile.Model) string {
	if m.Name == "" || m.Name == m.ID {
		return cmp.Or(m.ID, m.Name)
	}
	return fmt.Sprintf("%s (%s)", m.Name, m.ID)
}
