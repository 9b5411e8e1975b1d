package model

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// A Policy says how often and how long [Retry] tries. Zero fields take the
// defaults that stand beside them.
type Policy struct {
	Attempts int           // at most this many attempts that were not refused; default 8, 1 for no retry
	Base     time.Duration // bound of the first wait, doubled for each further one; default 500 ms
	Cap      time.Duration // bound of any wait but one that the server asked for; default 30 s
	Budget   time.Duration // no attempt starts later than this after the first, its turn apart; default 10 min

	Sleep func(ctx context.Context, d time.Duration) error // returns early with an error when ctx ends
	Rand  func() float64                                   // uniform in [0,1); default math/rand/v2
	Now   func() time.Time                                 // for the budget; default time.Now
}

// attemptsDown is how often a call is tried where no connection can be made:
// long enough for a server that is just starting.
const attemptsDown = 5

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
		p.Budget = maxHold
	}
	if p.Sleep == nil {
		p.Sleep = sleep
	}
	if p.Rand == nil {
		p.Rand = rand.Float64
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	return p
}

// Retry tries a call again while its error is retryable, with exponential
// backoff and full jitter: the wait after the n-th failure is uniform in
// [0, min(Cap, Base·2ⁿ⁻¹)). Where the server said how long to wait, it is that
// time, plus up to Base so that calls which were refused together do not come
// back together.
//
// A refusal says nothing about the call, so it does not count as one of its
// Attempts and waits no longer than Base where the server named no time:
// [Limiter] slows everybody down. All attempts are counted in the response and
// the error.
//
// When another attempt would start past the budget, the last error is returned
// at once. It is returned as well, made cancelled, when ctx ends in a wait.
func Retry(next Model, p Policy) Model {
	return &retrying{next: next, policy: p.withDefaults()}
}

type retrying struct {
	next   Model
	policy Policy
}

// Complete calls the model until it answers, fails for good, or may not be
// called again.
func (m *retrying) Complete(ctx context.Context, r Request) (Response, error) {
	p := m.policy
	c := callOf(ctx)
	waiting := waitingOf(ctx)
	start := p.Now()
	failures := 0
	for attempt := 1; ; attempt++ {
		c.attempt = attempt
		resp, err := m.next.Complete(ctx, r)
		if err == nil {
			resp.Attempts = attempt
			return resp, nil
		}
		var failure *Error
		if !errors.As(err, &failure) {
			return resp, err
		}
		counted := *failure // the error may be shared with other callers
		counted.Attempts = attempt
		if counted.Kind == KindCancelled && failure.Attempts == 0 {
			counted.Attempts-- // it gave up before this attempt began
		} else {
			c.failed = &counted
		}
		if !counted.refusal() {
			failures++
		}
		if !counted.Retryable() || p.Attempts == 1 || failures >= p.most(&counted) || waiting.Err() != nil {
			return resp, &counted
		}
		d := p.wait(failures, &counted)
		if p.Now().Sub(start)-c.waited+d > p.Budget {
			return resp, &counted
		}
		if p.Sleep(waiting, d) != nil {
			if waiting.Err() != nil {
				return resp, cancelled(waiting, attempt)
			}
			return resp, &counted
		}
	}
}

// most is how many failures like e a call may have.
func (p Policy) most(e *Error) int {
	if e.Down {
		return min(p.Attempts, attemptsDown)
	}
	return p.Attempts
}

// wait is how long to wait after e, the failure of this number.
func (p Policy) wait(failures int, e *Error) time.Duration {
	switch {
	case e.RetryAfter > 0:
		return e.RetryAfter + jitter(p.Base, p.Rand())
	case e.refusal():
		return jitter(min(p.Base, p.Cap), p.Rand())
	}
	bound := p.Base
	for range failures - 1 {
		if bound >= p.Cap {
			break
		}
		bound *= 2
	}
	return jitter(min(bound, p.Cap), p.Rand())
}

func jitter(bound time.Duration, r float64) time.Duration {
	return time.Duration(float64(bound) * r)
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
