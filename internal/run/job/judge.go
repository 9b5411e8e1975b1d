package job

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/rubric"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/judge"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
)

// A judging is the judge of a job and what its runs say of it.
type judging struct {
	judge  *runner.Judge
	header *runfile.Judge
	index  *runfile.Index // its recordings; nil where they are not wanted
}

func (j *judging) close() error {
	if j == nil || j.index == nil {
		return nil
	}
	return j.index.Close()
}

// prepareJudge prepares the judge that the suite's questions are put to, as part of
// a job's engine; nil where the suite has none.
func prepareJudge(ctx context.Context, p *project.Project, r Run, engine *model.Engine) (*judging, error) {
	criteria, err := p.Criteria()
	if err != nil || len(criteria) == 0 {
		return nil, err
	}
	asked, probs := judge.Load(ctx, p.Config.Judged.Prompt, p.Vars())
	targets, err := p.Judges(criteria)
	if err := append(probs, problem.From(err)...).Err(); err != nil {
		return nil, err
	}
	out := &judging{judge: &runner.Judge{Prompt: asked, Named: map[string]*runner.Bench{}}, header: &runfile.Judge{RubricHash: rubric.Hash(criteria)}}
	out.describe(asked, criteria, targets)
	if !r.Fresh {
		if out.index, err = judgeRecordings(p, r, asked); err != nil {
			return nil, err
		}
	}
	list := slices.SortedFunc(maps.Values(targets), func(a, b project.Target) int { return strings.Compare(a.Name, b.Name) })
	r.Queue = nil // workers make the calls that are graded; grading is done here
	models, err := models(p, list, r, engine, anyIn(out.index))
	if err != nil {
		return nil, fmt.Errorf("the judge: %w", err)
	}
	for name, t := range targets {
		bench := &runner.Bench{Asker: askerFor(t, models[t.Name], out.index), Params: asked.Params.Over(t.Params)}
		if name == "" {
			out.judge.Usual = bench
		} else {
			out.judge.Named[name] = bench
		}
	}
	return out, nil
}

// describe fills in what a run's header says of the judge.
func (j *judging) describe(asked *prompt.Prompt, criteria []graders.Criterion, targets map[string]project.Target) {
	record := PromptRecord(asked)
	j.header.Prompt, j.header.PromptHash = &record, record.Hash
	for i, c := range criteria {
		t, ok := targets[c.Judge]
		if !ok {
			t = targets[""]
		}
		m := runfile.Model{Name: t.Name, Endpoint: t.Label, ID: t.ID, Params: asked.Params.Over(t.Params)}
		switch {
		case i == 0:
			j.header.Model = m
		case m.Name != j.header.Model.Name:
			if j.header.Criteria == nil {
				j.header.Criteria = map[string]runfile.Model{}
			}
			j.header.Criteria[c.ID] = m
		}
	}
}

// judgeRecordings indexes the runs whose judge was asked with this prompt.
func judgeRecordings(p *project.Project, r Run, asked *prompt.Prompt) (*runfile.Index, error) {
	hash := asked.Hash()
	return index(p, r, func(h runfile.Header) bool { return h.Judge != nil && h.Judge.PromptHash == hash })
}

// askerFor answers for a target, from recordings where there are any.
func askerFor(t project.Target, c caller, index *runfile.Index) *runner.Asker {
	out := &runner.Asker{Endpoint: t.Label, ModelID: t.ID, Model: c.model, Offline: c.why}
	if index != nil {
		out.Recorded = index
	}
	return out
}

// anyIn reports of every target whether the index holds anything at all: which
// questions are put to a judge depends on replies that are not there yet.
func anyIn(index *runfile.Index) func(string) (bool, error) {
	return func(string) (bool, error) { return index != nil && index.Len() > 0, nil }
}
