package model

import "context"

// Limit bounds how many calls to next are under way at once. A call that waits
// for its turn ends with its context. n below 1 counts as 1.
func Limit(next Model, n int) Model {
	return &limited{next: next, slots: make(chan struct{}, max(n, 1))}
}

type limited struct {
	next  Model
	slots chan struct{}
}

// Complete waits for a slot and calls the model.
func (l *limited) Complete(ctx context.Context, r Request) (Response, error) {
	// A select with both ready chooses at random; a cancelled call must not start.
	if ctx.Err() != nil {
		return Response{}, cancelled(ctx, 0)
	}
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
		return l.next.Complete(ctx, r)
	case <-ctx.Done():
		return Response{}, cancelled(ctx, 0)
	}
}

// cancelled is the error of a call whose caller gave up after so many attempts.
func cancelled(ctx context.Context, attempts int) *Error {
	cause := context.Cause(ctx)
	return &Error{Kind: KindCancelled, Message: sanitise(cause.Error(), nil, maxMessage), Attempts: attempts, cause: cause}
}
