package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"promptbench/internal/model"
)

// Options are what the calls of a job have in common.
type Options struct {
	Concurrency int            // calls under way at once at one endpoint, at most; 0 for [DefaultConcurrency]
	MaxCalls    *int           // calls made at most; nil for any number
	MaxCost     *float64       // in the currency of the prices; nil for any
	Deadline    *time.Duration // from now on; nil for none
	Spent       Spent          // of these limits, before
	Log         *slog.Logger   // gets a line for each attempt; nil for none

	policy Policy // zero but in tests that must not wait
}

// Spent is what jobs before took of the limits that they share with this one.
type Spent struct {
	Calls int
	Cost  float64
	Time  time.Duration
}

// An Engine makes the models of a job, and holds what they share: a limiter for each endpoint, the budget, the
// deadline, and the counts for a progress display. Its methods may be called from many goroutines.
type Engine struct {
	options Options
	budget  *budget
	meter   meter
	all     *stop // of all models: the deadline has passed
	timer   *time.Timer

	mu       sync.Mutex
	limiters map[string]*limiter // by base URL
}

// New returns an engine. Its deadline counts from now. When ctx ends, no call waits any more. Close it when the job is
// done.
func New(ctx context.Context, o Options) *Engine {
	if o.Concurrency <= 0 {
		o.Concurrency = model.DefaultConcurrency
	}
	e := &Engine{
		options: o, budget: newBudget(o), all: newStop(ctx), limiters: map[string]*limiter{},
	}
	if o.Deadline != nil {
		end := func() {
			e.all.set(&model.Error{Kind: model.KindBudget, Message: fmt.Sprintf("stopped at --deadline %s", *o.Deadline)})
		}
		if left := *o.Deadline - o.Spent.Time; left <= 0 {
			end() // before the first call, which a timer may not be
		} else {
			e.timer = time.AfterFunc(left, end)
		}
	}
	return e
}

// Close frees what the engine holds. Calls that still wait are stopped.
func (e *Engine) Close() {
	if e.timer != nil {
		e.timer.Stop()
	}
	e.all.set(&model.Error{Kind: model.KindStopped, Message: "the run is over"})
}

// Drain ends every wait, so that only the attempts on the wire are finished. A call that waits for its next attempt
// fails with its last error, one that was never sent is cancelled.
func (e *Engine) Drain() {
	e.all.set(&model.Error{Kind: model.KindCancelled, Message: "interrupted"})
}

// Model returns the model behind t. It asks as a [Client] does, retries, keeps to what the endpoint takes and to what t
// and the options allow, and stops for good once no call can succeed.
//
// An error names what in t would make every call fail.
func (e *Engine) Model(t model.Target) (model.Model, error) {
	t.Concurrency = e.options.Concurrency
	client, err := NewClient(t)
	if err != nil {
		return nil, err
	}
	return e.Wrap(client, t)
}

// Wrap returns a model that makes its attempts through client, one a call, and else behaves as [Engine.Model]. With it
// another than a [Client] makes the attempts at t, whose key it does not need.
func (e *Engine) Wrap(client model.Model, t model.Target) (model.Model, error) {
	if e.options.MaxCost != nil && t.Price == nil {
		return nil, fmt.Errorf("model %s has no price, so its cost can't be held to --max-cost; "+
			"give it one in the config", t.Name)
	}
	end := newStop(e.all.ctx)
	g := &guess{}
	s := e.meter.attempts(attemptOf(client))
	if e.options.Log != nil {
		s = logAttempts(s, e.options.Log, t)
	}
	s = e.limiter(t).limit(s)
	s = allow(s, t.RPM, t.TPM, g, &e.meter)
	s = (&breaker{trip: end.set, most: e.options.Concurrency + sample}).watch(s)
	s = retry(s, e.options.policy)
	s = e.meter.calls(s, t.Price, g)
	s = e.budget.limit(s, t.Price, g)
	return end.guard(s), nil
}

func (e *Engine) limiter(t model.Target) *limiter {
	e.mu.Lock()
	defer e.mu.Unlock()
	l, ok := e.limiters[t.Base()]
	if !ok {
		l = newLimiter(e.options.Concurrency)
		e.limiters[t.Base()] = l
	}
	return l
}

// Stats returns what was done so far.
func (e *Engine) Stats() Stats {
	s := e.meter.read()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.limiters {
		size, _ := l.size()
		s.Window += size
		s.Held = max(s.Held, l.held())
	}
	return s
}

// A stop ends all waits of the calls to a model at once, for a reason that is then their error. Attempts on the wire
// are finished.
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
func (s *stop) set(why *model.Error) { s.cancel(why) }

// err returns why everything was stopped, or nil.
func (s *stop) err() *model.Error {
	if s.ctx.Err() == nil {
		return nil
	}
	if e, ok := errors.AsType[*model.Error](context.Cause(s.ctx)); ok {
		return e
	}
	return &model.Error{Kind: model.KindStopped, Message: "stopped"}
}

// stopped is the error of a call that was stopped for this reason: how it had failed until then, where it was sent at
// all.
func stopped(why, failed *model.Error) *model.Error {
	if failed == nil {
		return why
	}
	out := *failed
	out.Stop = why
	return &out
}

// guard returns a step that makes no call once everything is stopped, and stops everything once a call has shown that
// none can succeed.
func (s *stop) guard(next step) step {
	return func(ctx context.Context, c *call) (model.Response, error) {
		if why := s.err(); why != nil {
			return model.Response{}, why
		}
		waiting, cancel := context.WithCancelCause(c.Waiting)
		defer cancel(nil)
		release := context.AfterFunc(s.ctx, func() { cancel(context.Cause(s.ctx)) })
		defer release()
		c.Waiting = waiting
		resp, err := next(ctx, c)
		failure, failed := errors.AsType[*model.Error](err)
		if !failed {
			return resp, err
		}
		if why := s.err(); why != nil && ctx.Err() == nil && (failure.Kind == model.KindCancelled || failure.Retryable()) {
			return resp, stopped(why, c.failed)
		}
		// Calls that the budget let in are finished, and one that the caller can ask in another way tells nothing. A
		// firewall forbids some texts to a key that it serves.
		isCase := failure.Status == http.StatusForbidden && c.served
		if failure.Fatal() && !isCase && failure.Kind != model.KindBudget && !c.CanDoWithout(failure) {
			// The calls that wait need not find out for themselves.
			s.set(&model.Error{Kind: model.KindStopped, Message: failure.Error()})
		}
		return resp, err
	}
}
