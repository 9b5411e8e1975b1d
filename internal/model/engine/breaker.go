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
	// maxFailures is how many attempts in a row may fail.
	maxFailures = 20
	// patience is how long attempts that may succeed later must fail in a row, so that a server that is just restarting
	// ends no run.
	patience = 10 * time.Second
)

// A breaker stops everything when every attempt fails. It is inside of [retry] and counts attempts: a call alone takes
// a minute to fail for good.
type breaker struct {
	trip func(*model.Error) // called once

	mu       sync.Mutex
	failures int       // attempts that failed since the last that did not
	final    int       // those of them that no retry could help
	since    time.Time // the first of the row
	tripped  bool
}

// watch counts the attempts at next.
func (b *breaker) watch(next step) step {
	return func(ctx context.Context, c *call) (model.Response, error) {
		resp, err := next(ctx, c)
		if why := b.count(err, c.isNews); why != nil {
			b.trip(why)
		}
		return resp, err
	}
}

// count records how an attempt ended, and returns why to stop where that was one failure too many. Calls that were
// refused together count once: one answer among them takes longer than all refusals.
func (b *breaker) count(err error, isNews bool) *model.Error {
	b.mu.Lock()
	defer b.mu.Unlock()
	failure, failed := errors.AsType[*model.Error](err)
	switch {
	case !failed, failure.Kind == model.KindContextLength, failure.Kind == model.KindContentFilter:
		b.failures, b.final = 0, 0
		return nil
	case failure.Kind == model.KindCancelled, failure.IsRefusal() && !isNews:
		return nil
	}
	now := time.Now()
	if b.failures++; b.failures == 1 {
		b.since = now
	}
	if !failure.Retryable() {
		b.final++
	}
	enough := b.final >= maxFailures || b.failures >= maxFailures && now.Sub(b.since) >= patience
	if !enough || b.tripped {
		return nil
	}
	b.tripped = true
	return &model.Error{
		Kind:    model.KindStopped,
		Message: fmt.Sprintf("stopped, since %d attempts in a row failed, the last one because %s", b.failures, failure),
	}
}
