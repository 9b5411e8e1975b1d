package job

import (
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/plan"
	"promptbench/internal/verdict/summary"
)

// Plan says what a job would need, without preparing it: it writes no run file
// and sends nothing. Batched is at the price of batches.
func Plan(p *project.Project, o Options, batched bool) (plan.Plan, error) {
	out := plan.Plan{Schema: 1, Suite: p.Suite.Name, Trials: max(1, o.Trials), Batch: batched, Draw: p.Options.Draw}
	questions, err := countQuestions(p)
	if err != nil {
		return out, err
	}
	if !p.Suite.SealIsOpen() {
		out.Sealed = p.SelectedSealed()
	}
	groups := map[string]bool{}
	for c, err := range p.Cases() {
		if err != nil {
			return out, err
		}
		out.Cases++
		if c.Group == "" || !groups[c.Group] {
			out.Units++
		}
		groups[c.Group] = c.Group != ""
	}
	variants, err := p.Variants()
	if err != nil {
		return out, err
	}
	going, err := openFresh(p, o, subjectsOf(p, variants))
	if err != nil {
		return out, err
	}
	var index *runfile.Index
	if q := going.query(o, ofPrompts(p.Prompts), 1); q != nil {
		if index, err = runfile.OpenIndex(p.RunsDir, *q); err != nil {
			return out, err
		}
		defer index.Close() //nolint:errcheck // opened for reading only
	}
	for _, v := range variants {
		planned, err := planVariant(p, v, out, index)
		if err != nil {
			return out, err
		}
		planned.Judging = out.Trials * questions
		if planned.Embeddings, err = countTexts(p, out.Trials); err != nil {
			return out, err
		}
		out.Revisions = append(out.Revisions, planned)
	}
	out.Sensitivity(p.GatingGraders())
	if o.Until != nil {
		out.Early, err = planUntil(p, o, out)
	}
	return out, err
}

// planUntil says what stopping early will probably save. Whether graders have values
// between 0 and 1 shows in the base, or in the last run of it.
func planUntil(p *project.Project, o Options, of plan.Plan) (*plan.Early, error) {
	base := &runfile.Run{}
	var err error
	if o.Until.Base != "" {
		if base, err = runfile.Load(o.Until.Base, runfile.Scores); err != nil {
			return nil, err
		}
	} else if last, err := runs.LastRun(p, p.Prompts[0]); err != nil {
		return nil, err
	} else if last != nil && !last.Stopped() {
		base = last
	}
	out := &plan.Early{GateOnly: o.Until.GateOnly}
	options := p.Comparison(base, base, nil)
	options.Drift, options.Anchored = true, runs.Anchor(p, o.Until.Base) != ""
	heads := len(of.Revisions)
	if o.Until.Base == "" {
		heads--
	}
	stopping := compare.Stopping{GateOnly: o.Until.GateOnly, Heads: heads, Variants: len(p.Options.Models) > 0}
	out.OnlyRegressed = options.NeedsAll()
	stopping.NeedsAll = out.OnlyRegressed != ""
	if len(base.Cases) > 0 {
		again := &runfile.Run{Header: base.Header}
		again.Header.Run = ""
		c, err := compare.NewUnfinished(base, again, base, false, options, stopping)
		if err != nil {
			return nil, err
		}
		out.ToEnd, out.OnlyRegressed = c.ToEnd(), c.OnlyRegressed()
	}
	switch {
	case of.Trials > 1:
		out.ToEnd = compare.SeveralTrials(of.Trials)
	case of.Units != of.Cases:
		out.ToEnd = compare.HasGroups
	}
	if out.ToEnd != "" {
		out.OnlyRegressed, out.Shares = "", []plan.Share{}
		return out, nil
	}
	margin := compare.DefaultMargin
	for _, g := range p.Config.RegressionGates {
		if g.Margin != nil {
			margin = *g.Margin
		}
	}
	out.Expect(of.Units, of.Graders, margin, stopping)
	return out, nil
}

func planVariant(p *project.Project, v project.Variant, of plan.Plan, index *runfile.Index) (
	out plan.Revision, err error,
) {
	t := v.Target
	if out, err = countRecorded(p, v, 0, of.Trials, index); err != nil {
		return out, err
	}
	out.Prompt, out.Model, out.Name, out.Endpoint = v.Prompt.Name, t.ID, t.Record().Name, t.Label
	seen, err := usageSeen(p, t, v.Prompt.Hash())
	if err != nil {
		return out, err
	}
	price := t.Price
	if of.Batch && price != nil {
		batched := price.Batched()
		price = &batched
	}
	out.Estimate(seen, price)
	return out, nil
}

// usageSeen is what a reply took in each earlier run of this suite on this
// model: of this very prompt, if it was ever run, else of any.
func usageSeen(p *project.Project, t project.Target, hash string) ([]plan.Sample, error) {
	found, err := runfile.Find(p.RunsDir, func(h runfile.Header) bool { return p.RanOn(h, t) })
	if err != nil {
		return nil, err
	}
	same := func(f runfile.Found) bool { return f.Header.Prompt.Hash == hash }
	if slices.ContainsFunc(found, same) {
		found = slices.DeleteFunc(found, func(f runfile.Found) bool { return !same(f) })
	}
	var out []plan.Sample
	for _, f := range found {
		run, err := runfile.Load(f.Path, runfile.Scores)
		if err != nil {
			continue // a run that can't be read says nothing about usage
		}
		out = append(out, samplesOf(run)...)
	}
	return out, nil
}

// samplesOf is what a reply of a run took, none where that is not known.
func samplesOf(run *runfile.Run) []plan.Sample {
	u, basis := summary.UsageOf(run, nil), summary.BasisOf(run)
	n := basis.Replies + basis.Turns
	if u.InputTokens == nil || n == 0 {
		return nil
	}
	return []plan.Sample{{Input: float64(*u.InputTokens) / float64(n), Output: float64(*u.OutputTokens) / float64(n)}}
}

// CountRecorded counts the replies that the only prompt of a project wants, and how many of them are recorded, without
// their tokens and cost.
func CountRecorded(p *project.Project, o Options) (plan.Revision, error) {
	variants, err := p.Variants()
	if err != nil {
		return plan.Revision{}, err
	}
	index, err := runfile.OpenIndex(p.RunsDir, query(o, ofPrompts(p.Prompts)))
	if err != nil {
		return plan.Revision{}, err
	}
	defer index.Close() //nolint:errcheck // opened for reading only
	return countRecorded(p, variants[0], o.After, o.Trials, index)
}
