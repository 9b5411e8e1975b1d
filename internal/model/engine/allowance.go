package engine

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"promptbench/internal/model"
)

// An allowance keeps the calls of a target to the requests and tokens a minute that the config gives, so that the
// endpoint need not refuse any. The tokens of a call are estimated before it leaves and corrected afterwards.
type allowance struct {
	guess  *guess
	meter  *meter
	calls  *rate.Limiter // nil for no limit
	tokens *rate.Limiter // nil for no limit

	mu     sync.Mutex
	credit int // tokens that were guessed too many
}

// allow keeps next to so many requests and tokens a minute; 0 means any number.
//
// Requests leave evenly: a minute in which a burst came first would hold more than the minute's number. Of the tokens,
// up to ten seconds' worth may be taken at once, since a long prompt has to fit.
func allow(next step, rpm, tpm int, g *guess, m *meter) step {
	if rpm <= 0 && tpm <= 0 {
		return next
	}
	a := &allowance{guess: g, meter: m}
	if rpm > 0 {
		a.calls = rate.NewLimiter(rate.Limit(float64(rpm)/60), 1)
	}
	if tpm > 0 {
		a.tokens = rate.NewLimiter(rate.Limit(float64(tpm)/60), max(1, tpm/6))
	}
	return func(ctx context.Context, c *call) (model.Response, error) { return a.attempt(ctx, c, next) }
}

// attempt waits until the allowance has room, and makes the attempt.
func (a *allowance) attempt(ctx context.Context, c *call, next step) (model.Response, error) {
	want := 0
	if a.tokens != nil {
		u := a.guess.tokens(c.Request)
		want = u.InputTokens + u.OutputTokens
	}
	start := time.Now()
	if err := a.wait(c.Waiting, a.calls, 1, func(s *Stats) *int { return &s.ForRPM }); err != nil {
		return model.Response{}, err
	}
	forTPM := func(s *Stats) *int { return &s.ForTPM }
	if err := a.wait(c.Waiting, a.tokens, a.useCredit(want), forTPM); err != nil {
		return model.Response{}, err
	}
	c.waited += time.Since(start)
	resp, err := next(ctx, c)
	switch {
	case a.tokens == nil:
	case err != nil:
		a.correct(want) // it took none, as far as is known
	case resp.Usage != nil:
		a.correct(want - resp.Usage.InputTokens - resp.Usage.OutputTokens)
	}
	return resp, err
}

// wait takes n from l, waiting until it has so many. If n is more than l can ever have, it takes all that l can have.
// counter selects the count of the calls that wait.
func (a *allowance) wait(waiting context.Context, l *rate.Limiter, n int, counter func(*Stats) *int) error {
	if l == nil || n <= 0 {
		return nil
	}
	now := time.Now()
	taken := l.ReserveN(now, min(n, l.Burst()))
	d := taken.DelayFrom(now)
	if d <= 0 {
		return nil
	}
	a.meter.count(func(s *Stats) { *counter(s)++ })
	defer a.meter.count(func(s *Stats) { *counter(s)-- })
	if model.Sleep(waiting, d) != nil {
		taken.Cancel()
		return model.Cancelled(waiting, 0)
	}
	return nil
}

// useCredit returns how many of n tokens are still to be taken.
func (a *allowance) useCredit(n int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	used := min(n, a.credit)
	a.credit -= used
	return n - used
}

// correct gives back tokens that were estimated too many. A negative number takes more, which later calls wait for.
func (a *allowance) correct(over int) {
	if over < 0 {
		now := time.Now()
		for rest := -over; rest > 0; rest -= a.tokens.Burst() {
			a.tokens.ReserveN(now, min(rest, a.tokens.Burst()))
		}
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.credit = min(a.credit+over, a.tokens.Burst()) // not saved up for longer than the tokens themselves
}
