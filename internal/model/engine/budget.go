package engine

import (
	"context"
	"fmt"
	"sync"

	"promptbench/internal/input/params"
	"promptbench/internal/model"
)

// A budget limits the calls and the cost of a job, over all its models. A call that would exceed it fails with
// [model.KindBudget] before anything is sent; calls that were admitted are finished.
type budget struct {
	maxCalls *int     // nil for any number
	maxCost  *float64 // nil for any

	mu       sync.Mutex
	calls    int
	under    int     // calls under way
	spent    float64 // by calls that have ended
	reserved float64 // for those under way, as estimated
	unknown  bool    // a reply came without a count of its tokens
	settled  chan struct{}
}

func newBudget(o Options) *budget {
	return &budget{
		maxCalls: o.MaxCalls, maxCost: o.MaxCost, calls: o.Spent.Calls, spent: o.Spent.Cost, settled: make(chan struct{}),
	}
}

// limit holds the calls to next to the budget. A price is needed where the cost is limited.
func (b *budget) limit(next step, price *params.Price, g *guess) step {
	if b.maxCalls == nil && (b.maxCost == nil || price == nil) {
		return next
	}
	return func(ctx context.Context, c *call) (model.Response, error) {
		guessed, err := b.enter(c.Waiting, func() float64 {
			if price == nil {
				return 0
			}
			return costOf(g.tokens(c.Request), price)
		})
		if err != nil {
			return model.Response{}, err
		}
		resp, err := next(ctx, c)
		spent, known := 0.0, true
		if err == nil && price != nil {
			spent, known = guessed, resp.Usage != nil
			if known {
				spent = costOf(*resp.Usage, price)
			}
		}
		b.leave(guessed, spent, known)
		return resp, err
	}
}

func costOf(u model.Usage, price *params.Price) float64 {
	return price.Of(u.InputTokens, u.OutputTokens)
}

// enter admits a call and returns its estimated cost. Where there is room only if the calls under way turn out cheaper
// than estimated, it waits for them, and estimates again.
func (b *budget) enter(waiting context.Context, guess func() float64) (guessed float64, err error) {
	for {
		guessed = guess()
		b.mu.Lock()
		full, wait := b.full(guessed)
		if full == nil && !wait {
			b.calls++
			b.under++
			b.reserved += guessed
		}
		settled := b.settled
		b.mu.Unlock()
		if full != nil {
			return 0, full
		}
		if !wait {
			return guessed, nil
		}
		select {
		case <-settled:
		case <-waiting.Done():
			return 0, model.Cancelled(waiting, 0)
		}
	}
}

// full returns why a call can't be admitted, or whether it has to wait.
func (b *budget) full(guessed float64) (err error, wait bool) { //nolint:revive // the error rules the other one out
	over := func(format string, args ...any) error {
		return &model.Error{Kind: model.KindBudget, Message: fmt.Sprintf(format, args...)}
	}
	switch {
	case b.maxCalls != nil && b.calls >= *b.maxCalls:
		return over("stopped at --max-calls %d", *b.maxCalls), false
	case b.maxCost == nil:
		return nil, false
	case b.unknown:
		return over("stopped, since the endpoint does not count tokens and the cost can't be held to --max-cost; " +
			"leave it out, or use --max-calls"), false
	case b.spent+b.reserved+guessed <= *b.maxCost:
		return nil, false
	case b.under > 0:
		return nil, true
	}
	return over("stopped at a cost of %.4g, since the next call could take it over --max-cost %g",
		b.spent, *b.maxCost), false
}

func (b *budget) leave(guessed, spent float64, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.under--
	b.reserved -= guessed
	if b.under == 0 {
		b.reserved = 0 // what rounding left
	}
	b.spent += spent
	b.unknown = b.unknown || !known && b.maxCost != nil
	close(b.settled)
	b.settled = make(chan struct{})
}
