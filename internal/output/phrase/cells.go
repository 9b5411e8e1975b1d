package phrase

import (
	"fmt"
	"strings"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// RunColumns titles what [RunCells] returns. Several trials per case add pass^k
// and the number of flaky cases.
func RunColumns(trials int) []string {
	titles := []string{"mean", "95% interval", "pass", "fail", "unscored", "n/a"}
	if trials > 1 {
		titles = append(titles, fmt.Sprintf("pass^%d", trials), "flaky")
	}
	return titles
}

// RunCells returns how a grader scored a run, by [RunColumns].
func RunCells(g summary.Grader, trials int) []string {
	cells := []string{
		Share(g.Mean), Between(g.CI, false),
		fmt.Sprint(g.Pass), fmt.Sprint(g.Fail), fmt.Sprint(g.Unscored), fmt.Sprint(g.NotApplicable),
	}
	if trials > 1 {
		cells = append(cells, Share(g.PassAll), fmt.Sprint(g.Flaky))
	}
	return cells
}

// ComparisonCells returns both means of a grader, their difference with its
// interval, and how many cases newly pass and newly fail, as the headline counts.
func ComparisonCells(g compare.Grader) []string {
	return []string{
		Share(g.BaseMean), Share(g.HeadMean), Signed(g.Delta), Between(g.CI, true),
		fmt.Sprint(g.NewlyPass), fmt.Sprint(g.NewlyFail),
	}
}

// Said is the type of a reply and the number of its items, or where they do not tell it, its beginning.
func Said(s summary.Said, failure string) string {
	switch {
	case failure != "":
		return "error"
	case s.Failed != "":
		return s.Failed
	case s.Begins != nil && *s.Begins == "":
		return "(empty)"
	case s.Begins != nil:
		return `"` + *s.Begins + `"`
	case s.Type == "" && s.Items > 0:
		return wording.Count(s.Items, "item")
	case s.Type == "":
		return Unreadable
	case !s.Counted && s.Items == 0:
		return s.Type
	case s.Items == 0:
		return s.Type + ", no items"
	}
	return s.Type + ", " + wording.Count(s.Items, "item")
}

// Turn is what the reply was on both sides and what differs: the types, else the numbers
// of items. It is nothing where only the words of a reply tell what it is.
func Turn(p compare.CasePair) string {
	b, h, sides := p.Base.Said, p.Head.Said, Sides(p)
	if b.Begins != nil || h.Begins != nil {
		return ""
	}
	typed := [2]bool{}
	for i, s := range []compare.CaseSide{p.Base, p.Head} {
		typed[i] = s.Error == "" && s.Failed == "" && s.Type != ""
	}
	switch {
	case sides[0] == sides[1]:
		return sides[1]
	case typed[0] && typed[1] && b.Type == h.Type:
		return fmt.Sprintf("%s, %d → %s", h.Type, b.Items, wording.Count(h.Items, "item"))
	}
	for i, s := range []string{b.Type, h.Type} {
		if typed[i] {
			sides[i] = s
		}
	}
	return strings.Join(sides, " → ")
}

// Sides is [Said] of the base and of the head.
func Sides(p compare.CasePair) []string {
	return []string{Said(p.Base.Said, p.Base.Error), Said(p.Head.Said, p.Head.Error)}
}
