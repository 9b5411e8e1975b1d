package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/run/improve"
	"promptbench/internal/run/judge"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
)

// A Result says what [Validate] checked.
type Result struct {
	Prompts  int
	Suites   []*suite.Suite // without errors, the configured one first
	Warnings problem.List

	project *project.Project
}

// Validate checks the config, every prompt in prompts and every suite in cases,
// or those that are named. Like [Load] it returns all errors at once; what it
// looked at is never nil.
func Validate(ctx context.Context, o project.Options, prompts []string) (*Result, error) {
	var probs problem.List
	if len(prompts) == 0 {
		found, err := prompt.Files(project.PromptsDir())
		switch {
		case err != nil:
			probs.Add(problem.Problem{
				Message: fmt.Sprintf("there is no directory %s", project.PromptsDir()), Hint: "name the prompts to check",
			})
		case len(found) == 0:
			probs.Add(problem.Problem{
				Message: fmt.Sprintf("%s holds no .prompt.yml file", project.PromptsDir()), Hint: "name the prompts to check",
			})
		}
		prompts = found
	}
	p, err := project.Load(ctx, o, prompts)
	probs = append(append(probs, problem.From(err)...), p.Warnings...)
	checked := &Result{Prompts: len(p.Prompts), project: p}
	if p.Suite != nil {
		checked.Suites = append(checked.Suites, p.Suite)
	}
	if o.Suite == "" {
		probs = append(probs, checked.checkOthers(p)...)
	}
	probs = append(probs, checked.checkJudge(ctx, p)...)
	if file := p.Config.EditorPrompt; file != "" {
		_, list := improve.LoadPrompt(ctx, file)
		probs = append(probs, list...)
	}
	if probs.Err() == nil {
		probs = append(probs, advice(p, math.MaxInt)...)
		probs = append(probs, fewUnits(p)...)
	}
	probs = append(probs, checked.checkLabels()...)
	if p.Suite != nil {
		for _, path := range runs.Baselines(p) {
			probs = append(probs, checkBaseline(p, path)...)
		}
	}
	for _, s := range checked.Suites {
		probs = append(probs, project.MissingPrograms(s)...)
	}
	checked.Warnings = probs.Only(problem.Warning)
	return checked, probs.Err()
}

// checkJudge checks the prompts of a judge that the config names, and the judges that
// criteria name.
func (c *Result) checkJudge(ctx context.Context, p *project.Project) problem.List {
	var probs problem.List
	if name := p.Config.Judged.Prompt; name != "" {
		_, list := judge.Load(ctx, name, p.Vars())
		probs = append(probs, list...)
	}
	if name := p.Config.Judged.Pairwise; name != "" {
		_, list := judge.LoadPairwise(ctx, name, p.Vars())
		probs = append(probs, list...)
	}
	if p.Suite == nil {
		return probs
	}
	if p.Embeds() {
		_, err := p.Embeddings()
		probs = append(probs, problem.From(err)...)
	}
	criteria, err := p.Criteria()
	if err == nil {
		_, err = p.Judges(slices.DeleteFunc(criteria, func(c graders.Criterion) bool { return c.Judge == "" }))
	}
	return append(probs, problem.From(err)...)
}

// checkOthers checks the suites that the project holds beside its own.
func (c *Result) checkOthers(p *project.Project) problem.List {
	own, err := p.SuitePath()
	if err != nil {
		own = "" // Load has said so
	}
	paths, err := project.SuiteFiles(project.SuitesDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a suite elsewhere needs no such directory
		return problem.From(fmt.Errorf("listing suites: %w", err))
	}
	var probs problem.List
	for _, path := range paths {
		if path == own {
			continue
		}
		loaded, list := suite.Load(path)
		probs = append(probs, list...)
		if loaded != nil && list.Err() == nil {
			probs = append(probs, loaded.Advice()...)
			c.Suites = append(c.Suites, loaded)
		}
	}
	return probs
}
