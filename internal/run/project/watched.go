package project

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"promptbench/internal/input/config"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/rubric"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
	"promptbench/internal/verdict/plan"
)

// Files are the files that a run of a revision rests on, whether they are there
// or not: the config, the suite with all that it names, files that its graders
// run, and the prompt. They are known, in part, for a project that could not be
// loaded. A revision that is not a file is a problem.
func (p *Project) Files(revision string) ([]string, error) {
	path, err := prompt.Resolve(revision)
	if err != nil {
		return nil, problem.From(err).Err()
	}
	return append([]string{firstOf(p.Options.Config, config.DefaultPath), path}, p.files...), nil
}

// suiteFiles are the files of a suite and those that its graders name, such as
// the program that a grader is.
func suiteFiles(s *suite.Suite) []string {
	out := s.Files()
	for _, g := range s.Graders {
		var params any
		if json.Unmarshal(g.Params, &params) != nil {
			continue
		}
		for _, text := range texts(params) {
			for _, path := range []string{text, filepath.Join(filepath.Dir(s.Path), text)} {
				if text != "" && Exists(path) {
					out = append(out, path)
					break
				}
			}
		}
	}
	return out
}

// texts are the strings in a JSON value.
func texts(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	case map[string]any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	}
	return out
}

// SelectedCases are the cases that are selected, as run files have them.
func (p *Project) SelectedCases() ([]runfile.Case, error) {
	var out []runfile.Case
	for c, err := range p.Suite.Cases() {
		if err != nil {
			return nil, fmt.Errorf("reading cases: %w", err)
		}
		if p.Options.Select.Has(c) {
			out = append(out, runner.CaseRecord(p.Suite, c))
		}
	}
	return out, nil
}

// LastRun is the newest run of any contents under the name of a revision, on the
// suite and the model that it would run on now; nil where there is none.
func (p *Project) LastRun(revision *prompt.Prompt) (*runfile.Run, error) {
	t, err := p.TargetFor(revision)
	if err != nil {
		return nil, problem.From(err).Err()
	}
	found, err := runfile.Find(p.RunsDir, func(h runfile.Header) bool { return h.Prompt.Name == revision.Name && p.runsOn(h, t) })
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if run, err := runfile.Load(f.Path, runfile.Scores); err == nil && len(run.Trials) > 0 {
			return run, nil
		}
	}
	return nil, nil //nolint:nilnil // as the comment says
}

// BaseRun is the newest complete run of a base that a run of revision can be held
// against: of its contents as they are now, on the same suite and model. It is
// empty where that has yet to be run.
func (p *Project) BaseRun(ctx context.Context, base string, revision *prompt.Prompt, maxErrors int) (path string, err error) {
	t, err := p.TargetFor(revision)
	if err != nil {
		return "", problem.From(err).Err()
	}
	look := Lookup{Runs: p.RunsDir, Suite: p.Suite.Name, Whole: true, MaxErrors: maxErrors}
	like := runfile.Header{Suite: runfile.Suite{Name: p.Suite.Name}, Model: runfile.Model{ID: t.ID, Endpoint: t.Label}}
	path, err = look.Path(ctx, base, &like)
	if errors.Is(err, ErrNoRun) {
		return "", nil
	}
	if err != nil || IsRunFile(base) {
		return path, err
	}
	h, err := runfile.ReadHeader(path)
	if err != nil || !p.runsOn(h, t) {
		return "", err
	}
	return path, nil
}

func (p *Project) runsOn(h runfile.Header, t Target) bool {
	return !h.OfJudge() && h.Suite.Name == p.Suite.Name && h.Model.ID == t.ID && h.Model.Endpoint == t.Label
}

// Ahead is what a prepared job has before it, over all its revisions: replies
// that are replayed, calls to be made, and what those take if replies are as long
// as those of an earlier run, which may be nil.
func (p *Project) Ahead(job *Job, earlier *runfile.Run) (plan.Revision, error) {
	out := plan.Revision{}
	targets, err := p.targets()
	if err != nil {
		return out, err
	}
	for i, revision := range p.Prompts {
		replies, held, err := p.recorded(revision, targets[i], job.Trials, job.index)
		if err != nil {
			return out, err
		}
		out.Replies += replies
		out.Replayed += held
	}
	out.New = out.Replies - out.Replayed
	if job.judged != nil {
		if out.Judging, err = p.questions(job); err != nil {
			return out, err
		}
	}
	if earlier == nil {
		return out, nil
	}
	if seen := samplesOf(earlier); len(seen) > 0 {
		out.Estimate(seen, targets[0].Price)
	}
	return out, nil
}

// questions is how often the judge of a job is asked at most.
func (p *Project) questions(job *Job) (int, error) {
	criteria, err := p.Criteria()
	if err != nil {
		return 0, err
	}
	n := 0
	for c, err := range p.Suite.Cases() {
		if err != nil {
			return 0, fmt.Errorf("reading cases: %w", err)
		}
		if p.Options.Select.Has(c) {
			n += rubric.Calls(criteria, c.Expect)
		}
	}
	return n * job.Trials * len(p.Prompts), nil
}

// Abandon gives up a job that has not begun: its run files are removed.
func (j *Job) Abandon() error {
	var errs []error
	for _, revision := range j.Revisions {
		if w, ok := revision.Run.(*runfile.Writer); ok {
			errs = append(errs, w.Discard())
		}
	}
	return errors.Join(append(errs, j.Close())...)
}
