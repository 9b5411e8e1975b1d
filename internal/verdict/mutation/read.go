package mutation

import (
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// Read adds what the comparison of a run of a mutant with that of the original shows. The mutant is noticed if the
// verdict is regressed, or if it fails a gate by type on a gating grader. Of a run that stopped early the decision
// counts and nothing is tested again.
func (o *Outcome) Read(base, run *runfile.Run, how compare.Options) error {
	how.Notices, how.Drift = true, true // a control has the prompt of the base
	c, err := compare.Compare(base, run, how)
	if err != nil {
		return err
	}
	o.Run, o.Cases, o.Verdict = run.Header.Run, len(run.Cases), c.Verdict
	if run.End != nil {
		o.Calls = run.End.Calls
	}
	isNoticed := c.Verdict != nil && *c.Verdict == compare.Regressed
	var warnedOf []string
	for _, g := range c.Graders {
		if g.Gating && g.Verdict != nil && *g.Verdict == compare.Regressed {
			warnedOf = append(warnedOf, g.Grader)
		}
		o.Graders = append(o.Graders, Effect{
			Grader: g.Grader, Gating: g.Gating, Base: g.BaseMean, Head: g.HeadMean, Better: g.Better, Worse: g.Worse,
			ToSettle: g.ToSettle,
		})
	}
	if c.Decided != nil && isNoticed {
		warnedOf = c.Decided.Graders
	}
	o.Changed = changed(base, run)
	for _, s := range c.Slices {
		isWorse := s.FailsGate()
		isNoticed = isNoticed || isWorse
		if isWorse || run.Stopped() && slices.Contains(warnedOf, s.Grader) && s.NewlyFail > s.NewlyPass {
			o.Slices = append(o.Slices, Slice{
				Grader: s.Grader, By: s.By, Value: s.Value, Cases: s.Cases, NewlyFail: s.NewlyFail, NewlyPass: s.NewlyPass,
				Tested: isWorse,
			})
		}
		if isWorse {
			warnedOf = append(warnedOf, s.Grader)
		}
	}
	slices.Sort(warnedOf)
	o.By = append(o.By, slices.Compact(warnedOf)...)
	if isNoticed || run.End != nil && run.End.Errors == 0 { // a case without a reply may be the one that shows it
		o.Noticed = &isNoticed
	}
	if !isNoticed {
		o.thin(base)
	}
	return nil
}

// changed counts the cases whose replies read otherwise in two runs: another type, other items, or where nothing was
// read another text.
func changed(base, head *runfile.Run) (n int) {
	for _, c := range head.Cases {
		before, after := base.TrialsOf(c.Case), head.TrialsOf(c.Case)
		for i := range min(len(before), len(after)) {
			if !readAlike(base, head, &before[i], &after[i]) {
				n++
				break
			}
		}
	}
	return n
}

func readAlike(base, head *runfile.Run, b, h *runfile.Trial) bool {
	if b.Read != nil && h.Read != nil && len(b.Read.Items)+len(h.Read.Items) > 0 {
		return b.Read.Type == h.Read.Type && slices.Equal(b.Read.Items, h.Read.Items)
	}
	before, after := summary.ReplyTo(base, b), summary.ReplyTo(head, h)
	if before == nil || after == nil {
		return before == after
	}
	return before.Reply == after.Reply
}
