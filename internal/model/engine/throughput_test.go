package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

// A bucket is an endpoint that takes so many calls a second and refuses what is beyond. It lives in the virtual time of
// a synctest bubble.
type bucket struct {
	rate, burst float64
	latency     time.Duration
	after       func(missing float64) time.Duration // Retry-After; nil for none

	mu             sync.Mutex
	tokens         float64
	last           time.Time
	taken, refused int
}

func (b *bucket) Complete(ctx context.Context, _ model.Request) (model.Response, error) {
	missing := b.take()
	if missing <= 0 {
		return model.Response{}, model.Sleep(ctx, b.latency)
	}
	e := &model.Error{Kind: model.KindRateLimited, Status: 429}
	if b.after != nil {
		e.RetryAfter = b.after(missing)
	}
	_ = model.Sleep(ctx, time.Millisecond)
	return model.Response{}, e
}

// take takes a token, or returns how much of one is missing.
func (b *bucket) take() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.last.IsZero() {
		b.tokens = b.burst
	} else {
		b.tokens = min(b.burst, b.tokens+b.rate*now.Sub(b.last).Seconds())
	}
	b.last = now
	if b.tokens < 1 {
		b.refused++
		return 1 - b.tokens
	}
	b.tokens--
	b.taken++
	return 0
}

// drive makes n calls, 64 at once, and returns how many were answered a second.
func drive(t *testing.T, m model.Model, n int64, seed uint64) float64 {
	t.Helper()
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0))
	m = retried(limited(newLimiter(64), m), Policy{Rand: func() float64 {
		mu.Lock()
		defer mu.Unlock()
		return random.Float64()
	}})
	var next, lost atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range 64 {
		workers.Go(func() {
			for next.Add(1) <= n {
				if _, err := m.Complete(t.Context(), ask()); err != nil {
					lost.Add(1)
				}
			}
		})
	}
	workers.Wait()
	require.Zero(t, lost.Load())
	return float64(n) / time.Since(start).Seconds()
}

// A server at 200 requests a second with 429 beyond: at least 95% of that rate, under 5% refused, however it counts,
// whatever it says of when to come back, and however long its replies take.
func TestRateLimitedEndpoint(t *testing.T) {
	t.Parallel()
	afters := map[string]func(float64) time.Duration{
		"no Retry-After":    nil,
		"exact Retry-After": func(missing float64) time.Duration { return time.Duration(missing / 200 * 1e9) },
	}
	whole := map[string]func(float64) time.Duration{"Retry-After: 1": func(float64) time.Duration { return time.Second }}
	tests := []struct {
		burst  float64
		afters map[string]func(float64) time.Duration
	}{{10, afters}, {20, afters}, {50, afters}, {200, afters}, {200, whole}}
	for _, latency := range []time.Duration{time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond} {
		for _, test := range tests {
			for name, after := range test.afters {
				t.Run(fmt.Sprintf("%s, burst %.0f, %s", latency, test.burst, name), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						b := &bucket{rate: 200, burst: test.burst, latency: latency, after: after}
						rate := drive(t, b, 6000, 1)
						require.Greater(t, rate, 0.95*b.rate)
						require.Less(t, float64(b.refused), 0.05*float64(b.taken+b.refused))
					})
				})
			}
		}
	}
}

// Refusals that have nothing to do with the rate cost speed, but never bring a run to a halt.
func TestEndpointThatRefusesAtRandom(t *testing.T) {
	t.Parallel()
	for _, latency := range []time.Duration{time.Millisecond, 50 * time.Millisecond, 200 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			random := rand.New(rand.NewPCG(1, 1))
			rate := drive(t, modelFunc(func(ctx context.Context, _ model.Request) (model.Response, error) {
				mu.Lock()
				refused := random.Float64() < 0.1
				mu.Unlock()
				if refused {
					return model.Response{}, &model.Error{Kind: model.KindRateLimited}
				}
				return model.Response{}, model.Sleep(ctx, latency)
			}), 1000, 1)
			require.Greater(t, rate, 20.0, "at a latency of %s", latency)
		})
	}
}

// A limit and refusals that have nothing to do with it: a lone refusal must not slow everybody down for long.
func TestRateLimitedEndpointThatAlsoRefusesAtRandom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bucket{rate: 200, burst: 20, latency: 50 * time.Millisecond}
		var mu sync.Mutex
		random := rand.New(rand.NewPCG(1, 1))
		rate := drive(t, modelFunc(func(ctx context.Context, r model.Request) (model.Response, error) {
			mu.Lock()
			refused := random.Float64() < 0.03
			mu.Unlock()
			if refused {
				return model.Response{}, &model.Error{Kind: model.KindRateLimited}
			}
			return b.Complete(ctx, r)
		}), 6000, 1)
		// The order in which goroutines run decides who is refused: 150 runs gave 99 to 131 calls a second. Without a
		// lower limit of the pace they give 72.
		require.Greater(t, rate, 86.0)
	})
}
