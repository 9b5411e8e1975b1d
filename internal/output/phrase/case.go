package phrase

import (
	"cmp"
	"fmt"
	"strings"

	"promptbench/graders"
	"promptbench/internal/verdict/compare"
)

// Differences names the graders that a reply newly fails ("broke"), those that it newly
// passes ("fixed"), and other changed scores; if nothing changed, what fails on both sides.
// It leaves out the criteria of a rubric, which has a mark of its own.
func Differences(marks []compare.Mark) string {
	var fails, passes, moved, still []string
	for _, m := range marks {
		if strings.Contains(m.Grader, "/") && len(marks) > 1 {
			continue
		}
		switch {
		case m.Flipped() && m.BasePass:
			fails = append(fails, m.Grader)
		case m.Flipped():
			passes = append(passes, m.Grader)
		case m.Changed() && m.Base == nil:
			moved = append(moved, m.Grader+" newly scored")
		case m.Changed() && m.Head == nil:
			moved = append(moved, m.Grader+" not scored")
		case m.Changed():
			moved = append(moved, fmt.Sprintf("%s %s→%s", m.Grader, Share(m.Base), Share(m.Head)))
		case !m.Excluded && m.Head != nil && !m.HeadPass:
			still = append(still, m.Grader)
		}
	}
	var parts []string
	for _, list := range []struct {
		word    string
		graders []string
	}{{"broke ", fails}, {"fixed ", passes}, {"", moved}} {
		if len(list.graders) > 0 {
			parts = append(parts, list.word+strings.Join(list.graders, ", "))
		}
	}
	if len(parts) == 0 && len(still) > 0 {
		return "both fail " + strings.Join(still, ", ")
	}
	return strings.Join(parts, "; ")
}

// Expectations lists what a case expects of its reply.
func Expectations(e graders.Expect) string {
	var parts []string
	for _, x := range graders.Expectations() {
		if words := x.Words(e); words != "" {
			parts = append(parts, words)
		}
	}
	return cmp.Or(strings.Join(parts, " · "), "no expectations set for this case")
}

// Reason says why a grader scored as it did, or why it did not.
func Reason(s graders.Score) string {
	out := s.Reason
	switch {
	case s.NotApplicable != "":
		out = "not applicable: " + s.NotApplicable
	case s.Unscored != "":
		out = "unscored: " + s.Unscored
	}
	if s.Share > 0 {
		out = fmt.Sprintf("%s by %.0f%% of the votes: %s", s.Answer, 100*s.Share, out)
	}
	return out
}
