package project

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
	"promptbench/internal/run/runner"
)

// Specs are what the suite grades by. No judge is needed to say so, and no program
// is started: what one says that it is stays open.
func (p *Project) Specs() ([]graders.Spec, error) {
	built, err := p.build(&runner.Judge{}, p.commands())
	if err != nil {
		return nil, err
	}
	return runner.Grading{Graders: built}.Specs(), nil
}

// Criteria are those of the suite that are put to a judge.
func (p *Project) Criteria() ([]graders.Criterion, error) {
	specs, err := p.Specs()
	return graders.Questions(specs), err
}

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

// judging prepares the judge that the suite's questions are put to, as part of
// a job's engine; nil where the suite has none.
func (p *Project) judging(ctx context.Context, r Run, engine *model.Engine) (*judging, error) {
	criteria, err := p.Criteria()
	if err != nil || len(criteria) == 0 {
		return nil, err
	}
	asked, probs := judge.Load(ctx, p.Config.Judged.Prompt, p.names)
	targets, err := p.judges(criteria)
	if err := append(probs, problem.From(err)...).Err(); err != nil {
		return nil, err
	}
	out := &judging{judge: &runner.Judge{Prompt: asked, Named: map[string]*runner.Bench{}}, header: &runfile.Judge{RubricHash: rubric.Hash(criteria)}}
	out.describe(asked, criteria, targets)
	if !r.Fresh {
		if out.index, err = p.judgeRecordings(r, asked); err != nil {
			return nil, err
		}
	}
	list := slices.SortedFunc(maps.Values(targets), func(a, b Target) int { return strings.Compare(a.Name, b.Name) })
	r.Queue = nil // workers make the calls that are graded; grading is done here
	models, err := p.models(list, r, engine, anyIn(out.index))
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
func (j *judging) describe(asked *prompt.Prompt, criteria []graders.Criterion, targets map[string]Target) {
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

// judges resolves who is asked, by the name that a criterion gives: the flag
// over the criterion over the config. The usual judge has no name.
func (p *Project) judges(criteria []graders.Criterion) (map[string]Target, error) {
	out := map[string]Target{}
	var probs problem.List
	for _, c := range criteria {
		name, as := firstOf(p.Options.Judge, c.Judge, p.Config.Judge), c.Judge
		if p.Options.Judge != "" {
			as = ""
		}
		if _, ok := out[as]; ok {
			continue
		}
		if name == "" {
			probs.Add(p.atRubric(fmt.Sprintf("the criterion %s is put to a judge, and none is named", c.ID), "pass --judge NAME, or set judge in promptbench.yaml"))
			return nil, probs.Err()
		}
		t, err := p.judgeTarget(name)
		if err != nil {
			probs.Add(p.atRubric(fmt.Sprintf("the judge of criterion %s: %v", c.ID, err), ""))
			continue
		}
		out[as] = t
	}
	return out, probs.Err()
}

// judgeTarget finds a judge by name: a model of the config, as it is configured
// there, else an id at --base-url or at OpenAI.
func (p *Project) judgeTarget(name string) (Target, error) {
	if m, ok := p.Config.Models[name]; ok {
		return configured(m), nil
	}
	return p.target(name)
}

// atRubric is a problem of the suite's rubric.
func (p *Project) atRubric(message, hint string) problem.Problem {
	out := problem.Problem{File: p.Suite.Path, Message: message, Hint: hint}
	for _, g := range p.Suite.Graders {
		if g.Name == "rubric" {
			out.File, out.Line, out.Column = g.File, g.Line, g.Column
		}
	}
	return out
}

// judgeRecordings indexes the runs whose judge was asked with this prompt.
func (p *Project) judgeRecordings(r Run, asked *prompt.Prompt) (*runfile.Index, error) {
	hash := asked.Hash()
	return p.index(r, func(h runfile.Header) bool { return h.Judge != nil && h.Judge.PromptHash == hash })
}

// askerFor answers for a target, from recordings where there are any.
func askerFor(t Target, c caller, index *runfile.Index) *runner.Asker {
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
