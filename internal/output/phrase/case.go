package phrase

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/verdict/compare"
)

// Differences lists what changed: flips to fail first, then to pass, then other
// changed scores; if nothing did, what fails on both sides. It leaves out the
// criteria of a rubric, which has a mark of its own.
func Differences(marks []compare.Mark) string {
	var fails, passes, moved, still []string
	for _, m := range marks {
		if strings.Contains(m.Grader, "/") && len(marks) > 1 {
			continue
		}
		arrow := m.Grader + " " + m.BaseMark() + "→" + m.HeadMark()
		switch {
		case m.Flipped() && m.BasePass:
			fails = append(fails, arrow)
		case m.Flipped():
			passes = append(passes, arrow)
		case m.Changed() && (m.Base == nil || m.Head == nil):
			moved = append(moved, arrow)
		case m.Changed():
			moved = append(moved, fmt.Sprintf("%s %s→%s", m.Grader, Share(m.Base), Share(m.Head)))
		case !m.Excluded && m.Head != nil && !m.HeadPass:
			still = append(still, m.Grader)
		}
	}
	changed := slices.Concat(fails, passes, moved)
	if len(changed) == 0 && len(still) > 0 {
		return "both fail " + strings.Join(still, ", ")
	}
	return strings.Join(changed, ", ")
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
