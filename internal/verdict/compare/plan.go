package compare

import (
	"fmt"

	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// plan says of an inconclusive grader how small a drop its units could have
// shown and how many would settle the question, if units flip as often as they
// did here. The p of one of several tests is held to its share of the level,
// which is the most that Holm's correction asks. A verdict that was withdrawn is
// settled by filling in what is missing, which has been said, and not by more
// units.
func (g *Grader) plan(tests int, withdrawn bool) {
	share := alpha
	if g.Gating && tests > 1 {
		share /= float64(tests)
	}
	better, worse := float64(g.Better)/float64(g.Units), float64(g.Worse)/float64(g.Units)
	g.Detectable = summary.Number(stats.DetectableDrop(g.Units, better, power, share))
	if withdrawn {
		g.Warnings = append(g.Warnings, g.couldShow())
		return
	}
	rule := stats.Rule{Margin: g.Margin, Level: level, Alpha: share}
	if need, ok := stats.CasesToSettle(worse, better, rule, power); ok {
		g.ToSettle = &need
	}
	g.Warnings = append(g.Warnings, g.couldShow()+"; "+g.wouldSettle())
}

// noun is what the units are called: cases, unless some are groups.
func (g *Grader) noun() string {
	if g.Units == g.Cases {
		return "case"
	}
	return "unit"
}

func (g *Grader) couldShow() string {
	if g.Detectable == nil {
		return fmt.Sprintf("%s are too few to show any drop", count(g.Units, g.noun()))
	}
	return fmt.Sprintf("%s can show a drop of %.2f or more, 4 times in 5", count(g.Units, g.noun()), *g.Detectable)
}

func (g *Grader) wouldSettle() string {
	switch {
	case g.ToSettle == nil:
		return "no suite of a realistic size would settle it at this rate of flips"
	case *g.ToSettle > g.Units:
		return fmt.Sprintf("about %s would settle it at this rate of flips, %d more", count(*g.ToSettle, g.noun()), *g.ToSettle-g.Units)
	}
	return fmt.Sprintf("%s would settle it 4 times in 5 at this rate of flips, and these did not", count(*g.ToSettle, g.noun()))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
