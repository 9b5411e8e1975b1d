package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"promptbench/internal/model"
)

// A Policy says how often and how long a call is tried. Zero fields take their defaults.
type Policy struct {
	Attempts int           // at most this many attempts that were not refused; default 8, 1 for no retry
	Base     time.Duration // bound of the first wait, doubled for each further one; default 500 ms
	Cap      time.Duration // bound of any wait but one that the server asked for; default 30 s
	Budget   time.Duration // no attempt starts later than this after the first, its turn apart; default 10 min
	Patience time.Duration // a call is tried for so long at least, whatever Attempts says; default 30 × Base

	Sleep func(ctx context.Context, d time.Duration) error // returns early with an error when ctx ends
	Rand  func() float64                                   // uniform in [0,1); default math/rand/v2
	Now   func() time.Time                                 // for the budget; default time.Now
}

const (
	// attemptsDown is how often a call is tried where no connection could be made yet: long enough for a server that is
	// just starting.
	attemptsDown = 5
	// basePatience is for how many times the base a call is tried at least.
	basePatience = 30
)

func (p Policy) withDefaults() Policy {
	if p.Attempts <= 0 {
		p.Attempts = 8
	}
	if p.Base <= 0 {
		p.Base = 500 * time.Millisecond
	}
	if p.Cap <= 0 {
		p.Cap = 30 * time.Second
	}
	if p.Budget <= 0 {
		p.Budget = model.MaxHold
	}
	if p.Patience <= 0 {
		p.Patience = basePatience * p.Base
	}
	if p.Sleep == nil {
		p.Sleep = model.Sleep
	}
	if p.Rand == nil {
		p.Rand = rand.Float64
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	return p
}

// Do makes a call that is no question to a model until it succeeds, fails for good, or may not be made again.
func (p Policy) Do(ctx context.Context, do func() error) error {
	once := func(context.Context, *call) (model.Response, error) { return model.Response{}, do() }
	_, err := retry(once, p).Complete(ctx, model.Request{})
	return err
}

// retry tries a call again while its error is retryable, with exponential backoff and full jitter: the wait after the
// n-th failure is uniform in [0, min(Cap, Base·2ⁿ⁻¹)). Where the server said how long to wait, it is that time, plus up
// to Base so that calls that were refused together do not come back together.
//
// A refusal says nothing about the call, so it does not count as one of its Attempts and waits no longer than Base
// where the server named no time: [limiter] slows everybody down. All attempts are counted in the response and the
// error.
//
// Short waits use up the attempts early, so they are over only after Patience, too: an endpoint that restarts fails no
// call. One that was never reached is given up sooner.
//
// When another attempt would start past the budget, the last error is returned at once. When the call must not wait any
// more, the error is that it was cancelled.
func retry(next step, p Policy) step {
	p = p.withDefaults()
	return func(ctx context.Context, c *call) (model.Response, error) { return p.retry(ctx, c, next) }
}

func (p Policy) retry(ctx context.Context, c *call, next step) (model.Response, error) {
	start := p.Now()
	failures, slept := 0, time.Duration(0)
	for attempt := 1; ; attempt++ {
		c.attempt = attempt
		resp, err := next(ctx, c)
		if err == nil {
			resp.Attempts = attempt
			return resp, nil
		}
		failure, ok := errors.AsType[*model.Error](err)
		if !ok {
			return resp, err
		}
		counted := *failure // the error may be shared with other callers
		counted.Attempts = attempt
		if counted.Kind == model.KindCancelled && failure.Attempts == 0 {
			counted.Attempts-- // it gave up before this attempt began
		} else {
			c.failed = &counted
		}
		if !counted.IsRefusal() {
			failures++
		}
		lasted := p.Now().Sub(start) - c.waited
		enough := p.Attempts == 1 || p.isEnough(failures, max(slept, lasted), c)
		if enough || !c.canRecover(&counted) || c.Waiting.Err() != nil {
			return resp, &counted
		}
		d := p.wait(failures, &counted)
		if lasted+d > p.Budget {
			return resp, &counted
		}
		slept += d
		if failures == 1 && !counted.IsRefusal() && c.Resting != nil {
			c.Resting()
		}
		if p.Sleep(c.Waiting, d) != nil {
			if c.Waiting.Err() != nil {
				return resp, model.Cancelled(c.Waiting, attempt)
			}
			return resp, &counted
		}
	}
}

// isEnough reports whether a call has failed so often, over so long a time, that it is not tried again.
func (p Policy) isEnough(failures int, lasted time.Duration, c *call) bool {
	most, patience := p.Attempts, p.Patience
	switch e := c.failed; {
	case e != nil && e.Down:
		most = min(most, attemptsDown)
		if !c.reached {
			patience = 0
		}
	case e != nil && e.MaxAttempts > 0:
		most, patience = min(most, e.MaxAttempts), 0
	}
	return failures >= most && lasted >= patience
}

// wait returns how long to wait after e, the failure with this number.
func (p Policy) wait(failures int, e *model.Error) time.Duration {
	switch {
	case e.RetryAfter > 0:
		return e.RetryAfter + jitter(p.Base, p.Rand())
	case e.IsRefusal():
		return jitter(min(p.Base, p.Cap), p.Rand())
	}
	bound := p.Base
	for range failures - 1 {
		if bound >= p.Cap {
			break
		}
		bound *= 2
	}
	d := jitter(min(bound, p.Cap), p.Rand())
	if failures >= p.Attempts { // beyond them for want of patience
		return max(d, min(p.Base, p.Cap))
	}
	return d
}

func jitter(bound time.Duration, r float64) time.Duration {
	return time.Duration(float64(bound) * r)
}
