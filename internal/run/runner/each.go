package runner

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"promptbench/internal/record/runfile"
)

// Each calls do with the items, up to workers at once. Closing stop begins no
// more of them; the first error, or the end of ctx, gives up those under way,
// too. The iterator runs in the caller's goroutine, and an item counts as begun
// once its yield returns true. Each reports whether it left items out, or ctx ended.
func Each[T any](
	ctx context.Context, items iter.Seq2[T, error], workers int, stop <-chan struct{}, do func(context.Context, T) error,
) (interrupted bool, err error) {
	return each(ctx, items, workers, 0, stop, func(ctx context.Context, item T, _ func()) error { return do(ctx, item) })
}

// each is [Each] for items that may have to wait: while do waits after it has called rest, another worker does the next
// item, up to so many spare ones at once.
func each[T any](
	ctx context.Context, items iter.Seq2[T, error], workers, spare int, stop <-chan struct{},
	do func(ctx context.Context, item T, rest func()) error,
) (interrupted bool, err error) {
	outer := ctx
	ctx, abort := context.WithCancelCause(outer)
	defer abort(nil)
	var (
		wait  sync.WaitGroup
		first sync.Once
		begin = make(chan T)
		free  = make(chan struct{}, spare)
	)
	var work func()
	work = func() {
		for item := range begin {
			hasRested := false
			e := do(ctx, item, func() {
				select {
				case free <- struct{}{}:
					hasRested = true
					wait.Go(work)
				default:
				}
			})
			if e != nil {
				first.Do(func() { err = e })
				abort(e)
			}
			if hasRested { // the other one goes on
				<-free
				return
			}
		}
	}
	for range max(1, workers) {
		wait.Go(work)
	}
	interrupted, failure := send(ctx, items, begin, stop)
	close(begin)
	wait.Wait()
	if err == nil {
		err = failure
	}
	return interrupted || outer.Err() != nil, err
}

// send sends the items to the workers, and reports whether it left some out.
func send[T any](ctx context.Context, items iter.Seq2[T, error], to chan<- T, stop <-chan struct{}) (bool, error) {
	for item, err := range items {
		if err != nil {
			return true, err
		}
		select { // a closed stop must win over a waiting worker
		case <-stop:
			return true, nil
		default:
		}
		select {
		case to <- item:
		case <-stop:
			return true, nil
		case <-ctx.Done():
			return true, nil
		}
	}
	return false, nil
}

// indexes yields 0 to n-1, and no error.
func indexes(n int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// A counter counts what the end line of a run says.
type counter struct{ trials, calls, replayed, errors, unscored atomic.Int64 }

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
	if t.Failure() != "" {
		c.errors.Add(1)
	}
	for _, s := range t.Scores {
		if s.Unscored != "" {
			c.unscored.Add(1)
		}
	}
}

// endOf says how a run of n trials ended.
func endOf(c *counter, n int, err error, fatal *runfile.Error, interrupted bool) runfile.End {
	end := runfile.End{
		Status: runfile.Complete, Trials: int(c.trials.Load()),
		Calls: int(c.calls.Load()), Replayed: int(c.replayed.Load()),
		Errors: int(c.errors.Load()), Unscored: int(c.unscored.Load()), Ended: time.Now().UTC().Truncate(time.Second),
	}
	switch {
	case err != nil:
		end.Status, end.Reason = runfile.Incomplete, err.Error()
	case fatal != nil:
		end.Status, end.Reason = runfile.Incomplete, fatal.Message
	case interrupted && end.Trials < n:
		end.Status, end.Reason = runfile.Interrupted, "interrupted"
	case end.Trials < n:
		end.Status, end.Reason = runfile.Incomplete, fmt.Sprintf("%d of %d trials have no outcome", n-end.Trials, n)
	}
	return end
}
