package engine

import (
	"context"
	"time"

	"promptbench/internal/model"
)

// A call is one request on its way through the steps, and what they tell each other. One goroutine makes a call, so
// nothing is locked.
type call struct {
	model.Request // with Waiting set

	attempt int           // from 1; 0 outside of retry
	waited  time.Duration // for its turn, over all attempts
	limit   int           // the size of the window when the attempt left
	isNews  bool          // the attempt was refused, as the first of those under way together
	failed  *model.Error  // how the last attempt that was sent failed; nil for none
	reached bool          // the endpoint has taken a connection before, of any call
	served  bool          // it has answered one before
}

// A step makes a call, or one attempt at it, through the step below it.
type step func(ctx context.Context, c *call) (model.Response, error)

// Complete makes a call, so that the uppermost step is a [model.Model].
func (s step) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	if r.Waiting == nil {
		r.Waiting = ctx
	}
	return s(ctx, &call{Request: r})
}

// canRecover reports whether the call may succeed a little later. If the endpoint was there before, that holds also for
// what is final elsewhere, such as an unknown host or a 404 without an API.
func (c *call) canRecover(e *model.Error) bool {
	return e.Retryable() || e.Down && c.reached || e.NoAPI && c.served
}

// attemptOf returns the lowest step, which has m make one attempt.
func attemptOf(m model.Model) step {
	return func(ctx context.Context, c *call) (model.Response, error) { return m.Complete(ctx, c.Request) }
}
