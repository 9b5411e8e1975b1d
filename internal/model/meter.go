package model

import (
	"context"
	"sync"
	"time"

	"promptbench/internal/input/params"
)

// Stats are what an [Engine] has done so far. Replayed replies are no part of
// it.
type Stats struct {
	Calls    int           // answered or failed for good
	Attempts int           // made, those under way included
	Retries  int           // attempts but the first of a call
	Refused  int           // attempts that the endpoint refused as too many
	Under    int           // attempts under way
	Window   int           // how many may be under way, over all endpoints
	Held     time.Duration // so much longer nobody sends, since an endpoint asked for it
	Usage    Usage         // of the answered calls that the endpoint counted tokens for
	Cost     *float64      // of the answered calls; nil where a price, or the tokens of one, are unknown
}

// A meter counts what the calls of an engine do.
type meter struct {
	mu      sync.Mutex
	stats   Stats
	cost    float64
	unknown bool // the cost of a call is
}

// attempts counts the attempts at next.
func (m *meter) attempts(next Model) Model { return &countedAttempts{next: next, meter: m} }

type countedAttempts struct {
	next  Model
	meter *meter
}

// Complete makes an attempt and counts it.
func (a *countedAttempts) Complete(ctx context.Context, r Request) (Response, error) {
	a.meter.count(func(s *Stats) {
		s.Attempts++
		s.Under++
		if callOf(ctx).attempt > 1 {
			s.Retries++
		}
	})
	resp, err := a.next.Complete(ctx, r)
	failure, _ := err.(*Error) //nolint:errorlint // of a client, which wraps nothing
	a.meter.count(func(s *Stats) {
		s.Under--
		if failure != nil && failure.refusal() {
			s.Refused++
		}
	})
	return resp, err
}

// calls counts the calls to next, of which the price is known or nil, and has g
// learn from them.
func (m *meter) calls(next Model, price *params.Price, g *guess) Model {
	return &countedCalls{next: next, meter: m, price: price, guess: g}
}

type countedCalls struct {
	next  Model
	meter *meter
	price *params.Price
	guess *guess
}

// Complete makes a call and counts what it took.
func (c *countedCalls) Complete(ctx context.Context, r Request) (Response, error) {
	resp, err := c.next.Complete(ctx, r)
	if err == nil && resp.Usage != nil {
		c.guess.learn(r, *resp.Usage)
	}
	c.meter.count(func(s *Stats) {
		s.Calls++
		if c.price == nil || err == nil && resp.Usage == nil {
			c.meter.unknown = true
		}
		if err != nil || resp.Usage == nil {
			return
		}
		s.Usage.InputTokens += resp.Usage.InputTokens
		s.Usage.OutputTokens += resp.Usage.OutputTokens
		if c.price != nil {
			c.meter.cost += costOf(*resp.Usage, c.price)
		}
	})
	return resp, err
}

func (m *meter) count(change func(*Stats)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.stats)
}

func (m *meter) read() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.stats
	if !m.unknown {
		cost := m.cost
		s.Cost = &cost
	}
	return s
}
