package runner

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"promptbench/internal/input/params"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
)

// A Recorder is where a run is written. [runfile.Writer] is one.
type Recorder interface {
	// Case comes before the first call of the case.
	Case(runfile.Case) error
	// Call is finished, or failed for good.
	Call(runfile.Call) error
	// Trial comes after its call.
	Trial(runfile.Trial) error
	// Sync returns once everything before it is safe.
	Sync() error
	// Close comes once, after everything else.
	Close(runfile.End) error
}

// A Revision is one prompt of a job: what answers it and where its run goes.
type Revision struct {
	Prompt *prompt.Prompt
	Params params.Params // merged: flag over prompt file over config
	Asker  *Asker
	ID     string // of its run
	Run    Recorder
}

// A Job is everything [Run] needs.
type Job struct {
	Suite     *suite.Suite
	Select    suite.Selection
	Rank      map[string]int // of cases by id: those of a higher rank come first; 0 for those that have none
	Trials    int            // per case, at least 1
	Workers   int            // trials under way at once, at least 1
	Grading   Grading
	Judge     *Judge // that the graders ask; nil where they ask none
	Revisions []Revision
	Progress  func(Event) // called from many goroutines, after each trial; may be nil
	Drain     func()      // called when stop is closed, to end what only waits; may be nil
}

// An Event says that a trial has its line.
type Event struct {
	Revision int // index into Job.Revisions
	Call     runfile.Call
	Trial    runfile.Trial
}

// Run runs every revision over every selected case, trial by trial, the
// revisions interleaved case by case so that a drift of the endpoint hits all
// alike. It returns how each run ended, in the order of the revisions, and
// closes all recorders.
//
// Closing stop ends the run cleanly: no further trial begins, the attempts under
// way are finished. Cancelling ctx gives up those, too. Both leave the runs
// interrupted. The error is for what stops the whole job: a run file that
// can't be written, cases that can't be read.
func Run(ctx context.Context, job Job, stop <-chan struct{}) ([]runfile.End, error) {
	r := &running{job: job, counts: make([]counter, len(job.Revisions))}
	outer := ctx
	ctx, r.abort = context.WithCancelCause(outer)
	defer r.abort(nil)

	if job.Drain != nil {
		ended := make(chan struct{})
		defer close(ended)
		go func() {
			select {
			case <-stop:
				job.Drain()
			case <-ended:
			}
		}()
	}
	items := make(chan item)
	var workers sync.WaitGroup
	for range max(1, job.Workers) {
		workers.Go(func() {
			for it := range items {
				if err := r.trial(ctx, it); err != nil {
					r.fail(err)
				}
			}
		})
	}
	planned, interrupted, err := r.dispatch(ctx, stop, items)
	close(items)
	workers.Wait()
	if err != nil {
		r.fail(err)
	}
	return r.close(planned, interrupted, outer.Err() != nil)
}

// running is the state of one job.
type running struct {
	job    Job
	counts []counter
	abort  context.CancelCauseFunc

	mu  sync.Mutex
	err error // the first that stops the job
}

type counter struct{ trials, calls, replayed, errors, unscored atomic.Int64 }

// An item is one trial of one case for one revision.
type item struct {
	revision int
	c        runfile.Case
	trial    int
}

// fail keeps the first error that stops the job, and stops it.
func (r *running) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
	r.abort(err)
}

// dispatch sends every trial to the workers, and says how many it sent for
// each revision and whether it was interrupted before the last.
func (r *running) dispatch(ctx context.Context, stop <-chan struct{}, items chan<- item) (planned int, interrupted bool, err error) {
	for c, err := range r.job.cases() {
		if err != nil {
			return planned, true, fmt.Errorf("reading cases: %w", err)
		}
		record := CaseRecord(r.job.Suite, c)
		for _, revision := range r.job.Revisions {
			if err := revision.Run.Case(record); err != nil {
				return planned, true, err
			}
		}
		for trial := 1; trial <= max(1, r.job.Trials); trial++ {
			for i := range r.job.Revisions {
				select { // a closed stop must win over a waiting worker
				case <-stop:
					return planned, true, nil
				default:
				}
				select {
				case items <- item{revision: i, c: record, trial: trial}:
				case <-stop:
					return planned, true, nil
				case <-ctx.Done():
					return planned, true, nil
				}
			}
			planned++
		}
	}
	return planned, false, nil
}

// cases gives the selected cases by rank, those of one rank in the suite's order.
func (j *Job) cases() iter.Seq2[suite.Case, error] {
	return func(yield func(suite.Case, error) bool) {
		ranks := append(slices.Collect(maps.Values(j.Rank)), 0)
		slices.Sort(ranks)
		for _, rank := range slices.Backward(slices.Compact(ranks)) {
			for c, err := range j.Suite.Cases() {
				if err == nil && (j.Rank[c.ID] != rank || !j.Select.Has(c)) {
					continue
				}
				if !yield(c, err) || err != nil {
					return
				}
			}
		}
	}
}

// trial does one item: ask, record, grade, record.
func (r *running) trial(ctx context.Context, it item) error {
	if over(ctx) {
		return nil // given up between being sent and being begun
	}
	revision := r.job.Revisions[it.revision]
	messages, err := revision.Prompt.Render(it.c.Input, it.c.Vars)
	if err != nil {
		return fmt.Errorf("rendering %s for case %s: %w", revision.Prompt.Name, it.c.Case, err)
	}
	purpose, request := Purpose{For: runfile.ForReply, Case: it.c.Case, Trial: it.trial}, Request(revision.Prompt, revision.Params, messages, it.trial)
	if r.job.Judge.Fatal() != nil { // a new reply could not be judged
		if _, ok, err := revision.Asker.Recall(purpose, request); !ok || err != nil {
			return err
		}
	}
	call, err := revision.Asker.Ask(ctx, purpose, request)
	if err != nil {
		return unlessOver(ctx, err)
	}
	// A call that is finished is kept, also where the job has been given up since.
	paid := false
	keep := func(c runfile.Call) error {
		paid = paid || c.Made()
		r.counts[it.revision].call(c)
		return revision.Run.Call(c)
	}
	if err := keep(call); err != nil {
		return err
	}
	t, err := r.job.Grading.Trial(ctx, it.c, call, revision.Prompt.ReplyFormat, Ledger{Run: revision.ID, Keep: keep})
	if err != nil {
		return unlessOver(ctx, err)
	}
	if err := write(revision.Run, t, paid); err != nil {
		return err
	}
	r.counts[it.revision].trial(t)
	if r.job.Progress != nil {
		r.job.Progress(Event{Revision: it.revision, Call: call, Trial: t})
	}
	return nil
}

// write writes a finished trial. Where a call was paid for, nothing new begins
// before that is safe, so that no more is ever lost than what is under way.
func write(run Recorder, t runfile.Trial, paid bool) error {
	if err := run.Trial(t); err != nil || !paid {
		return err
	}
	return run.Sync()
}

// unlessOver keeps an error that stops the job. A trial that was given up or
// not tried has no outcome and leaves no line: the run ends without it.
func unlessOver(ctx context.Context, err error) error {
	if errors.Is(err, errStopped) || over(ctx) {
		return nil
	}
	return err
}

func over(ctx context.Context) bool { return ctx.Err() != nil }

func (c *counter) call(call runfile.Call) {
	switch {
	case call.ReplayedFrom != "":
		c.replayed.Add(1)
	case call.Made():
		c.calls.Add(1)
	}
}

func (c *counter) trial(t runfile.Trial) {
	c.trials.Add(1)
	if t.Error != nil {
		c.errors.Add(1)
	}
	for _, s := range t.Scores {
		if s.Unscored != "" {
			c.unscored.Add(1)
		}
	}
}

// close ends every run file, also after an error. Interrupted says that not all
// trials were sent, given up that those under way were dropped.
func (r *running) close(planned int, interrupted, givenUp bool) ([]runfile.End, error) {
	ends := make([]runfile.End, len(r.job.Revisions))
	errs := []error{r.err}
	if interrupted {
		planned++ // what was not sent has no outcome, either
	}
	for i, revision := range r.job.Revisions {
		fatal := revision.Asker.Fatal()
		if fatal == nil {
			fatal = r.job.Judge.Fatal()
		}
		end := endOf(&r.counts[i], planned, r.err, fatal, interrupted || givenUp)
		ends[i] = end
		errs = append(errs, revision.Run.Close(end))
	}
	return ends, errors.Join(errs...)
}

// Request makes the request of one trial.
func Request(p *prompt.Prompt, merged params.Params, messages []prompt.Message, trial int) model.Request {
	r := model.Request{Params: merged, ResponseFormat: p.ResponseFormat, JSONSchema: p.JSONSchema, Trial: trial}
	for _, m := range messages {
		r.Messages = append(r.Messages, model.Message{Role: m.Role, Content: m.Content})
	}
	return r
}

// CaseRecord is the case line of a suite's case.
func CaseRecord(s *suite.Suite, c suite.Case) runfile.Case {
	vars := s.VarsOf(c)
	return runfile.Case{
		Case: c.ID, Input: c.Input, Vars: vars, Expect: c.Expect, Tags: c.Tags, Group: c.Group, Note: c.Note,
		InputHash: suite.InputHash(c.Input, vars),
	}
}
