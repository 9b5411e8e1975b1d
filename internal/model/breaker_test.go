package model

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// runAll puts n calls to an engine's model, 64 at once, and returns how they
// ended by kind, "" for answered.
func runAll(t *testing.T, m Model, n int) map[Kind]int {
	t.Helper()
	calls := make(chan struct{}, n)
	for range n {
		calls <- struct{}{}
	}
	close(calls)
	var mu sync.Mutex
	kinds := map[Kind]int{}
	var workers sync.WaitGroup
	for range 64 {
		workers.Go(func() {
			for range calls {
				_, err := m.Complete(t.Context(), ask())
				kind := Kind("")
				if e, ok := errors.AsType[*Error](err); ok {
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

func engineModel(t *testing.T, o Options, target Target, client Model) (*Engine, Model) {
	t.Helper()
	e := NewEngine(t.Context(), o)
	t.Cleanup(e.Close)
	m, err := e.wrap(client, target)
	require.NoError(t, err)
	return e, m
}

// When everything fails the run ends within seconds: calls in backoff are woken,
// and further ones are not tried.
func TestBreakerStopsWhenEverythingFails(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]*Error{
		"server":     {Kind: KindServer, Status: 500, Message: "고장"},
		"malformed":  {Kind: KindMalformed},
		"overloaded": {Kind: KindServer, Status: 503},
		"refused":    {Kind: KindRateLimited, Status: 429},
		"bad":        {Kind: KindBadRequest, Status: 400},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				var mu sync.Mutex
				_, m := engineModel(t, Options{}, Target{}, modelFunc(func(ctx context.Context, _ Request) (Response, error) {
					mu.Lock()
					sent++
					mu.Unlock()
					_ = sleep(ctx, time.Millisecond)
					return Response{}, e
				}))
				start := time.Now()
				kinds := runAll(t, m, 10_000)
				require.Less(t, time.Since(start), 45*second)
				require.Greater(t, kinds[KindStopped], 9_000)
				require.Less(t, sent, 1000)

				_, err := m.Complete(t.Context(), ask())
				stopped, ok := errors.AsType[*Error](err)
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
		_, m := engineModel(t, Options{}, Target{}, modelFunc(func(ctx context.Context, _ Request) (Response, error) {
			if down := time.Since(start); down > 5*second && down < 8*second {
				return Response{}, &Error{Kind: KindUnreachable}
			}
			return Response{}, sleep(ctx, second)
		}))
		require.Equal(t, map[Kind]int{"": 1000}, runAll(t, m, 1000))
	})
}

// What is the prompt's doing is an answer, however often it comes.
func TestBreakerLeavesThePromptsDoing(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{KindContextLength, KindContentFilter} {
		_, m := engineModel(t, Options{}, Target{}, modelFunc(func(context.Context, Request) (Response, error) {
			return Response{}, &Error{Kind: kind, Status: 400}
		}))
		require.Equal(t, map[Kind]int{kind: 200}, runAll(t, m, 200))
	}
}

// A used-up quota is final though it is a 429: nothing is tried after it, and
// calls in backoff do not find out for themselves.
func TestQuotaStopsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		var mu sync.Mutex
		_, m := engineModel(t, Options{Concurrency: 8}, Target{}, modelFunc(func(ctx context.Context, _ Request) (Response, error) {
			mu.Lock()
			sent++
			n := sent
			mu.Unlock()
			if n <= 100 {
				return Response{}, sleep(ctx, second)
			}
			_ = sleep(ctx, time.Duration(n)*time.Millisecond)
			if n%2 == 0 {
				return Response{}, &Error{Kind: KindServer, Status: 500} // waits for its next attempt
			}
			return Response{}, &Error{Kind: KindQuota, Status: 429, permanent: true}
		}))
		kinds := runAll(t, m, 1000)
		require.Equal(t, 100, kinds[""])
		require.LessOrEqual(t, kinds[KindQuota], 8, "those that were under way")
		require.Equal(t, 900, kinds[KindQuota]+kinds[KindServer]+kinds[KindStopped])
		require.LessOrEqual(t, kinds[KindQuota]+kinds[KindServer], 8, "no call was sent after it")
		require.LessOrEqual(t, sent, 108)
		_, err := m.Complete(t.Context(), ask())
		require.EqualError(t, err, "the quota at the endpoint is used up (429); check the plan and billing of the account")
	})
}
