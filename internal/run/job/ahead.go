package job

import (
	"fmt"
	"iter"

	"promptbench/internal/input/rubric"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/verdict/plan"
)

// selectedCases yields the suite's cases that --case and --tag leave.
func selectedCases(p *project.Project) iter.Seq2[suite.Case, error] {
	return func(yield func(suite.Case, error) bool) {
		for c, err := range p.Suite.Cases() {
			if err == nil && !p.Options.Select.Has(c) {
				continue
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// SelectedCases are the cases that are selected, as run files have them.
func SelectedCases(p *project.Project) ([]runfile.Case, error) {
	var out []runfile.Case
	for c, err := range selectedCases(p) {
		if err != nil {
			return nil, fmt.Errorf("reading cases: %w", err)
		}
		out = append(out, runner.CaseRecord(p.Suite, c))
	}
	return out, nil
}

// Ahead is what the job has before it, over all its revisions: replies to replay,
// calls to make, and what those take if replies are as long as those of an
// earlier run, which may be nil.
func (r *Revisions) Ahead(p *project.Project, earlier *runfile.Run) (plan.Revision, error) {
	out := plan.Revision{}
	targets, err := p.Targets()
	if err != nil {
		return out, err
	}
	for i, revision := range p.Prompts {
		replies, recorded, err := countRecorded(p, revision, targets[i], r.Work.Trials, r.recordings.index)
		if err != nil {
			return out, err
		}
		out.Replies += replies
		out.Replayed += recorded
	}
	out.New = out.Replies - out.Replayed
	if r.judge != nil {
		questions, err := countQuestions(p)
		if err != nil {
			return out, err
		}
		out.Judging = questions * r.Work.Trials * len(p.Prompts)
	}
	if earlier == nil {
		return out, nil
	}
	if seen := samplesOf(earlier); len(seen) > 0 {
		out.Estimate(seen, targets[0].Price)
	}
	return out, nil
}

// countQuestions counts the calls of a judge about one reply to each case, at most.
func countQuestions(p *project.Project) (n int, err error) {
	criteria, err := p.Criteria()
	if err != nil {
		return 0, err
	}
	for c, err := range selectedCases(p) {
		if err != nil {
			return 0, fmt.Errorf("reading cases: %w", err)
		}
		n += rubric.Calls(criteria, c.Expect)
	}
	return n, nil
}
