package model

import (
	"context"
	"time"
)

// A call is what the wrappers of one call tell each other, through its context.
// One goroutine makes a call, so that nothing is locked.
type call struct {
	waiting context.Context // ends when the call must not wait any more; nil: with the call's own
	attempt int             // from 1
	waited  time.Duration   // for its turn, over all attempts
	limit   int             // the size of the window when the attempt left
	news    bool            // the attempt was refused, the first of those under way together
	failed  *Error          // how the last attempt that was sent failed; nil for none
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf returns the call that ctx belongs to, or one that nobody reads.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// waitingOf returns the context that ends the waits of a call. Its own goes on
// for the attempt that is on the wire when everything is stopped.
func waitingOf(ctx context.Context) context.Context {
	if c := callOf(ctx); c.waiting != nil {
		return c.waiting
	}
	return ctx
}

// cancelled is the error of a call whose caller gave up after so many attempts.
func cancelled(ctx context.Context, attempts int) *Error {
	cause := context.Cause(ctx)
	return &Error{Kind: KindCancelled, Message: sanitise(cause.Error(), nil, maxMessage), Attempts: attempts, cause: cause}
}
