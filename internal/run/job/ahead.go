package job

import (
	"slices"

	"promptbench/graders"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
	"promptbench/internal/verdict/plan"
)

// SelectedCases are the cases that are selected, as run files have them.
func SelectedCases(p *project.Project) ([]runfile.Case, error) {
	var out []runfile.Case
	for c, err := range p.Cases() {
		if err != nil {
			return nil, err
		}
		out = append(out, runner.CaseRecord(p.Suite, c))
	}
	return out, nil
}

// Ahead is what the job has before it, over all its variants: replies to replay,
// calls to make, and what those take if replies are as long as those of an
// earlier run, which may be nil.
func (r *Revisions) Ahead(p *project.Project, earlier *runfile.Run) (plan.Revision, error) {
	out := plan.Revision{}
	variants, err := p.Variants()
	if err != nil {
		return out, err
	}
	for i, v := range variants {
		counted, err := countRecorded(p, v, r.Work.After, r.Work.Trials, r.recordings.of(i))
		if err != nil {
			return out, err
		}
		out.Replies += counted.Replies
		out.Replayed += counted.Replayed
		out.Rounds += counted.Rounds
	}
	out.New = out.Replies - out.Replayed
	if r.judge != nil {
		questions, err := countQuestions(p)
		if err != nil {
			return out, err
		}
		out.Judging = questions * r.Work.Trials * len(variants)
	}
	if earlier != nil {
		if usage := samplesOf(earlier); len(usage) > 0 {
			out.Estimate(usage, variants[0].Target.Price)
		}
	}
	return out, nil
}

// countQuestions counts the calls of a judge about one reply to each case, at most.
func countQuestions(p *project.Project) (n int, err error) {
	criteria, err := p.Criteria()
	if err != nil {
		return 0, err
	}
	// Of an earlier turn of a conversation, only what it demands is asked.
	demands := slices.DeleteFunc(
		slices.Clone(criteria),
		func(c graders.Criterion) bool { return !c.PerCase() || c.At > 0 },
	)
	for c, err := range p.Cases() {
		if err != nil {
			return 0, err
		}
		n += rubric.Calls(criteria, c.Expect)
		for _, turn := range c.Turns {
			n += rubric.Calls(demands, turn.Expect)
		}
	}
	return n, nil
}
