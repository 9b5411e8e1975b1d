package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"promptbench/internal/text/wording"
)

// headline says in a few sentences what a busy reader acts on: which types the head
// broke and fixed, and whether that makes it better or worse.
func headline(c *Comparison) string {
	if c.Exploratory {
		return "Exploratory: " + mainSentences(c)
	}
	return mainSentences(c)
}

func mainSentences(c *Comparison) string {
	if c.Noise || c.Verdict == nil || !hasScores(c.Graders) {
		return overallSentence(c)
	}
	if byType := typesSentence(c); byType != "" {
		return byType + " " + overallSentence(c)
	}
	return overallSentence(c)
}

func overallSentence(c *Comparison) string {
	base, head := c.Base.Name, c.Head.Name
	switch {
	case c.Noise:
		n := c.FlippedCases()
		return fmt.Sprintf("%d of %s %s between two runs of %s, although nothing changed.",
			n, wording.Count(c.Pairs, "case"), wording.Verb(n, "flip"), head)
	case c.Verdict == nil && hasJudgedScores(c.Graders):
		return fmt.Sprintf("No verdict on %s against %s: only judged scores could decide, and the judge cannot gate.",
			head, base)
	case c.Verdict == nil || !hasScores(c.Graders):
		return fmt.Sprintf("No verdict on %s against %s: no grader scored a case on both sides.", head, base)
	case c.Base.Hash == c.Head.Hash && base == head:
		base = "it was " + earlierRun(c)
	}
	decisive := withVerdict(c.Graders, *c.Verdict)
	names, better := namesOf(decisive), ""
	if improved := withVerdict(c.Graders, Improved); len(improved) > 0 {
		better = fmt.Sprintf(" %s is better than %s at %s.", head, base, namesOf(improved))
	}
	if *c.Verdict == Mixed {
		grader := c.slicesThat(SliceWorse)[0].Grader
		all, _ := c.pairs.caseSlice(slices.Index(c.pairs.names, grader), nil)
		return fmt.Sprintf("Overall, %d of %s pass %s in %s and %d in %s.%s",
			all.BasePassed, wording.Count(all.Cases, "case"), grader, c.Base.Name, all.HeadPassed, head, better)
	}
	g, drops := mostTelling(decisive), dropsSentence(c)
	switch *c.Verdict {
	case Regressed:
		return fmt.Sprintf("%s is worse than %s at %s: %s%s.%s",
			head, base, names, g.effect("it", true), g.evidence(decisive), better+drops)
	case Improved:
		elsewhere := ""
		if len(withVerdict(c.Graders, NoWorse)) > 0 {
			elsewhere = ", and no worse elsewhere"
		}
		return fmt.Sprintf("%s is better than %s at %s%s: %s%s.%s",
			head, base, names, elsewhere, g.effect("it", true), g.evidence(decisive), drops)
	case NoWorse:
		if i := slices.IndexFunc(decisive, (*Grader).dropsWithinMargin); i >= 0 {
			g = decisive[i]
		}
		return fmt.Sprintf("%s is no worse than %s: %s%s.%s", head, base, g.effect("it", true), g.evidence(nil), drops)
	}
	effect := g.effect(head, false)
	if rest, ok := strings.CutPrefix(effect, "no case"); ok {
		effect = "No case" + rest
	}
	return fmt.Sprintf("%s at %s%s.%s%s",
		effect, g.Grader, g.evidence([]*Grader{g}), openQuestion(decisive, base), better+drops)
}

// dropsSentence names the significant drops that a verdict of no worse allows.
func dropsSentence(c *Comparison) string {
	var drops []string
	for _, g := range withVerdict(c.Graders, NoWorse) {
		if g.dropsWithinMargin() {
			drops = append(drops, fmt.Sprintf("%s at %s (margin %s)", Points(*g.Delta), g.Grader, Points(g.Margin)))
		}
	}
	if len(drops) == 0 {
		return ""
	}
	return " A significant drop lies within the margin: " + wording.List(drops) + "."
}

// dropsWithinMargin reports whether the grader is no worse in spite of a significant
// drop.
func (g *Grader) dropsWithinMargin() bool {
	return *g.Verdict == NoWorse && g.PAdjusted != nil && *g.PAdjusted < alpha && *g.Delta < 0
}

// firstGating names the first gating grader.
func (c *Comparison) firstGating() string {
	for i := range c.Graders {
		if c.Graders[i].Gating {
			return c.Graders[i].Grader
		}
	}
	return ""
}

// openQuestion says why the verdict of inconclusive graders is open. The sentence
// before it names the grader if there is only one.
func openQuestion(list []*Grader, base string) string {
	at := func(some []*Grader) string {
		if len(list) == 1 {
			return "there"
		}
		return "at " + namesOf(some)
	}
	var few, withdrawn []*Grader
	for _, g := range list {
		if g.withdrawn || g.Units == 0 {
			withdrawn = append(withdrawn, g)
		} else {
			few = append(few, g)
		}
	}
	out := ""
	if len(few) > 0 {
		claim := claimOf(few)
		n := few[0].Cases
		out = fmt.Sprintf(" %s %s too few to call it %s than %s %s.",
			wording.Count(n, "case"), wording.Verb(n, "are"), claim, base, at(few))
	}
	if len(withdrawn) > 0 {
		missing := "Cases"
		if n := withdrawn[0].LeftOut; n > 0 {
			missing = "The " + wording.Count(n, "case")
		}
		out += fmt.Sprintf(" %s left out could change the verdict %s; run again to score them.", missing, at(withdrawn))
	}
	return out
}

// claimOf names the claim that the graders come nearest to, which they cannot make.
func claimOf(list []*Grader) string {
	sign := func(g *Grader) int { return cmp.Compare(*g.Delta, 0) }
	for _, g := range list[1:] {
		if sign(g) != sign(list[0]) {
			return "better or worse"
		}
	}
	return [...]string{"worse", "no worse", "better"}[1+sign(list[0])]
}

// effect says what the head did to the cases of one grader. It gives their total
// number if ofAll is set. Flips that point against the difference are passed over for
// the means.
func (g *Grader) effect(subject string, ofAll bool) string {
	verb, most, other, rest := "breaks", g.NewlyFail, "fixes", g.NewlyPass
	if rest > most {
		verb, most, other, rest = other, rest, verb, most
	}
	agree := g.Delta == nil || cmp.Compare(*g.Delta, 0) == cmp.Compare(g.NewlyPass, g.NewlyFail)
	if most > 0 && !agree {
		return fmt.Sprintf("the mean of %s goes from %.2f to %.2f", wording.Count(g.Cases, "case"), *g.BaseMean, *g.HeadMean)
	}
	if most > 0 {
		some, few := wording.Count(most, "case"), strconv.Itoa(rest)
		if ofAll {
			some = fmt.Sprintf("%d of %s", most, wording.Count(g.Cases, "case"))
		}
		if rest == 0 {
			few = "none"
		}
		return fmt.Sprintf("%s %s %s and %s %s", subject, verb, some, other, few)
	}
	still := "no case flips"
	if ofAll {
		still = fmt.Sprintf("none of %s flips", wording.Count(g.Cases, "case"))
	}
	if g.Delta == nil || *g.Delta == 0 {
		return still
	}
	way := map[bool]string{true: "rises", false: "falls"}[*g.Delta > 0]
	return fmt.Sprintf("%s, but the mean %s from %.2f to %.2f", still, way, *g.BaseMean, *g.HeadMean)
}

// evidence gives in parentheses, after a space, the name of the grader unless the sentence
// names this grader alone, and its p if the verdict rests on it.
func (g *Grader) evidence(named []*Grader) string {
	var parts []string
	if len(named) != 1 {
		parts = append(parts, g.Grader)
	}
	if g.IsSignificant() {
		parts = append(parts, P(*g.PAdjusted))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// mostTelling is the first grader by which a case flips, else the first whose
// mean differs, else the first.
func mostTelling(list []*Grader) *Grader {
	var moved *Grader
	for _, g := range list {
		switch {
		case g.NewlyFail+g.NewlyPass > 0:
			return g
		case moved == nil && g.Delta != nil && *g.Delta != 0:
			moved = g
		}
	}
	return cmp.Or(moved, list[0])
}

// withVerdict returns the gating graders with a verdict.
func withVerdict(list []Grader, v Verdict) []*Grader {
	var out []*Grader
	for i := range list {
		if g := &list[i]; g.Gating && g.Verdict != nil && *g.Verdict == v {
			out = append(out, g)
		}
	}
	return out
}

func namesOf(list []*Grader) string {
	names := make([]string, len(list))
	for i, g := range list {
		names[i] = g.Grader
	}
	return wording.List(names)
}

// hasJudgedScores reports whether a judge that cannot gate scored anything.
func hasJudgedScores(list []Grader) bool {
	return slices.ContainsFunc(list, func(g Grader) bool { return g.Units > 0 && g.shortfall() != "" })
}

// hasScores reports whether any grader has a value on both sides of a case.
func hasScores(list []Grader) bool {
	return slices.ContainsFunc(list, func(g Grader) bool { return g.Units > 0 })
}

// earlierRun names the base if both sides are runs of one prompt.
func earlierRun(c *Comparison) string {
	base, head := c.Base.Basis.Last.UTC().Format(time.DateOnly), c.Head.Basis.Last.UTC().Format(time.DateOnly)
	if base == head || c.Base.Basis.Last.IsZero() {
		return "in run " + c.Base.Run
	}
	return "on " + base
}

// FlippedCases counts the cases that flip by any grader.
func (c *Comparison) FlippedCases() int {
	cases := map[string]bool{}
	for _, f := range c.Flips {
		cases[f.Case] = true
	}
	return len(cases)
}

// Points prints a share in percentage points, to at most three digits.
func Points(share float64) string {
	rounded := fmt.Sprintf("%.3g", 100*math.Abs(share))
	if rounded == "1" {
		return "1 point"
	}
	return rounded + " points"
}

// P prints a p-value as statistics do: "p = .035", "p < .001".
func P(p float64) string {
	switch {
	case p < 0.001:
		return "p < .001"
	case p > 0.995:
		return "p = 1"
	case p < 0.1:
		return "p = " + strings.TrimPrefix(fmt.Sprintf("%.3f", p), "0")
	}
	return "p = " + strings.TrimPrefix(fmt.Sprintf("%.2f", p), "0")
}
