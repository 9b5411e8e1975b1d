package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"promptbench/internal/model"
)

const (
	// maxFailures is how many calls in a row may fail at first.
	maxFailures = 20
	// patience is how long they must fail, so that a server that is away for ten seconds ends no run.
	patience = 15 * time.Second
	// sample is how many calls beyond those under way may fail in a row for good: enough from all over a suite to tell an
	// endpoint that accepts none from bad cases.
	sample = 100
)

// A breaker stops everything when every call fails. It is inside of [retry] and counts attempts: a call alone takes
// a minute to fail for good.
//
// A call that fails again tells nothing new: after the last case that succeeds, only bad ones are left to be tried.
// Calls that fail for good come back faster than any answer, so that many of them only close the way for further calls
// until those under way are back.
type breaker struct {
	trip func(*model.Error) // called once
	most int                // calls in a row that may fail for good

	mu       sync.Mutex
	failures int           // attempts that failed since the last that did not
	calls    int           // calls that failed for the first time since then
	final    int           // failures that no retry could help
	since    time.Time     // the first failure of the row
	under    int           // attempts under way, those that wait for their turn included
	open     chan struct{} // closed when the way is open again; nil where nobody waits for it
	reached  bool          // the endpoint took a connection at least once
	served   bool          // it answered at least once
	tripped  bool
}

// watch counts the attempts at next.
func (b *breaker) watch(next step) step {
	return func(ctx context.Context, c *call) (model.Response, error) {
		if err := b.enter(c); err != nil {
			return model.Response{}, err
		}
		resp, err := next(ctx, c)
		if why := b.count(c, err); why != nil {
			b.trip(why)
		}
		return resp, err
	}
}

// enter waits until the way is open.
func (b *breaker) enter(c *call) error {
	for {
		b.mu.Lock()
		if b.final < b.most || b.under == 0 {
			b.under++
			b.mu.Unlock()
			return nil
		}
		if b.open == nil {
			b.open = make(chan struct{})
		}
		open := b.open
		b.mu.Unlock()
		select {
		case <-open:
		case <-c.Waiting.Done():
			return model.Cancelled(c.Waiting, 0)
		}
	}
}

// count records how an attempt ended, and returns why to stop where that was one failure too many.
func (b *breaker) count(c *call, err error) *model.Error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.under--
	failure, failed := errors.AsType[*model.Error](err)
	b.reached = b.reached || !failed || !failure.Down && failure.Kind != model.KindCancelled
	b.served = b.served || !failed
	c.reached, c.served = b.reached, b.served
	if !failed || failure.Kind == model.KindContextLength || failure.Kind == model.KindContentFilter {
		b.failures, b.calls, b.final = 0, 0, 0
		if b.open != nil {
			close(b.open)
			b.open = nil
		}
		return nil
	}
	b.add(c, failure)
	enough := b.calls >= maxFailures && b.final < b.failures && time.Since(b.since) >= patience ||
		b.final >= b.most && b.under == 0
	if !enough || b.tripped {
		return nil
	}
	b.tripped = true
	return &model.Error{
		Kind:    model.KindStopped,
		Message: fmt.Sprintf("stopped, since %d attempts in a row failed, the last one because %s", b.failures, failure),
	}
}

// add adds a failure to the row. Calls that were refused together count once: one answer among them takes longer than
// all refusals.
func (b *breaker) add(c *call, failure *model.Error) {
	if failure.Kind == model.KindCancelled || failure.IsRefusal() && !c.isNews {
		return
	}
	if b.failures++; b.failures == 1 {
		b.since = time.Now()
	}
	if c.failed == nil || failure.IsRefusal() { // a refusal says nothing about its call
		b.calls++
	}
	if !c.canRecover(failure) {
		b.final++
	}
}
