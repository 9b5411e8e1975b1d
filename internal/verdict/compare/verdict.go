package compare

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// decide fills the adjusted p and the verdict of every grader, the overall verdict
// and the headline of comparisons with one base. Their p are adjusted together. It
// may be called again, with other comparisons beside them.
func decide(list []*Comparison) {
	var measured, worst []Grader
	for _, c := range list {
		measured = append(measured, c.measured...)
		worst = append(worst, worstCase(c.pairs, c.measured, c.options)...)
	}
	adjusted, worstAdjusted := adjust(measured), adjust(worst)
	tests := 0
	for i := range measured {
		if measured[i].Gating && measured[i].P != nil {
			tests++
		}
	}
	at := 0
	for _, c := range list {
		c.Graders = slices.Clone(c.measured)
		for i := range c.Graders {
			g := &c.Graders[i]
			g.Warnings = slices.Clone(g.Warnings)
			if g.Gating {
				g.PAdjusted = adjusted[at]
			}
			g.Verdict = graderVerdict(*g, adjusted[at])
			g.withdraw(graderVerdict(worst[at], worstAdjusted[at]))
			g.explain(adjusted[at])
			if g.Verdict != nil && *g.Verdict == Inconclusive && g.Units > 0 {
				g.plan(tests)
			}
			at++
		}
		c.Verdict = overall(c.Graders)
		c.Headline = headline(c)
	}
}

// gating reports whether the overall verdict rests on a grader: those that the
// options name, else all but the single criteria of a rubric. A grader
// whose judge cannot gate never gates.
func gating(name string, o Options) bool {
	if o.Reliability[name].Shortfall != "" {
		return false
	}
	if len(o.Gating) > 0 {
		return slices.Contains(o.Gating, name)
	}
	return !strings.Contains(name, "/")
}

// adjust returns the p that each verdict rests on: Holm's over the gating
// graders, the plain one for the others, nil where there is none.
func adjust(list []Grader) []*float64 {
	out := make([]*float64, len(list))
	var p []float64
	var at []int
	for i := range list {
		out[i] = list[i].P
		if list[i].Gating && list[i].P != nil {
			p, at = append(p, *list[i].P), append(at, i)
		}
	}
	for k, adjusted := range stats.Holm(p) {
		out[at[k]] = summary.Number(adjusted)
	}
	return out
}

// graderVerdict applies the rules in their order; nil where nothing was scored and
// nothing left out.
func graderVerdict(g Grader, p *float64) *Verdict {
	v := Inconclusive
	switch {
	case g.Units == 0 && g.LeftOut == 0:
		return nil
	case g.Units == 0 || p == nil || g.CI == nil || g.Delta == nil:
	case *p < alpha && *g.Delta > 0:
		v = Improved
	case g.CI[0] >= -g.Margin:
		v = NoWorse
	case *p < alpha && *g.Delta < 0:
		v = Regressed
	}
	return &v
}

// worstCase is the list as it would be if every pair that is left out had
// passed at the base and failed at the head.
func worstCase(p *pairing, list []Grader, o Options) []Grader {
	out := slices.Clone(list)
	parallel(len(list), func(i int) {
		if list[i].LeftOut == 0 {
			return
		}
		out[i] = resultOf(list[i].Grader, p.gather(i, nil, true), p.trials, o)
		out[i].Gating, out[i].Margin = list[i].Gating, list[i].Margin
	})
	return out
}

// withdraw takes back a favourable verdict that the pairs left out could
// overturn: its own, or those of another grader through the correction of p.
func (g *Grader) withdraw(worst *Verdict) {
	if g.Verdict == nil || worst == nil || *worst == *g.Verdict || *g.Verdict != Improved && *g.Verdict != NoWorse {
		return
	}
	what := "the " + wording.Count(g.LeftOut, "case") + " left out"
	if g.LeftOut == 0 {
		what = "the cases left out at other graders"
	}
	g.Warnings = append(g.Warnings, fmt.Sprintf("%s without %s, but %s if all of them got worse; run again to score them",
		g.Verdict.Words(), what, worst.Words()))
	v := Inconclusive
	g.Verdict, g.withdrawn = &v, true
}

// explain adds what a reader has to know beside the verdict.
func (g *Grader) explain(p *float64) {
	if g.Verdict == nil {
		return
	}
	switch reason := g.shortfall(); {
	case reason != "":
		g.Warnings = append(g.Warnings, "cannot gate: "+reason)
	case !g.Gating:
		g.Warnings = append(g.Warnings, "not part of the overall verdict; its p is not adjusted")
	}
	if *g.Verdict == NoWorse && p != nil && *p < alpha && *g.Delta < 0 {
		g.Warnings = append(g.Warnings, fmt.Sprintf("a significant drop of %s (%s), within the margin of %s",
			points(*g.Delta), P(*p), points(g.Margin)))
	}
}

// overall is the verdict over the gating graders.
func overall(list []Grader) *Verdict {
	var seen []Verdict
	for i := range list {
		if list[i].Gating && list[i].Verdict != nil {
			seen = append(seen, *list[i].Verdict)
		}
	}
	for _, v := range []Verdict{Regressed, Inconclusive, Improved, NoWorse} {
		if slices.Contains(seen, v) {
			return &v
		}
	}
	return nil
}
