package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

// runAll puts n calls to an engine's model, 64 at once, and returns how they ended by kind, "" for answered.
func runAll(t *testing.T, m model.Model, n int) map[model.Kind]int {
	t.Helper()
	calls := make(chan struct{}, n)
	for range n {
		calls <- struct{}{}
	}
	close(calls)
	var mu sync.Mutex
	kinds := map[model.Kind]int{}
	var workers sync.WaitGroup
	for range 64 {
		workers.Go(func() {
			for range calls {
				_, err := m.Complete(t.Context(), ask())
				kind := model.Kind("")
				if e, ok := errors.AsType[*model.Error](err); ok {
					kind = e.Kind
				} else if err != nil {
					kind = "odd"
				}
				mu.Lock()
				kinds[kind]++
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return kinds
}

func engineModel(t *testing.T, o Options, target model.Target, client model.Model) (*Engine, model.Model) {
	t.Helper()
	e := New(t.Context(), o)
	t.Cleanup(e.Close)
	m, err := e.Wrap(client, target)
	require.NoError(t, err)
	return e, m
}

// When everything fails the run ends within seconds: calls in backoff are woken, and further ones are not tried.
func TestBreakerStopsWhenEverythingFails(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]*model.Error{
		"server":     {Kind: model.KindServer, Status: 500, Message: "고장"},
		"malformed":  {Kind: model.KindMalformed},
		"overloaded": {Kind: model.KindServer, Status: 503},
		"refused":    {Kind: model.KindRateLimited, Status: 429},
		"bad":        {Kind: model.KindBadRequest, Status: 400},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				var mu sync.Mutex
				_, m := engineModel(t, Options{}, model.Target{}, modelFunc(func(
					ctx context.Context, _ model.Request,
				) (model.Response, error) {
					mu.Lock()
					sent++
					mu.Unlock()
					_ = model.Sleep(ctx, time.Millisecond)
					return model.Response{}, e
				}))
				start := time.Now()
				kinds := runAll(t, m, 10_000)
				require.Less(t, time.Since(start), 45*second)
				require.Greater(t, kinds[model.KindStopped], 9_000)
				require.Less(t, sent, 1000)

				_, err := m.Complete(t.Context(), ask())
				stopped, ok := errors.AsType[*model.Error](err)
				require.True(t, ok)
				require.True(t, stopped.Fatal())
				require.False(t, stopped.Retryable())
				require.Contains(t, stopped.Error(), "attempts in a row failed, the last one because the endpoint")
			})
		})
	}
}

// A server that is started again in the middle of a run costs no call.
func TestBreakerForgivesARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, m := engineModel(t, Options{}, model.Target{}, modelFunc(func(
			ctx context.Context, _ model.Request,
		) (model.Response, error) {
			if down := time.Since(start); down > 5*second && down < 8*second {
				return model.Response{}, &model.Error{Kind: model.KindUnreachable}
			}
			return model.Response{}, model.Sleep(ctx, second)
		}))
		require.Equal(t, map[model.Kind]int{"": 1000}, runAll(t, m, 1000))
	})
}

// What is the prompt's doing is an answer, however often it comes.
func TestBreakerLeavesThePromptsDoing(t *testing.T) {
	t.Parallel()
	for _, kind := range []model.Kind{model.KindContextLength, model.KindContentFilter} {
		_, m := engineModel(t, Options{}, model.Target{}, modelFunc(func(
			context.Context, model.Request,
		) (model.Response, error) {
			return model.Response{}, &model.Error{Kind: kind, Status: 400}
		}))
		require.Equal(t, map[model.Kind]int{kind: 200}, runAll(t, m, 200))
	}
}

// A firewall forbids the texts of some cases to a key that it serves.
func TestForbiddenTextsAreOutcomes(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	_, m := engineModel(t, Options{Concurrency: 8}, model.Target{}, modelFunc(func(
		context.Context, model.Request,
	) (model.Response, error) {
		if n := sent.Add(1); n > 20 && n <= 50 {
			return model.Response{}, &model.Error{Kind: model.KindAuth, Status: 403}
		}
		return model.Response{}, nil
	}))
	require.Equal(t, map[model.Kind]int{"": 70, model.KindAuth: 30}, runAll(t, m, 100))
}

// A used-up quota is final though it is a 429: nothing is tried after it, and calls in backoff do not find out for
// themselves.
func TestQuotaStopsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		var mu sync.Mutex
		_, m := engineModel(t, Options{Concurrency: 8}, model.Target{}, modelFunc(func(
			ctx context.Context, _ model.Request,
		) (model.Response, error) {
			mu.Lock()
			sent++
			n := sent
			mu.Unlock()
			if n <= 100 {
				return model.Response{}, model.Sleep(ctx, second)
			}
			_ = model.Sleep(ctx, time.Duration(n)*time.Millisecond)
			if n%2 == 0 {
				return model.Response{}, &model.Error{Kind: model.KindServer, Status: 500} // waits for its next attempt
			}
			return model.Response{}, &model.Error{Kind: model.KindQuota, Status: 429, Permanent: true}
		}))
		kinds := runAll(t, m, 1000)
		require.Equal(t, 100, kinds[""])
		require.LessOrEqual(t, kinds[model.KindQuota], 8, "those that were under way")
		require.Equal(t, 900, kinds[model.KindQuota]+kinds[model.KindServer]+kinds[model.KindStopped])
		require.LessOrEqual(t, kinds[model.KindQuota]+kinds[model.KindServer], 8, "no call was sent after it")
		require.LessOrEqual(t, sent, 108)
		_, err := m.Complete(t.Context(), ask())
		require.EqualError(t, err, "the quota at the endpoint is used up (429); check the plan and billing of the account")
	})
}

// An endpoint that is away for ten seconds fails no call, whichever way it is away and however short the waits of one
// call happen to be.
func TestEndpointAwayForTenSeconds(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]*model.Error{
		"refused":      {Kind: model.KindUnreachable, Down: true},
		"unknown host": {Kind: model.KindUnreachable, Down: true, Permanent: true},
		"reset":        {Kind: model.KindUnreachable},
		"gateway":      {Kind: model.KindServer, Status: 502},
		"overloaded":   {Kind: model.KindServer, Status: 503},
		"no route":     {Kind: model.KindNotFound, Status: 404, NoAPI: true},
		"cut off":      {Kind: model.KindMalformed, Status: 200},
	} {
		for _, unlucky := range []float64{0, 0.3} {
			t.Run(fmt.Sprint(name, " ", unlucky), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					start := time.Now()
					o := Options{policy: Policy{Rand: func() float64 { return unlucky }}}
					_, m := engineModel(t, o, model.Target{}, modelFunc(func(
						ctx context.Context, _ model.Request,
					) (model.Response, error) {
						if away := time.Since(start); away > 5*second && away < 15*second {
							return model.Response{}, e
						}
						return model.Response{}, model.Sleep(ctx, second)
					}))
					require.Equal(t, map[model.Kind]int{"": 2000}, runAll(t, m, 2000))
				})
			})
		}
	}
}

// An endpoint that goes for good ends the run soon, and one that was never there sooner.
func TestEndpointGoneForGood(t *testing.T) {
	t.Parallel()
	for _, served := range []time.Duration{0, 5 * second} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			_, m := engineModel(t, Options{}, model.Target{}, modelFunc(func(
				ctx context.Context, _ model.Request,
			) (model.Response, error) {
				if time.Since(start) >= served {
					return model.Response{}, &model.Error{Kind: model.KindUnreachable, Down: true}
				}
				return model.Response{}, model.Sleep(ctx, second)
			}))
			kinds := runAll(t, m, 10_000)
			require.Positive(t, kinds[model.KindStopped])
			require.Less(t, time.Since(start), served+10*second+min(served*5, 25*second))
		})
	}
}
