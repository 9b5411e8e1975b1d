package compare

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/stats"
	"promptbench/internal/summary"
)

// judge fills the adjusted p and the verdict of every grader and returns the
// overall one, nil where nothing could be judged.
func judge(p *pairing, list []Grader, o Options) *Verdict {
	for i := range list {
		list[i].Gating = gating(list[i].Grader, o)
		list[i].Margin = o.margin(list[i].Grader)
	}
	adjusted := adjust(list)
	worst := worstCase(p, list, o)
	worstAdjusted := adjust(worst)
	for i := range list {
		g := &list[i]
		if g.Gating {
			g.PAdjusted = adjusted[i]
		}
		g.Verdict = verdictOf(*g, adjusted[i])
		g.sensitivity(verdictOf(worst[i], worstAdjusted[i]))
		g.explain(adjusted[i])
	}
	return overall(list)
}

// gating reports whether the overall verdict rests on a grader: those that the
// options name, else all but the single criteria of a rubric.
func gating(name string, o Options) bool {
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
	for i, g := range list {
		out[i] = g.P
		if g.Gating && g.P != nil {
			p, at = append(p, *g.P), append(at, i)
		}
	}
	for k, adjusted := range stats.Holm(p) {
		out[at[k]] = summary.Number(adjusted)
	}
	return out
}

// verdictOf applies the rules in their order; nil where nothing was scored and
// nothing left out.
func verdictOf(g Grader, p *float64) *Verdict {
	v := Inconclusive
	switch {
	case g.Units == 0 && g.LeftOut == 0:
		return nil
	case g.Units == 0 || p == nil || g.CI == nil:
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
	for i, g := range list {
		if g.LeftOut == 0 {
			continue
		}
		at := slices.Index(p.names, g.Grader)
		all := p.gather(at, true, nil)
		r := estimateOf(all, p.trials, o).result(g.Grader, all)
		r.Gating, r.Margin = g.Gating, g.Margin
		out[i] = r
	}
	return out
}

// sensitivity withdraws a favourable verdict that the pairs left out could
// overturn.
func (g *Grader) sensitivity(worst *Verdict) {
	if g.LeftOut == 0 || g.Verdict == nil || worst == nil || *worst == *g.Verdict {
		return
	}
	if *g.Verdict != Improved && *g.Verdict != NoWorse {
		return
	}
	g.Warnings = append(g.Warnings, fmt.Sprintf("%s but for the %s left out: had they all got worse, it would be %s",
		g.Verdict.Words(), count(g.LeftOut, "case"), worst.Words()))
	v := Inconclusive
	g.Verdict = &v
}

// explain adds what a reader has to know beside the verdict.
func (g *Grader) explain(p *float64) {
	if g.Verdict == nil {
		return
	}
	if !g.Gating {
		g.Warnings = append(g.Warnings, "informs only: the overall verdict does not rest on it and its p is not adjusted")
	}
	switch *g.Verdict {
	case NoWorse:
		if p != nil && *p < alpha && *g.Delta < 0 {
			g.Warnings = append(g.Warnings, fmt.Sprintf("a significant drop of %.3f, inside the margin of %.3g", -*g.Delta, g.Margin))
		}
	case Inconclusive:
		if g.Units > 0 {
			g.Warnings = append(g.Warnings, g.whatWouldSettle())
		}
	}
}

// whatWouldSettle says how small a drop this many units could have shown, and
// how many would settle the question.
func (g *Grader) whatWouldSettle() string {
	n := g.Units
	better, worse := float64(g.Better)/float64(n), float64(g.Worse)/float64(n)
	var parts []string
	if drop := stats.DetectableDrop(n, better, power, alpha); summary.Number(drop) != nil {
		parts = append(parts, fmt.Sprintf("%s can show a drop of %.2f or more (at 80%% power)", count(n, "unit"), drop))
	} else {
		parts = append(parts, fmt.Sprintf("%s can show no drop at 80%% power", count(n, "unit")))
	}
	rule := stats.Rule{Margin: g.Margin, Level: level, Alpha: alpha}
	switch need, ok := stats.CasesToSettle(worse, better, rule, power); {
	case !ok:
		parts = append(parts, "at this rate of flips no suite would settle it: the true drop is about the margin")
	case need > n:
		parts = append(parts, fmt.Sprintf("about %s would settle it at this rate of flips", count(need-n, "more case")))
	}
	return strings.Join(parts, "; ")
}

// overall is the verdict over the gating graders.
func overall(list []Grader) *Verdict {
	var seen []Verdict
	for _, g := range list {
		if g.Gating && g.Verdict != nil {
			seen = append(seen, *g.Verdict)
		}
	}
	for _, v := range []Verdict{Regressed, Inconclusive, Improved, NoWorse} {
		if slices.Contains(seen, v) {
			return &v
		}
	}
	return nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
