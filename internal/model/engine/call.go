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

// attemptOf returns the lowest step, which has m make one attempt.
func attemptOf(m model.Model) step {
	return func(ctx context.Context, c *call) (model.Response, error) { return m.Complete(ctx, c.Request) }
}
