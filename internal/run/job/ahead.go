package job

import (
	"errors"
	"fmt"

	"promptbench/internal/input/rubric"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/verdict/plan"
)

// SelectedCases are the cases that are selected, as run files have them.
func SelectedCases(p *project.Project) ([]runfile.Case, error) {
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

// Ahead is what a prepared job has before it, over all its revisions: replies
// that are replayed, calls to be made, and what those take if replies are as long
// as those of an earlier run, which may be nil.
func Ahead(p *project.Project, job *Job, earlier *runfile.Run) (plan.Revision, error) {
	out := plan.Revision{}
	targets, err := p.Targets()
	if err != nil {
		return out, err
	}
	for i, revision := range p.Prompts {
		replies, held, err := recorded(p, revision, targets[i], job.Trials, job.index)
		if err != nil {
			return out, err
		}
		out.Replies += replies
		out.Replayed += held
	}
	out.New = out.Replies - out.Replayed
	if job.judged != nil {
		if out.Judging, err = questions(p, job); err != nil {
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
func questions(p *project.Project, job *Job) (int, error) {
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
