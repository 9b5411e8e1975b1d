package job

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/judge"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
)

// A preparedJudge is the judge of a job, with what its runs say of it.
type preparedJudge struct {
	judge  *runner.Judge
	header *runfile.Judge
}

// prepareJudge prepares the judge that the suite's questions are put to; nil where
// the suite has none.
func (j *Job) prepareJudge(ctx context.Context, p *project.Project, o Options) (*preparedJudge, error) {
	criteria, err := p.Criteria()
	if err != nil || len(criteria) == 0 {
		return nil, err
	}
	asked, probs := judge.Load(ctx, p.Config.Judged.Prompt, p.Vars())
	targets, err := p.Judges(criteria)
	if err := append(probs, problem.From(err)...).Err(); err != nil {
		return nil, err
	}
	return j.openJudge(p, o, asked, criteria, targets)
}

// openJudge opens the models of a judge, by the name that criteria give; the
// default one has none. This process makes their calls, whatever the transport of the revisions.
func (j *Job) openJudge(
	p *project.Project, o Options, asked *prompt.Prompt, criteria []graders.Criterion, targets map[string]project.Target,
) (*preparedJudge, error) {
	out := &preparedJudge{
		judge:  &runner.Judge{Prompt: asked, Named: map[string]*runner.JudgeModel{}},
		header: judgeHeader(asked, criteria, targets),
	}
	q, err := j.judgeQuery(p, o, asked, out.header)
	if err != nil {
		return nil, err
	}
	earlier, err := j.openIndex(p, q)
	if err != nil {
		return nil, err
	}
	list := slices.SortedFunc(maps.Values(targets),
		func(a, b project.Target) int { return strings.Compare(a.Name, b.Name) })
	// Which questions come up depends on replies that are not there yet, so any recording counts.
	anyRecorded := func(string) (bool, error) { return earlier != nil && earlier.Len() > 0, nil }
	models, err := openModels(list, o, Local{}, j.engine, anyRecorded)
	if err != nil {
		return nil, fmt.Errorf("the judge: %w", err)
	}
	for name, t := range targets {
		m := &runner.JudgeModel{Asker: askerFor(t, models[t.Name], earlier), Params: judge.Params(asked, t.Params)}
		if name == "" {
			out.judge.Default = m
		} else {
			out.judge.Named[name] = m
		}
	}
	return out, nil
}

// judgeQuery selects the answers of a judge that a job may replay. Where the judge
// alone is asked, it goes on with an earlier job of its own.
func (j *Job) judgeQuery(p *project.Project, o Options, asked *prompt.Prompt, h *runfile.Judge) (
	q *runfile.Query, err error,
) {
	if j.fresh.since == nil {
		of := runfile.Header{Prompt: *h.Prompt, Model: h.Model, Suite: runfile.Suite{Name: p.Suite.Name}}
		if j.fresh, err = openFresh(p, o, []runfile.Header{of}); err != nil {
			return nil, err
		}
	}
	return j.gradingQuery(o, ofJudge(asked)), nil
}

// gradingQuery selects the answers that graders may replay; nil where all is asked anew.
func (j *Job) gradingQuery(o Options, isUsed func(runfile.Header) bool) *runfile.Query {
	begin := j.fresh.begin()
	if o.Fresh && begin.IsZero() {
		return nil
	}
	judged := query(o, isUsed)
	oldest := judged.Oldest(runfile.Header{})
	if o.Fresh && begin.After(oldest) {
		oldest = begin
	}
	judged.Oldest = func(runfile.Header) time.Time { return oldest }
	return &judged
}

// judgeHeader is what a run's header says of its judge.
func judgeHeader(asked *prompt.Prompt, criteria []graders.Criterion, targets map[string]project.Target) *runfile.Judge {
	record := PromptRecord(asked)
	out := &runfile.Judge{RubricHash: rubric.Hash(criteria), Prompt: &record, PromptHash: record.Hash}
	for i, c := range criteria {
		t, ok := targets[c.Judge]
		if !ok {
			t = targets[""]
		}
		m := runfile.Model{Name: t.Name, Endpoint: t.Label, API: t.API, ID: t.ID, Params: judge.Params(asked, t.Params)}
		m.Thinking = t.Record().Thinking
		switch {
		case i == 0:
			out.Model = m
		case m.Name != out.Model.Name:
			if out.Criteria == nil {
				out.Criteria = map[string]runfile.Model{}
			}
			out.Criteria[c.ID] = m
		}
	}
	return out
}
