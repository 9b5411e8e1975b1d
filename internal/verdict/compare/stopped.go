package compare

import (
	"fmt"
	"math"
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/summary"
)

// setDecision takes the verdict of a run that stopped early from its end line. Such a
// run is not tested again: it stopped when its difference looked large, or small. With
// another base than its own it has no verdict, and without a regression none that a gate
// on all cases could rest on.
func (c *Comparison) setDecision(base, head *runfile.Run, o Options) {
	c.stopped = base.Stopped() || head.Stopped()
	if !c.stopped {
		return
	}
	if d := head.End.Decided; head.Stopped() && d.Verdict != "" && d.Base == base.Header.Run {
		if why := o.NeedsAll(); why != "" && Verdict(d.Verdict) != Regressed {
			c.Notes = append(c.Notes, fmt.Sprintf("run %s stopped early, but %s; run its revision again", head.Header.Run, why))
			return
		}
		c.Decided, c.suiteCases = d, head.Header.Cases
		c.Notes = append(c.Notes, c.decisionNote())
		return
	}
	side := head
	if !head.Stopped() {
		side = base
	}
	c.Notes = append(c.Notes, fmt.Sprintf("run %s stopped early, and not because of this comparison, "+
		"so nothing is tested; "+
		"run its revision again without --until-decided", side.Header.Run))
}

// decisionNote says when and why the run stopped, and what that means for the numbers.
func (c *Comparison) decisionNote() string {
	why := "the other cases cannot change the verdict"
	if c.Decided.Rule == 2 {
		why = "a regression on all cases is improbable (under 1%)"
	}
	return fmt.Sprintf("stopped early at look %d, because %s; Δ is exaggerated, and intervals, p and gates are left out",
		c.Decided.Look, why)
}

// strip removes the tests of a comparison with a run that stopped early.
func (c *Comparison) strip() {
	c.Gates = []summary.GateResult{}
	for i := range c.Slices {
		c.Slices[i].P, c.Slices[i].Verdict = nil, ""
	}
	for i := range c.Tags {
		c.Tags[i].P, c.Tags[i].CI = nil, nil
	}
	for i := range c.Metrics {
		c.Metrics[i].CI = nil
	}
}

// untested is the grader without its tests.
func (g Grader) untested() Grader {
	g.Warnings = slices.Clone(g.Warnings)
	g.P, g.PAdjusted, g.PStdErr, g.Method = nil, nil, nil, ""
	g.CI, g.CIMethod, g.Verdict = nil, "", nil
	return g
}

// conclude fills what [decide] fills of a comparison that is tested.
func (c *Comparison) conclude() {
	c.Graders = slices.Clone(c.measured)
	for i := range c.Graders {
		c.Graders[i] = c.Graders[i].untested()
	}
	c.Verdict = c.decided()
	c.Headline = stoppedSentence(c)
}

// standIn is what the grader counts for in the correction of p beside other heads: a
// test that shows nothing.
func (g Grader) standIn() Grader {
	if g.P != nil {
		g.P = summary.Number(1)
	}
	return g
}

// decided is the recorded verdict, nil where there is none.
func (c *Comparison) decided() *Verdict {
	if c.Decided == nil {
		return nil
	}
	v := Verdict(c.Decided.Verdict)
	return &v
}

// DecidedWords names what a run stopped with, as people read it.
func DecidedWords(d *runfile.Decided) string {
	if d.Rule == 2 {
		return "not regressed, else open"
	}
	return Verdict(d.Verdict).Words()
}

// stoppedSentence says what was decided of a run that stopped early, and when.
func stoppedSentence(c *Comparison) string {
	base, head := c.Base.Name, c.Head.Name
	if c.Decided == nil {
		return fmt.Sprintf("No verdict on %s against %s: a run that stopped early is not tested again.", head, base)
	}
	if c.Base.Hash == c.Head.Hash && base == head {
		base = "it was " + earlierRun(c)
	}
	when := fmt.Sprintf("after %d of %s (%.0f%%)",
		c.Decided.Cases, wording.Count(c.suiteCases, "case"), math.Floor(100*c.Decided.Share+1e-9))
	at, effect := "", ""
	if len(c.Decided.Graders) > 0 {
		at = " at " + wording.List(c.Decided.Graders)
		named := func(g Grader) bool { return g.Grader == c.Decided.Graders[0] }
		if i := slices.IndexFunc(c.Graders, named); i >= 0 && c.Graders[i].Units > 0 {
			effect = " So far " + c.Graders[i].effect("it", true) + "."
		}
	}
	switch Verdict(c.Decided.Verdict) {
	case Regressed:
		return fmt.Sprintf("%s is worse than %s%s, decided %s.%s", head, base, at, when, effect)
	case Improved:
		return fmt.Sprintf("%s is better than %s%s, decided %s.%s", head, base, at, when, effect)
	case NoWorse:
		return fmt.Sprintf("%s is no worse than %s, decided %s.", head, base, when)
	}
	return fmt.Sprintf("%s has not regressed against %s, decided %s; whether it is no worse is open.", head, base, when)
}
