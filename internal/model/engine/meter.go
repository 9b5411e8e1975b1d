package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"promptbench/internal/input/params"
	"promptbench/internal/model"
)

// Stats count what an [Engine] has done so far. Replayed replies do not count.
type Stats struct {
	Calls    int           // answered or failed for good
	Attempts int           // made, those under way included
	Retries  int           // attempts but the first of a call
	Refused  int           // attempts that the endpoint refused as too many
	Under    int           // attempts under way
	Window   int           // how many may be under way, over all endpoints
	ForRPM   int           // calls that wait for the requests a minute of their target
	ForTPM   int           // calls that wait for its tokens a minute
	Held     time.Duration // so much longer nobody sends, since an endpoint asked for it
	Usage    model.Usage   // of the answered calls that the endpoint counted tokens for
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
func (m *meter) attempts(next step) step {
	return func(ctx context.Context, c *call) (model.Response, error) {
		m.count(func(s *Stats) {
			s.Attempts++
			s.Under++
			if c.attempt > 1 {
				s.Retries++
			}
		})
		resp, err := next(ctx, c)
		failure, _ := errors.AsType[*model.Error](err)
		m.count(func(s *Stats) {
			s.Under--
			if failure != nil && failure.IsRefusal() {
				s.Refused++
			}
		})
		return resp, err
	}
}

// calls counts the calls to next and what they cost, and has g learn from them. A nil price is unknown.
func (m *meter) calls(next step, price *params.Price, g *guess) step {
	return func(ctx context.Context, c *call) (model.Response, error) {
		resp, err := next(ctx, c)
		if err == nil && resp.Usage != nil {
			g.learn(c.Request, *resp.Usage)
		}
		m.count(func(s *Stats) {
			s.Calls++
			if price == nil || err == nil && resp.Usage == nil {
				m.unknown = true
			}
			if err != nil || resp.Usage == nil {
				return
			}
			s.Usage.InputTokens += resp.Usage.InputTokens
			s.Usage.OutputTokens += resp.Usage.OutputTokens
			if price != nil {
				m.cost += costOf(*resp.Usage, price)
			}
		})
		return resp, err
	}
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
