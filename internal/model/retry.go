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
	Attempts int           // at most this many attempts; default 5, 1 for no retry
	Base     time.Duration // bound of the first wait, doubled for each further one; default 500 ms
	Cap      time.Duration // bound of any wait but one that the server asked for; default 30 s
	Budget   time.Duration // no attempt starts later than this after the first; default 5 min

	Sleep func(ctx context.Context, d time.Duration) error // returns early with an error when ctx ends
	Rand  func() float64                                   // uniform in [0,1); default math/rand/v2
	Now   func() time.Time                                 // for the budget; default time.Now
}

func (p Policy) withDefaults() Policy {
	if p.Attempts <= 0 {
		p.Attempts = 5
	}
	if p.Base <= 0 {
		p.Base = 500 * time.Millisecond
	}
	if p.Cap <= 0 {
		p.Cap = 30 * time.Second
	}
	if p.Budget <= 0 {
		p.Budget = 5 * time.Minute
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
// backoff and full jitter: the wait after attempt n is uniform in
// [0, min(Cap, Base·2ⁿ⁻¹)). Where the server said how long to wait, it is that
// time, plus up to Base so that calls which were refused together do not come
// back together. The attempts made are counted in the response and the error.
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
	start := p.Now()
	for attempt := 1; ; attempt++ {
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
		}
		if attempt >= p.Attempts || !counted.Retryable() || ctx.Err() != nil {
			return resp, &counted
		}
		d := p.wait(attempt, counted.RetryAfter)
		if p.Now().Sub(start)+d > p.Budget {
			return resp, &counted
		}
		if p.Sleep(ctx, d) != nil {
			if ctx.Err() != nil {
				return resp, cancelled(ctx, attempt)
			}
			return resp, &counted
		}
	}
}

// wait is how long to wait after the attempt of this number, from 1.
func (p Policy) wait(attempt int, asked time.Duration) time.Duration {
	if asked > 0 {
		return asked + jitter(p.Base, p.Rand())
	}
	bound := p.Base
	for range attempt - 1 {
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
