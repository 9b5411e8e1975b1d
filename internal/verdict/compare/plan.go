package compare

import (
	"math"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// plan warns how large a drop the units of an inconclusive grader reliably
// detect, and how many would settle the question, if units flip as often as they
// did here. With several tests it assumes an equal share of alpha for each, the
// strictest step of Holm's correction. Where a type is worse, the verdict is settled, and
// open is not set. A withdrawn verdict needs the missing scores and not more units.
func (g *Grader) plan(tests int, open bool) {
	share := alpha
	if g.Gating && tests > 1 {
		share /= float64(tests)
	}
	drop, need := g.bySizes(share)
	if g.CIMethod == Tango {
		drop, need = g.byFlips(share)
	}
	g.Detectable = summary.Number(drop)
	units := wording.Count(g.Units, "case")
	warning := units + " " + wording.Verb(g.Units, "are") + " too few to detect any drop reliably"
	if g.Detectable != nil {
		points := int(math.Round(100 * drop))
		warning = units + " reliably " + wording.Verb(g.Units, "detect") + " a drop of " + wording.Count(points, "point")
	}
	if !g.withdrawn {
		if need > 0 {
			g.ToSettle = &need
		}
		if open {
			warning += "; " + g.wouldSettle()
		}
	}
	g.Warnings = append(g.Warnings, warning)
}

// byFlips returns the detectable drop and the units that settle the question, 0
// where none do, if units flip between 0 and 1 as often as they did.
func (g *Grader) byFlips(share float64) (drop float64, need int) {
	better, worse := float64(g.Better)/float64(g.Units), float64(g.Worse)/float64(g.Units)
	need, _ = stats.CasesToSettle(worse, better, stats.Rule{Margin: g.Margin, Level: level, Alpha: share}, power)
	return stats.DetectableDrop(g.Units, better, power, share), need
}

// bySizes is byFlips for differences of any size.
func (g *Grader) bySizes(share float64) (drop float64, need int) {
	return stats.DropForDiffs(g.diffs, share), stats.CasesForDiffs(g.diffs, g.Margin)
}

func (g *Grader) wouldSettle() string {
	switch {
	case g.ToSettle == nil:
		return "no suite of a realistic size would settle this"
	case *g.ToSettle > g.Units:
		return wording.About(*g.ToSettle-g.Units, "more case") + " would settle this"
	}
	return "a suite of this size usually settles this, but this run does not"
}
