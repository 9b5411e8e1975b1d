package model

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Options are what the calls of a job have in common.
type Options struct {
	Concurrency int           // calls under way at once at one endpoint, at most; 0 for [DefaultConcurrency]
	MaxCalls    int           // calls made at most; 0 for any number
	MaxCost     float64       // in the currency of the prices; 0 for any
	Deadline    time.Duration // from now on; 0 for none
	Log         *slog.Logger  // gets a line for each attempt; nil for none

	policy Policy // zero but in tests that must not wait
}

// An Engine makes the models of a job, and holds what they share: a [Limiter]
// for each endpoint, the budget, the deadline, and the counts for a progress
// display. Its methods may be called from many goroutines.
type Engine struct {
	options Options
	budget  *budget
	meter   meter
	over    *stop // of all models: the deadline has passed
	timer   *time.Timer

	mu       sync.Mutex
	limiters map[string]*Limiter // by base URL
}

// NewEngine returns an engine. Its deadline counts from now. When ctx ends, no
// call waits any more. Close it when the job is done.
func NewEngine(ctx context.Context, o Options) *Engine {
	if o.Concurrency <= 0 {
		o.Concurrency = DefaultConcurrency
	}
	e := &Engine{options: o, budget: newBudget(o.MaxCalls, o.MaxCost), over: newStop(ctx), limiters: map[string]*Limiter{}}
	if o.Deadline > 0 {
		e.timer = time.AfterFunc(o.Deadline, func() {
			e.over.set(&Error{Kind: KindBudget, Message: fmt.Sprintf("stopped at --deadline %s", o.Deadline)})
		})
	}
	return e
}

// Close gives back what the engine holds. Calls that still wait are stopped.
func (e *Engine) Close() {
	if e.timer != nil {
		e.timer.Stop()
	}
	e.over.set(&Error{Kind: KindStopped, Message: "the run is over"})
}

// Drain ends every wait, so that only the attempts on the wire are finished. A
// call that waits for its next attempt fails as it had failed until then, one
// that was never sent is cancelled.
func (e *Engine) Drain() {
	e.over.set(&Error{Kind: KindCancelled, Message: "stopped by the operator"})
}

// Model returns the model behind t. It answers as a [Client] does, and retries,
// keeps to what the endpoint takes and to what t and the options allow, and stops
// for good once no call can succeed.
//
// An error names what in t would make every call fail.
func (e *Engine) Model(t Target) (Model, error) {
	t.Concurrency = e.options.Concurrency
	client, err := NewClient(t)
	if err != nil {
		return nil, err
	}
	return e.wrap(client, t)
}

func (e *Engine) wrap(client Model, t Target) (Model, error) {
	if e.options.MaxCost > 0 && t.Price == nil {
		return nil, fmt.Errorf("model %s has no price, so its cost can't be held to --max-cost; give it one in the config", t.Name)
	}
	end := newStop(e.over.ctx)
	g := &guess{}
	m := e.meter.attempts(client)
	if e.options.Log != nil {
		m = &logged{next: m, log: e.options.Log, target: t}
	}
	m = e.limiter(t).Limit(m)
	m = allow(m, t.RPM, t.TPM, g)
	m = &breaker{next: m, trip: end.set}
	m = Retry(m, e.options.policy)
	m = e.meter.calls(m, t.Price, g)
	m = e.budget.limit(m, t.Price, g)
	return &stoppable{next: m, stop: end}, nil
}

func (e *Engine) limiter(t Target) *Limiter {
	e.mu.Lock()
	defer e.mu.Unlock()
	l, ok := e.limiters[t.base()]
	if !ok {
		l = NewLimiter(e.options.Concurrency)
		e.limiters[t.base()] = l
	}
	return l
}

// Stats returns what was done so far.
func (e *Engine) Stats() Stats {
	s := e.meter.read()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.limiters {
		size, _ := l.Window()
		s.Window += size
		s.Held = max(s.Held, l.Held())
	}
	return s
}

// A stop ends all waits of the calls to a model at once, for a reason that they
// then fail with. Attempts on the wire are finished.
type stop struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
}

func newStop(parent context.Context) *stop {
	s := &stop{}
	s.ctx, s.cancel = context.WithCancelCause(parent)
	return s
}

// set stops everything, unless that has happened before.
func (s *stop) set(why *Error) { s.cancel(why) }

// err returns why everything was stopped, or nil.
func (s *stop) err() *Error {
	if s.ctx.Err() == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](context.Cause(s.ctx)); ok {
		return e
	}
	return &Error{Kind: KindStopped, Message: "stopped"}
}

// stoppable is a model whose calls end once one of them has shown that none can
// succeed.
type stoppable struct {
	next Model
	stop *stop
}

// stopped is the error of a call that was stopped for this reason: how it had
// failed until then, where it was sent at all.
func stopped(why, failed *Error) *Error {
	if failed == nil {
		return why
	}
	out := *failed
	out.Stop = why
	return &out
}

// Complete makes a call, unless everything is stopped.
func (m *stoppable) Complete(ctx context.Context, r Request) (Response, error) {
	if why := m.stop.err(); why != nil {
		return Response{}, why
	}
	waiting, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	release := context.AfterFunc(m.stop.ctx, func() { cancel(context.Cause(m.stop.ctx)) }) //nolint:contextcheck // two of them are joined
	defer release()
	c := &call{waiting: waiting}
	resp, err := m.next.Complete(withCall(ctx, c), r)
	failure, failed := errors.AsType[*Error](err)
	if !failed {
		return resp, err
	}
	if why := m.stop.err(); why != nil && ctx.Err() == nil && (failure.Kind == KindCancelled || failure.Retryable()) {
		return resp, stopped(why, c.failed)
	}
	if failure.Fatal() && failure.Kind != KindBudget { // what the budget let in is finished
		// The calls that wait need not find out for themselves.
		m.stop.set(&Error{Kind: KindStopped, Message: failure.Error()})
	}
	return resp, err
}
