package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/rubric"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/judge"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/run/runs"
)

// A Duel is a prepared comparison by a judge of the replies of two runs.
type Duel struct {
	runner.Duel
	Path string // of the run file that the judge's calls go to

	judged *judging
	engine *model.Engine
}

// Close gives back what the duel holds open, but for the run file.
func (d *Duel) Close() error {
	d.engine.Close()
	return d.judged.close()
}

// Stats are what the calls have come to so far.
func (d *Duel) Stats() model.Stats { return d.engine.Stats() }

// PrepareDuel pairs the replies of two runs, loaded in full, for a judge to say
// which are better. What counts are the questions of the suite that apply to the
// case, if it has any.
func PrepareDuel(ctx context.Context, p *project.Project, r Run, base, head *runfile.Run) (*Duel, error) {
	for _, run := range []*runfile.Run{base, head} {
		if err := runs.RefuseRedacted(run.Header, "there is no reply to judge"); err != nil {
			return nil, err
		}
	}
	asked, probs := judge.LoadPairwise(ctx, p.Config.Judged.Pairwise, p.Vars())
	target, err := pairwiseJudge(p)
	if err := append(probs, problem.From(err)...).Err(); err != nil {
		return nil, err
	}
	criteria, err := p.Criteria()
	if err != nil {
		return nil, err
	}
	d := &Duel{engine: model.NewEngine(ctx, model.Options{
		Concurrency: r.Concurrency, MaxCalls: r.MaxCalls, MaxCost: r.MaxCost, Deadline: r.Deadline, Log: r.Log,
	})}
	d.judged = &judging{header: &runfile.Judge{RubricHash: rubric.Hash(criteria)}}
	d.judged.describe(asked, []graders.Criterion{{}}, map[string]project.Target{"": target})
	if err := pairwiseBench(p, r, d, asked, target); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := pair(p, &d.Duel, base, head, criteria); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	d.About, d.Workers = p.Suite.Description, r.Concurrency
	h := runfile.Header{
		Run: runfile.NewID(r.Started, asked.Name, target.ID), Prompt: *d.judged.header.Prompt,
		Suite: runfile.Suite{Name: p.Suite.Name, Path: p.Suite.Path, Hash: p.Suite.Hash()},
		Model: d.judged.header.Model, Reply: p.Suite.Rules, Graders: []graders.Spec{{Name: runner.ScorePairwise, Version: 1}}, Trials: 1,
		Judge: d.judged.header, Git: gitState(ctx), Tool: r.Tool, Started: r.Started.UTC().Truncate(time.Millisecond),
		Pairwise: &runfile.Pairwise{
			Base: base.Header.Run, Head: head.Header.Run, BasePrompt: base.Header.Prompt.Name, HeadPrompt: head.Header.Prompt.Name,
		},
	}
	w, err := runfile.Create(p.RunsDir, h)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	d.ID, d.Run, d.Path = h.Run, w, w.Path()
	return d, nil
}

func pairwiseJudge(p *project.Project) (project.Target, error) {
	name := cmp.Or(p.Options.Judge, p.Config.Judge)
	if name == "" {
		return project.Target{}, problem.List{{Message: "a judge compares the replies, and none is named", Hint: "pass --judge NAME, or set judge in promptbench.yaml"}}
	}
	return p.JudgeTarget(name)
}

// pairwiseBench makes the judge of a duel.
func pairwiseBench(p *project.Project, r Run, d *Duel, asked *prompt.Prompt, target project.Target) (err error) {
	if !r.Fresh {
		if d.judged.index, err = judgeRecordings(p, r, asked); err != nil {
			return err
		}
	}
	models, err := models(p, []project.Target{target}, r, d.engine, anyIn(d.judged.index))
	if err != nil {
		return fmt.Errorf("the judge: %w", err)
	}
	d.Judge = &runner.Judge{Prompt: asked, Usual: &runner.Bench{
		Asker: askerFor(target, models[target.Name], d.judged.index), Params: asked.Params.Over(target.Params),
	}}
	return nil
}

// pair pairs the replies to the same trial of the same case.
func pair(p *project.Project, d *runner.Duel, base, head *runfile.Run, criteria []graders.Criterion) error {
	for _, c := range head.Cases {
		other, ok := base.Case(c.Case)
		if !ok || other.InputHash != c.InputHash {
			continue
		}
		var counts []string
		for _, k := range criteria {
			if k.Applies(c.Expect) && !k.PerCase() {
				counts = append(counts, k.Question)
			}
		}
		before := len(d.Pairs)
		theirs := texts(p, base, c.Case)
		for trial, text := range texts(p, head, c.Case) {
			if against, ok := theirs[trial]; ok {
				d.Pairs = append(d.Pairs, runner.Pair{Case: c, Trial: trial, Base: against, Head: text, Counts: counts})
			}
		}
		if len(d.Pairs) > before {
			d.Cases = append(d.Cases, c)
		}
		slices.SortFunc(d.Pairs[before:], func(a, b runner.Pair) int { return a.Trial - b.Trial })
	}
	if len(d.Pairs) == 0 {
		return errors.New("no case has a reply on both sides")
	}
	return nil
}

// texts are the replies of a run to a case, by trial, without the model's
// thinking.
func texts(p *project.Project, run *runfile.Run, id string) map[int]string {
	out := map[int]string{}
	for _, c := range run.CallsOf(id) {
		if c.For == runfile.ForReply && c.Error == nil {
			out[c.Trial] = p.Reader.Read(c.Reply, c.Thinking, run.Header.Prompt.ReplyFormat).Text
		}
	}
	return out
}
