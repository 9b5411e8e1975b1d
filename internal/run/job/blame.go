package job

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"promptbench/internal/input/prompt"
	"promptbench/internal/input/rubric"
	"promptbench/internal/input/suite"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/plan"
)

// Asked says which variants of a change each case is asked with.
type Asked struct {
	Change *blame.Change
	Cases  []suite.Case            // in the order of the job
	Masks  map[string][]blame.Mask // by case; one of them may be asked of many cases
}

// Drawn are the selected cases in an order by chance, each with base, head and so many variants drawn by the seed.
func Drawn(p *project.Project, c *blame.Change, draws int, seed uint64) (Asked, error) {
	base, head := blame.NewMask(len(c.Hunks), false), blame.NewMask(len(c.Hunks), true)
	return askedOf(p, c, func(id string) []blame.Mask {
		return append([]blame.Mask{base, head}, c.Draw(id, draws, seed)...)
	})
}

// Paired are the selected cases, each with the same variants.
func Paired(p *project.Project, c *blame.Change, masks ...blame.Mask) (Asked, error) {
	return askedOf(p, c, func(string) []blame.Mask { return masks })
}

func askedOf(p *project.Project, c *blame.Change, of func(id string) []blame.Mask) (Asked, error) {
	out := Asked{Change: c, Masks: map[string][]blame.Mask{}}
	for one, err := range p.Cases() {
		if err != nil {
			return out, err
		}
		out.Cases = append(out.Cases, one)
		out.Masks[one.ID] = of(one.ID)
	}
	p.Suite.Shuffle(out.Cases)
	return out, nil
}

// asking is what a job on variants asks.
type asking struct {
	Asked

	project  *project.Project // whose prompts are the variants
	masks    []blame.Mask     // of the variants
	number   map[blame.Mask]int
	variants []project.Variant
}

func (a Asked) open(p *project.Project) (*asking, error) {
	of := *p
	of.Prompts = nil
	out := &asking{Asked: a, project: &of, number: map[blame.Mask]int{}}
	for _, c := range a.Cases {
		for _, m := range a.Masks[c.ID] {
			if _, ok := out.number[m]; !ok {
				out.number[m] = len(out.masks)
				out.masks = append(out.masks, m)
				of.Prompts = append(of.Prompts, a.Change.Variant(m))
			}
		}
	}
	var err error
	out.variants, err = of.Variants()
	return out, err
}

// header tells the runs on a change from all others.
func (a *asking) header(p *project.Project) runfile.Header {
	c := a.Change
	h := subjectsOf(p, a.variants[:1])[0]
	h.Prompt = PromptRecord(c.Head)
	h.Prompt.Name = c.Base.Name + ".." + c.Head.Name
	h.Blame = &runfile.Blame{Base: PromptRecord(c.Base), Head: c.Head.Hash()}
	for _, hunk := range c.Hunks {
		h.Blame.Hunks = append(h.Blame.Hunks, runfile.Hunk(hunk))
	}
	sum := sha256.Sum256([]byte("blame\x00" + c.Base.Hash() + c.Head.Hash()))
	h.Prompt.Hash = hex.EncodeToString(sum[:])
	return h
}

// requests calls do with each request of a case.
func (a *asking) requests(
	p *project.Project, c suite.Case, trials int, index *runfile.Index, do func(model.Request),
) error {
	one := func(yield func(suite.Case, error) bool) { yield(c, nil) }
	for _, m := range a.Masks[c.ID] {
		for r, err := range requests(p, a.variants[a.number[m]], one, 0, trials, index) {
			if err != nil {
				return err
			}
			do(r)
		}
	}
	return nil
}

// A BlamePlan is what a job on variants needs.
type BlamePlan struct {
	plan.Revision

	Cases int `json:"cases"`
}

// PlanAsked says what a job would need, without preparing it. With a budget it returns only the first cases, as many as
// need no more calls than that, counting all that the judge may be asked; where no call may be made, those that are
// recorded.
func PlanAsked(p *project.Project, o Options, a Asked, budget *int) (Asked, BlamePlan, error) {
	open, err := a.open(p)
	if err != nil {
		return a, BlamePlan{}, err
	}
	h := open.header(p)
	going, err := openFresh(p, o, []runfile.Header{h})
	if err != nil {
		return a, BlamePlan{}, err
	}
	var index *runfile.Index
	if q := going.query(o, ofPrompts([]*prompt.Prompt{a.Change.Base, a.Change.Head}), 1); q != nil {
		if index, err = runfile.OpenIndex(p.RunsDir, *q); err != nil {
			return a, BlamePlan{}, err
		}
		defer index.Close() //nolint:errcheck // opened for reading only
	}
	criteria, err := p.Criteria()
	if err != nil {
		return a, BlamePlan{}, err
	}
	t := open.variants[0].Target
	out := BlamePlan{Revision: plan.Revision{
		Prompt: h.Prompt.Name, Model: t.ID, Name: t.Record().Name, Endpoint: t.Label,
	}}
	left := 0
	if budget != nil && !o.Offline {
		left = *budget
	}
	for i, c := range a.Cases {
		replies, recorded, rounds := 0, 0, 0
		if err := open.requests(p, c, o.Trials, index, func(r model.Request) {
			replies++
			if index != nil && index.Has(r.Key) {
				recorded++
			} else {
				rounds += mostRounds(c)
			}
		}); err != nil {
			return a, out, err
		}
		judging := rubric.Calls(criteria, c.Expect) * replies
		if budget != nil {
			left -= replies - recorded
			if !o.Offline {
				left -= judging + rounds
			}
			if left < 0 {
				a.Cases = a.Cases[:i]
				break
			}
		}
		out.Cases++
		out.Replies += replies
		out.Replayed += recorded
		out.Judging += judging
		out.Rounds += rounds
	}
	out.New = out.Replies - out.Replayed
	seen, err := usageSeen(p, t, a.Change.Head.Hash())
	if err != nil {
		return a, out, err
	}
	out.Estimate(seen, t.Price)
	return a, out, nil
}

// PrepareAsked builds the job of asking a model with variants of a change: one run file holds all of them. Replies of
// runs of the base and the head are replayed, and those of earlier runs on changes from or to them.
func PrepareAsked(ctx context.Context, p *project.Project, o Options, a Asked) (*Revisions, error) {
	open, err := a.open(p)
	if err != nil {
		return nil, err
	}
	work := runner.Job{Suite: p.Suite, Trials: max(1, o.Trials), Workers: o.Concurrency}
	r := &Revisions{Job: newJob(ctx, o), Work: work}
	if err := r.prepareAsked(ctx, open, o); err != nil {
		return nil, errors.Join(err, r.Abandon())
	}
	r.Work.Drain = r.engine.Drain
	r.Work.Progress = func(e runner.Event) {
		e.Revision = 0 // they share a run
		r.report(e)
	}
	for _, c := range a.Cases {
		r.Trials += len(a.Masks[c.ID]) * r.Work.Trials
	}
	r.run = func(ctx context.Context, stop <-chan struct{}) ([]runfile.End, error) {
		ends, err := runner.Run(ctx, r.Work, stop)
		return []runfile.End{sumOf(ends)}, err
	}
	return r, nil
}

func (r *Revisions) prepareAsked(ctx context.Context, a *asking, o Options) (err error) {
	p, h := a.project, a.header(a.project)
	if !o.Offline {
		r.beside = &beside{
			dir: p.RunsDir, since: o.Started.Truncate(time.Millisecond), jobs: []runfile.Header{h}, noticed: map[string]bool{},
		}
	}
	if r.fresh, err = openFresh(p, o, []runfile.Header{h}); err != nil {
		return err
	}
	if err := r.openRecordings(p, o, ofPrompts([]*prompt.Prompt{a.Change.Base, a.Change.Head})); err != nil {
		return err
	}
	r.recordings.repair()
	target := a.variants[0].Target
	isRecorded := func(name string) (bool, error) { return r.anyRecorded(p, a.variants, name) }
	models, err := openModels([]project.Target{target}, o, r.transport, r.engine, isRecorded)
	if err != nil {
		return err
	}
	if err := r.prepareGrading(ctx, p, o); err != nil {
		return err
	}
	common := r.header(ctx, p, o)
	if common.Sealed, err = sealed(p, o); err != nil {
		return err
	}
	common.Prompt, common.Blame, common.Model = h.Prompt, h.Blame, target.Record()
	common.Sealed, common.Cases = openedFor(common.Sealed, h.Prompt.Hash), len(a.Cases)
	id, w, err := r.create(p, o, common)
	if err != nil {
		return err
	}
	asker := askerFor(target, models[target.Name], r.recordings.of(0))
	file := &variantsFile{Writer: w, begun: map[string]bool{}, open: len(a.variants)}
	runs := make([]*variantRun, len(a.variants))
	for i, v := range a.variants {
		runs[i] = &variantRun{variantsFile: file, mask: a.masks[i], first: map[string]int{}}
		r.Work.Revisions = append(r.Work.Revisions, runner.Revision{
			Prompt: v.Prompt, Params: v.Target.Params, Asker: asker, ID: id, Run: runs[i],
		})
	}
	of := map[string][]int{}
	for _, c := range a.Cases {
		for k, m := range a.Masks[c.ID] {
			n := a.number[m]
			of[c.ID] = append(of[c.ID], n)
			runs[n].first[c.ID] = k * r.Work.Trials
		}
	}
	r.Work.Stages = &variantStage{cases: a.Cases, of: func(id string) []int { return of[id] }}
	return nil
}

// sumOf is how a run ended whose variants ended so.
func sumOf(ends []runfile.End) runfile.End {
	var out runfile.End
	for _, e := range ends {
		out = joined(out, e)
	}
	return out
}

// joined is how a run ended whose two parts ended so. The status that says more of what is missing wins.
func joined(a, b runfile.End) runfile.End {
	b.Trials += a.Trials
	b.Calls += a.Calls
	b.Replayed += a.Replayed
	b.Errors += a.Errors
	b.Unscored += a.Unscored
	if slices.Index(worst(), a.Status) > slices.Index(worst(), b.Status) {
		b.Status = a.Status
	}
	b.Reason = strings.TrimSpace(cmp.Or(a.Reason, b.Reason))
	return b
}

func worst() []runfile.Status {
	return []runfile.Status{runfile.Complete, runfile.Interrupted, runfile.Incomplete}
}
