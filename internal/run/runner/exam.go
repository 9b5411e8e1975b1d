package runner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
)

// An Exam has replies that exist already graded by judges, to see how these do.
// The first grading writes the trials of its run; what the others make of the
// same replies is only returned, but their judges' calls are recorded, too.
type Exam struct {
	Cases    []runfile.Case // of the replies, each once
	Replies  []Examined
	Gradings []Grading
	Judge    *Judge // one of those that the gradings ask; all of them ask the same models
	ID       string // of the run
	Run      Recorder
	Workers  int
	Progress func(Event) // as in [Job]
}

// Examined is one reply of an exam. The trial of its call tells it from others
// of the same case.
type Examined struct {
	Case   runfile.Case
	Call   runfile.Call
	Format reply.Format
}

// Examine grades every reply by every grading, and closes the recorder. The
// trials come in the order of the replies, one for each grading; those of a
// reply that was not finished are nil. It ends early as [Run] does.
func Examine(ctx context.Context, e Exam, stop <-chan struct{}) ([][]runfile.Trial, runfile.End, error) {
	var counts counter
	trials := make([][]runfile.Trial, len(e.Replies))
	for _, c := range e.Cases {
		if err := e.Run.Case(c); err != nil {
			return nil, runfile.End{}, errors.Join(err, e.Run.Close(runfile.End{Status: runfile.Incomplete, Reason: err.Error()}))
		}
	}
	interrupted, err := Each(ctx, len(e.Replies), e.Workers, stop, func(ctx context.Context, i int) error {
		graded, err := e.one(ctx, e.Replies[i], &counts)
		if err == nil {
			trials[i] = graded
		}
		return unlessOver(ctx, err)
	})
	end := endOf(&counts, len(e.Replies), err, e.Judge.Fatal(), interrupted)
	return trials, end, errors.Join(err, e.Run.Close(end))
}

func (e *Exam) one(ctx context.Context, x Examined, counts *counter) ([]runfile.Trial, error) {
	paid := false
	keep := func(c runfile.Call) error {
		paid = paid || c.Made()
		counts.call(c)
		return e.Run.Call(c)
	}
	if err := keep(x.Call); err != nil {
		return nil, err
	}
	out := make([]runfile.Trial, len(e.Gradings))
	for i, g := range e.Gradings {
		t, err := g.Trial(ctx, x.Case, x.Call, x.Format, Ledger{Run: e.ID, Keep: keep})
		if err != nil {
			return nil, err
		}
		out[i] = t
	}
	if err := write(e.Run, out[0], paid); err != nil {
		return nil, err
	}
	counts.trial(out[0])
	if e.Progress != nil {
		e.Progress(Event{Call: x.Call, Trial: out[0]})
	}
	return out, nil
}

// Each calls do with 0 to n-1, some at once. Closing stop begins no more of
// them; the first error, or the end of ctx, gives up those under way, too. It
// reports whether not all were begun, or ctx ended.
func Each(ctx context.Context, n, workers int, stop <-chan struct{}, do func(ctx context.Context, i int) error) (interrupted bool, err error) {
	outer := ctx
	ctx, abort := context.WithCancelCause(outer)
	defer abort(nil)
	var (
		wait  sync.WaitGroup
		once  sync.Once
		items = make(chan int)
	)
	for range max(1, workers) {
		wait.Go(func() {
			for i := range items {
				if e := do(ctx, i); e != nil {
					once.Do(func() { err = e })
					abort(e)
				}
			}
		})
	}
	begun := 0
	for begun < n && !interrupted {
		select { // a closed stop must win over a waiting worker
		case <-stop:
			interrupted = true
			continue
		default:
		}
		select {
		case items <- begun:
			begun++
		case <-stop:
			interrupted = true
		case <-ctx.Done():
			interrupted = true
		}
	}
	close(items)
	wait.Wait()
	return interrupted || outer.Err() != nil, err
}

// endOf says how a run of n trials ended.
func endOf(c *counter, n int, err error, fatal *runfile.Error, interrupted bool) runfile.End {
	end := runfile.End{
		Status: runfile.Complete, Trials: int(c.trials.Load()), Calls: int(c.calls.Load()), Replayed: int(c.replayed.Load()),
		Errors: int(c.errors.Load()), Unscored: int(c.unscored.Load()), Ended: time.Now().UTC().Truncate(time.Second),
	}
	switch {
	case err != nil:
		end.Status, end.Reason = runfile.Incomplete, err.Error()
	case fatal != nil:
		end.Status, end.Reason = runfile.Incomplete, fatal.Message
	case interrupted && end.Trials < n:
		end.Status, end.Reason = runfile.Interrupted, "stopped by the operator"
	case end.Trials < n:
		end.Status, end.Reason = runfile.Incomplete, fmt.Sprintf("%d of %d trials have no outcome", n-end.Trials, n)
	}
	return end
}
