package job

import (
	"slices"

	"promptbench/internal/input/prompt"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/verdict/plan"
	"promptbench/internal/verdict/summary"
)

// Plan says what a job would need, without preparing it: no run file is
// written and nothing is sent.
func Plan(p *project.Project, r Run) (plan.Plan, error) {
	out := plan.Plan{Schema: 1, Suite: p.Suite.Name, Trials: max(1, r.Trials), Batch: r.Batch}
	criteria, err := p.Criteria()
	if err != nil {
		return out, err
	}
	judging := 0
	groups := map[string]bool{}
	for c, err := range p.Suite.Cases() {
		if err != nil {
			return out, err
		}
		if !p.Options.Select.Has(c) {
			continue
		}
		out.Cases++
		judging += out.Trials * rubric.Calls(criteria, c.Expect)
		if c.Group == "" || !groups[c.Group] {
			out.Units++
		}
		groups[c.Group] = c.Group != ""
	}
	var index *runfile.Index
	if !r.Fresh {
		if index, err = recordings(p, r); err != nil {
			return out, err
		}
		defer index.Close() //nolint:errcheck // opened for reading only
	}
	targets, err := p.Targets()
	if err != nil {
		return out, err
	}
	for i, revision := range p.Prompts {
		planned, err := planRevision(p, revision, targets[i], r, index)
		if err != nil {
			return out, err
		}
		planned.Judging = judging
		out.Revisions = append(out.Revisions, planned)
	}
	out.Sensitivity(p.GatingGraders())
	return out, nil
}

func planRevision(p *project.Project, revision *prompt.Prompt, t project.Target, r Run, index *runfile.Index) (plan.Revision, error) {
	out := plan.Revision{Prompt: revision.Name, Model: t.ID, Endpoint: t.Label}
	var err error
	if out.Replies, out.Replayed, err = recorded(p, revision, t, max(1, r.Trials), index); err != nil {
		return out, err
	}
	out.New = out.Replies - out.Replayed
	seen, err := usageSeen(p, t, revision.Hash())
	if err != nil {
		return out, err
	}
	price := t.Price
	if r.Batch && price != nil {
		batched := price.Batched()
		price = &batched
	}
	out.Estimate(seen, price)
	return out, nil
}

// recorded counts the replies that a revision wants of a target, and how many of
// them the index holds; a nil index holds none.
func recorded(p *project.Project, revision *prompt.Prompt, t project.Target, trials int, index *runfile.Index) (replies, held int, err error) {
	for request, err := range requests(p, revision, t, trials) {
		if err != nil {
			return replies, held, err
		}
		replies++
		if index != nil && index.Has(request.Key) {
			held++
		}
	}
	return replies, held, nil
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
	u, n := summary.UsageOf(run, nil), summary.BasisOf(run).Replies
	if u.InputTokens == nil || n == 0 {
		return nil
	}
	return []plan.Sample{{Input: float64(*u.InputTokens) / float64(n), Output: float64(*u.OutputTokens) / float64(n)}}
}
