package job

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/judge"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/run/runs"
)

// PreparePairwise prepares a job in which a judge says which replies of two runs are better, pair by pair. The runs
// must be loaded in full. What counts are the questions of the suite that apply to the case, if it has any.
func PreparePairwise(ctx context.Context, p *project.Project, o Options, base, head *runfile.Run) (*Job, error) {
	for _, run := range []*runfile.Run{base, head} {
		if err := runs.RefuseRedacted(run.Header, "there is no reply to judge"); err != nil {
			return nil, err
		}
	}
	j := newJob(ctx, o)
	work, err := j.preparePairwise(ctx, p, o, base, head)
	if err != nil {
		return nil, errors.Join(err, j.Abandon())
	}
	j.Trials = len(work.Pairs)
	j.run = func(ctx context.Context, stop <-chan struct{}) ([]runfile.End, error) {
		end, err := runner.ComparePairs(ctx, *work, stop)
		return []runfile.End{end}, err
	}
	return j, nil
}

func (j *Job) preparePairwise(ctx context.Context, p *project.Project, o Options, base, head *runfile.Run) (
	*runner.Pairwise, error,
) {
	asked, probs := judge.LoadPairwise(ctx, p.Config.Judged.Pairwise, p.Vars())
	target, err := pairwiseJudge(p)
	if err := append(probs, problem.From(err)...).Err(); err != nil {
		return nil, err
	}
	criteria, err := p.Criteria()
	if err != nil {
		return nil, err
	}
	prepared, err := j.openJudge(p, o, asked, []graders.Criterion{{}}, map[string]project.Target{"": target})
	if err != nil {
		return nil, err
	}
	prepared.header.RubricHash = rubric.Hash(criteria)
	work := &runner.Pairwise{
		Pairs: pairs(p, base, head, criteria), Judge: prepared.judge, About: p.Suite.Description, Workers: o.Concurrency,
		Progress: j.report,
	}
	if len(work.Pairs) == 0 {
		return nil, errors.New("no case has a reply on both sides")
	}
	for _, pair := range work.Pairs {
		if n := len(work.Cases); n == 0 || work.Cases[n-1].Case != pair.Case.Case {
			work.Cases = append(work.Cases, pair.Case)
		}
	}
	h := header(ctx, p, o)
	h.Prompt, h.Model, h.Judge = *prepared.header.Prompt, prepared.header.Model, prepared.header
	h.Graders = []graders.Spec{{Name: runner.ScorePairwise, Version: 1}}
	h.Pairwise = &runfile.Pairwise{
		Base: base.Header.Run, Head: head.Header.Run,
		BasePrompt: base.Header.Prompt.Name, HeadPrompt: head.Header.Prompt.Name,
	}
	work.ID, work.Run, err = j.create(p, o, h)
	return work, err
}

func pairwiseJudge(p *project.Project) (project.Target, error) {
	name := cmp.Or(p.Options.Judge, p.Config.Judge)
	if name == "" {
		return project.Target{}, problem.List{{
			Message: "pairwise needs a judge, and none is named",
			Hint:    "pass --judge NAME, or set judge in promptbench.yaml",
		}}
	}
	return p.JudgeTarget(name)
}

// pairs pairs the replies to the same trial of the same case.
func pairs(p *project.Project, base, head *runfile.Run, criteria []graders.Criterion) []runner.Pair {
	var out []runner.Pair
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
		before := len(out)
		baseTexts := texts(p, base, c.Case)
		for trial, text := range texts(p, head, c.Case) {
			if against, ok := baseTexts[trial]; ok {
				out = append(out, runner.Pair{Case: c, Trial: trial, Base: against, Head: text, Counts: counts})
			}
		}
		slices.SortFunc(out[before:], func(a, b runner.Pair) int { return a.Trial - b.Trial })
	}
	return out
}

// texts are the replies of a run to a case, by trial, without the model's
// thinking.
func texts(p *project.Project, run *runfile.Run, id string) map[int]string {
	out := map[int]string{}
	c, _ := run.Case(id)
	reader, format := p.ReaderFor(run.Header.Model), run.Header.Prompt.ReplyFormat
	for replies := range runfile.RepliesIn(run.CallsOf(id)) {
		last := &replies[len(replies)-1]
		if last.Error != nil {
			continue
		}
		read := slices.Clone(replies)
		for i := range read {
			read[i].Reply = reader.Read(read[i].Reply, read[i].Thinking, format).Text
		}
		if !run.Header.Reply.Transform.IsZero() {
			read[len(read)-1].Reply = run.GradedText(last)
		}
		out[last.Trial] = c.Shown(read)
	}
	return out
}
