package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// Together decides the verdicts of several revisions that were compared with one
// base once more. Choosing the best of several makes a false improved more likely,
// so that improved rests on the p of all their gating graders adjusted together.
// Regressed still rests on those of its own comparison.
func Together(list []*Comparison) { decideEach(list, false) }

// decideEach decides the comparisons together, and apart from them those on sealed cases
// and those with the anchor.
func decideEach(list []*Comparison, together bool) {
	var sealed, anchored []*Comparison
	for _, c := range list {
		if c.Sealed != nil {
			sealed = append(sealed, c.Sealed)
		}
		if c.Anchor != nil {
			anchored = append(anchored, c.Anchor)
		}
	}
	for _, family := range [][]*Comparison{list, sealed, anchored} {
		decide(family, together)
	}
}

// Beside are the comparisons that belong to this one and have verdicts of their own: with
// the anchor and on the sealed cases.
func (c *Comparison) Beside() []*Comparison {
	return slices.DeleteFunc([]*Comparison{c.Anchor, c.Sealed}, func(c *Comparison) bool { return c == nil })
}

// decide fills the adjusted p and the verdict of every grader, the overall verdict
// and the headline of comparisons with one base. Their p are adjusted together,
// falls apart for each comparison unless together is set. It may be called again,
// with other comparisons beside them.
func decide(list []*Comparison, together bool) {
	var measured, worst []Grader
	for _, c := range list {
		tested := c.measured
		if c.stopped {
			tested = slices.Clone(tested)
			for i := range tested {
				tested[i] = tested[i].standIn()
			}
		}
		measured = append(measured, tested...)
		worst = append(worst, worstCase(c.pairs, tested, c.options)...)
	}
	adjusted, worstAdjusted := adjust(measured), adjust(worst)
	tests, at := 0, 0
	for i := range measured {
		if measured[i].Gating && measured[i].P != nil {
			tests++
		}
	}
	for _, c := range list {
		end := at + len(c.measured)
		if c.stopped {
			at = end
			c.conclude()
			continue
		}
		if !together {
			adjustFalls(adjusted[at:end], measured[at:end])
			adjustFalls(worstAdjusted[at:end], worst[at:end])
		}
		c.Graders = slices.Clone(c.measured)
		for i := range c.Graders {
			g := &c.Graders[i]
			g.Warnings = slices.Clone(g.Warnings)
			g.adjusted = adjusted[at]
			if g.Gating {
				g.PAdjusted = adjusted[at]
			}
			g.Verdict = graderVerdict(*g, adjusted[at])
			g.withdraw(graderVerdict(worst[at], worstAdjusted[at]))
			g.explain(adjusted[at])
			if g.Verdict != nil && *g.Verdict == Inconclusive && g.Units > 0 {
				g.plan(tests, len(c.slicesThat(SliceWorse)) == 0)
			}
			at++
		}
		c.Verdict = c.mix(overall(c.Graders))
		c.Headline = headline(c)
	}
}

// adjustFalls replaces the p of falls by those adjusted within one comparison.
func adjustFalls(adjusted []*float64, list []Grader) {
	for i, own := range adjust(list) {
		if list[i].Delta != nil && *list[i].Delta < 0 {
			adjusted[i] = own
		}
	}
}

// gating reports whether the overall verdict rests on a grader: those that the
// options name, else all but the single criteria of a rubric. A gate by type adds its
// graders to either. A grader whose judge cannot gate never gates.
func gating(name string, o Options) bool {
	switch {
	case o.Reliability[name].Shortfall != "":
		return false
	case slices.Contains(o.GatingByType, name):
		return true
	case len(o.Gating) > 0:
		return slices.Contains(o.Gating, name)
	}
	return !strings.Contains(name, "/")
}

// adjust returns the p that each verdict rests on, by Tarone and Holm: over the
// gating graders, and apart from them over the criteria of a rubric that do not
// gate. It is the plain one for other graders, nil where there is none.
func adjust(list []Grader) []*float64 {
	out := make([]*float64, len(list))
	families := map[string][]int{}
	for i := range list {
		out[i] = list[i].P
		rubric, _, isCriterion := strings.Cut(list[i].Grader, "/")
		switch {
		case list[i].P == nil:
		case list[i].Gating:
			families[""] = append(families[""], i)
		case isCriterion:
			families[rubric] = append(families[rubric], i)
		}
	}
	for _, members := range families {
		p, least := make([]float64, len(members)), make([]float64, len(members))
		for k, i := range members {
			p[k], least[k] = *list[i].P, math.Min(1, math.Exp2(float64(1-list[i].Better-list[i].Worse)))
		}
		for k, adjusted := range stats.TaroneHolmAdjusted(p, least, alpha) {
			out[members[k]] = summary.Number(adjusted)
		}
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

// worstCase is the list as it would be if every trial without a score had scored 1
// at the base and 0 at the head.
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
	if *worst == NoWorse {
		v = NoWorse // improved claims too much, no worse does not
	}
	g.Verdict, g.withdrawn = &v, v == Inconclusive
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
		adjusted := "its p is not adjusted"
		if strings.Contains(g.Grader, "/") {
			adjusted = "its p is adjusted over the criteria of the rubric"
		}
		g.Warnings = append(g.Warnings, "not part of the overall verdict; "+adjusted)
	}
	if *g.Verdict == NoWorse && p != nil && *p < alpha && *g.Delta < 0 {
		g.Warnings = append(g.Warnings, fmt.Sprintf("a significant drop of %s (%s), within the margin of %s",
			Points(*g.Delta), P(*p), Points(g.Margin)))
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
