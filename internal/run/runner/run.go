package runner

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"promptbench/internal/input/config"
	"promptbench/internal/input/media"
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
	After     int            // the number of the trial before the first, of a repeat that replays no trial up to it
	Workers   int            // replies awaited at once, at least 1
	Grading   Grading
	Judge     *Judge // that the graders ask; nil where they ask none
	Embedder  *Embedder
	Stages    Stages // that the cases come in; nil: all selected cases at once
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
	workers := max(1, job.Workers)
	r := &running{
		Job: job, counts: make([]counter, len(job.Revisions)), begun: make([]int, len(job.Revisions)),
		awaiting: make(chan struct{}, workers), stop: stop,
	}
	if r.Stages == nil {
		r.Stages = &oneStage{cases: r.spread(r.cases()), revisions: len(job.Revisions)}
	}
	for _, revision := range job.Revisions {
		grading, target := job.Grading, revision.Asker.Target
		grading.Price, grading.Reader = target.Price, grading.Reader.WithThinking(target.Thinking)
		r.gradings = append(r.gradings, grading)
	}
	interrupted, err := each(ctx, r.items(ctx), workers+workers/4, maxResting, stop, r.trial)
	return r.close(interrupted, err)
}

// running is the state of one job.
type running struct {
	Job
	counts   []counter
	gradings []Grading // of the replies to each revision: by its model's price and marks of thinking

	// One place for each reply that is awaited, until it is in the run file: a kill
	// loses no more. There are more workers, so that a reply that is being graded or
	// waits for the disk leaves its place to the next call. So does a call that failed
	// and waits for another attempt.
	awaiting chan struct{}

	failing atomic.Int64 // calls that failed since the last that was answered

	stop     <-chan struct{}
	begun    []int // trials, by revision
	allBegun bool
	stage    sync.WaitGroup // trials of the stage at hand that are not over
	failed   atomic.Bool    // the job ends with an error
}

// An item is one trial of one case for one revision.
type item struct {
	revision int
	c        runfile.Case
	trial    int
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
func (r *running) trial(ctx context.Context, it item, rest func()) (err error) {
	defer func() {
		if err != nil {
			r.failed.Store(true)
		}
		r.stage.Done()
	}()
	if isOver(ctx) {
		return nil // given up between being sent and being begun
	}
	revision := r.Revisions[it.revision]
	w := trialWriter{run: revision.Run, counts: &r.counts[it.revision]}
	replies, err := r.converse(ctx, &w, it, rest)
	if len(replies) == 0 || err != nil {
		return err
	}
	calls := JudgeCalls{Run: revision.ID, Record: w.call}
	t, err := r.gradings[it.revision].Trial(ctx, it.c, replies, revision.Prompt.ReplyFormat, calls)
	if err != nil {
		return unlessOver(ctx, err)
	}
	if err := w.trial(t); err != nil {
		return err
	}
	if r.Progress != nil {
		r.Progress(Event{Revision: it.revision, Call: replies[len(replies)-1], Trial: t})
	}
	return nil
}

// ask asks for a reply, which keep writes. It reports false where the call has no outcome.
func (r *running) ask(
	ctx context.Context, asker *Asker, p Purpose, request model.Request, keep func(runfile.Call) error,
) (call runfile.Call, ok bool, err error) {
	select {
	case r.awaiting <- struct{}{}:
	case <-r.stop:
		return call, false, nil
	case <-ctx.Done():
		return call, false, nil
	}
	leave := sync.OnceFunc(func() { <-r.awaiting })
	defer leave()
	rest, hasRested := request.Resting, false
	request.Resting = func() {
		hasRested = true
		r.failing.Add(1)
		leave()
		rest()
	}
	if call, err = asker.Ask(ctx, p, request); err != nil {
		return call, false, unlessOver(ctx, err)
	}
	switch {
	case !call.Made():
	case call.Error == nil || Failure(call) != "":
		r.failing.Store(0)
	case !hasRested:
		r.failing.Add(1)
	}
	// A call that is finished is kept, also where the job has been given up since.
	return call, true, keep(call)
}

// unlessOver keeps an error that stops the job. A trial that was given up or
// not tried has no outcome and leaves no line: the run ends without it.
func unlessOver(ctx context.Context, err error) error {
	if errors.Is(err, errStopped) || isOver(ctx) {
		return nil
	}
	return err
}

// graderFatal returns the error after which some grader can ask its model no more, or nil.
func (r *running) graderFatal() *runfile.Error { return cmp.Or(r.Judge.Fatal(), r.Embedder.Fatal()) }

func isOver(ctx context.Context) bool { return ctx.Err() != nil }

// close ends every run file, also after an error.
func (r *running) close(interrupted bool, err error) ([]runfile.End, error) {
	ends := make([]runfile.End, len(r.Revisions))
	errs := []error{err}
	for i, revision := range r.Revisions {
		fatal := cmp.Or(revision.Asker.Fatal(), r.graderFatal())
		ends[i] = endOf(&r.counts[i], r.planned(i), err, fatal, interrupted)
		if d := r.Stages.Decided(i); d != nil && err == nil && ends[i].Trials == r.begun[i] {
			ends[i].Status, ends[i].Reason, ends[i].Decided = runfile.Complete, "", d
		}
		errs = append(errs, revision.Run.Close(ends[i]))
	}
	return ends, errors.Join(errs...)
}

// Request makes the request for one reply of a trial.
func Request(p *prompt.Prompt, merged params.Params, messages []model.Message, trial int) model.Request {
	return model.Request{
		Messages: messages, Params: merged, ResponseFormat: p.ResponseFormat, JSONSchema: p.JSONSchema, Trial: trial,
		Tools: p.Tools, ToolChoice: p.ToolChoice,
	}
}

// CaseRecord is the case line of a suite's case.
func CaseRecord(s *suite.Suite, c suite.Case) runfile.Case {
	vars := s.VarsOf(c)
	return runfile.Case{
		Case: c.ID, Input: c.Input, Messages: c.Messages, Turns: c.Turns, ToolResults: c.ToolResults, Vars: vars,
		Expect: c.Expect, Tags: c.Tags, Group: c.Group, Note: c.Note,
		Sealed: s.IsSealed(c.ID), Attachments: attachmentRecords(c), InputHash: suite.InputHash(c, vars),
	}
}

// attachmentRecords are the attachments of a case with paths as run files hold them.
func attachmentRecords(c suite.Case) []media.Attachment {
	out := slices.Clone(c.Attachments())
	for i, a := range out {
		if a.Path != "" {
			out[i].Path = config.ToRecord(a.Path)
		}
	}
	return out
}
