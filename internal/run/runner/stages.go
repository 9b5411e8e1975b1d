package runner

import (
	"context"
	"fmt"
	"iter"

	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
)

// Stages divide a job, so that it may end before the last case.
type Stages interface {
	// Next returns the next stage, or false after the last. It is called once every
	// trial of the stage before has its outcome, if it has one at all.
	Next(ctx context.Context) (stage Stage, ok bool, err error)
	// Decided says why the run of a revision ended before the last case; nil if it did
	// not.
	Decided(revision int) *runfile.Decided
}

// A Stage is some cases of a job.
type Stage struct {
	Cases     iter.Seq2[suite.Case, error]
	Revisions []int // that take part, as indexes into [Job.Revisions]

	Of func(id string) []int // the revisions of a case, in place of Revisions; nil: the same for all
}

// oneStage is a job that is not divided.
type oneStage struct {
	cases     iter.Seq2[suite.Case, error]
	revisions int
	isOver    bool
}

// Next implements [Stages].
func (s *oneStage) Next(context.Context) (Stage, bool, error) {
	if s.isOver {
		return Stage{}, false, nil
	}
	s.isOver = true
	stage := Stage{Cases: s.cases}
	for i := range s.revisions {
		stage.Revisions = append(stage.Revisions, i)
	}
	return stage, true, nil
}

// Decided implements [Stages].
func (*oneStage) Decided(int) *runfile.Decided { return nil }

// items yields every trial, stage by stage. Trials of one number come together, so
// that a job that ends early has as many of each revision.
func (r *running) items(ctx context.Context) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for {
			stage, ok, err := r.Stages.Next(ctx)
			switch {
			case err != nil && !isOver(ctx):
				yield(item{}, err)
				return
			case err != nil:
				return
			case !ok:
				r.allBegun = true
				return
			}
			for c, err := range stage.Cases {
				if err != nil {
					yield(item{}, fmt.Errorf("reading cases: %w", err))
					return
				}
				revisions := stage.Revisions
				if stage.Of != nil {
					revisions = stage.Of(c.ID)
				}
				if !r.yieldCase(CaseRecord(r.Suite, c), revisions, yield) {
					return
				}
			}
			if r.stage.Wait(); r.failed.Load() {
				return
			}
		}
	}
}

// yieldCase yields the trials of a case for some revisions.
func (r *running) yieldCase(record runfile.Case, revisions []int, yield func(item, error) bool) bool {
	for _, i := range revisions {
		if err := r.Revisions[i].Run.Case(record); err != nil {
			yield(item{}, err)
			return false
		}
		r.begun[i] += max(1, r.Trials)
	}
	for trial := r.After + 1; trial <= r.After+max(1, r.Trials); trial++ {
		for _, i := range revisions {
			r.stage.Add(1)
			if !yield(item{revision: i, c: record, trial: trial}, nil) {
				return false
			}
		}
	}
	return true
}

// planned is how many trials of a revision were begun, and one more where some were not.
func (r *running) planned(revision int) int {
	if r.allBegun || r.Stages.Decided(revision) != nil {
		return r.begun[revision]
	}
	return r.begun[revision] + 1
}
