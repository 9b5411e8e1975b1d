package phrase

import (
	"fmt"

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
// interval, and how many units rose and fell.
func ComparisonCells(g compare.Grader) []string {
	return []string{
		Share(g.BaseMean), Share(g.HeadMean), Signed(g.Delta), Between(g.CI, true), fmt.Sprint(g.Better), fmt.Sprint(g.Worse),
	}
}

// ReplyRead is the type and the number of items of a reply, in a few columns.
func ReplyRead(typ string, items int, failure string) string {
	switch {
	case failure != "":
		return "error"
	case typ == "":
		return summary.Unread
	}
	return fmt.Sprintf("%s · %d", typ, items)
}

// Sides is [ReplyRead] of the base and of the head.
func Sides(p compare.CasePair) []string {
	return []string{
		ReplyRead(p.Base.Type, p.Base.Items, p.Base.Error), ReplyRead(p.Head.Type, p.Head.Items, p.Head.Error),
	}
}
