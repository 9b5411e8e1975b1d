package engine

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/params"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
)

// spending answers after a second, each time with the same usage.
func spending(u *model.Usage, sent *atomic.Int64) model.Model {
	return modelFunc(func(ctx context.Context, _ model.Request) (model.Response, error) {
		sent.Add(1)
		return model.Response{Usage: u}, model.Sleep(ctx, second)
	})
}

func TestMaxCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		flaky := modelFunc(func(ctx context.Context, _ model.Request) (model.Response, error) {
			if sent.Add(1)%3 == 0 {
				return model.Response{}, &model.Error{Kind: model.KindServer, Status: 500}
			}
			return model.Response{}, model.Sleep(ctx, second)
		})
		e, m := engineModel(t, Options{MaxCalls: new(130)}, model.Target{}, flaky)
		require.Equal(
			t, map[model.Kind]int{"": 130, model.KindBudget: 870}, runAll(t, m, 1000),
			"exactly so many are made, and finished in spite of their failures",
		)
		require.Equal(t, 130, e.Stats().Calls)
		require.Greater(t, e.Stats().Retries, 30)
		_, err := m.Complete(t.Context(), ask())
		require.EqualError(t, err, "stopped at --max-calls 130")
	})
}

func TestMaxCost(t *testing.T) {
	t.Parallel()
	price := &params.Price{Input: 2, Output: 10}
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		e, m := engineModel(
			t, Options{MaxCost: new(1.0)}, model.Target{Price: price},
			spending(&model.Usage{InputTokens: 1000, OutputTokens: 300}, &sent),
		)
		kinds := runAll(t, m, 1000) // at 0.005 each
		require.InDelta(t, 200, kinds[""], 1)
		require.Equal(t, 1000, kinds[""]+kinds[model.KindBudget])
		require.NotNil(t, e.Stats().Cost)
		require.LessOrEqual(t, *e.Stats().Cost, 1.0)
		_, err := m.Complete(t.Context(), ask())
		require.ErrorContains(t, err, "since the next call could take it over --max-cost 1")
	})
}

// Before anything is known, a call may take as much as its limit allows; those after it wait to see instead of being
// refused.
func TestMaxCostWaitsForWhatCallsReallyTake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		_, m := engineModel(
			t, Options{MaxCost: new(0.1)}, model.Target{Price: &params.Price{Output: 10}},
			spending(&model.Usage{InputTokens: 10, OutputTokens: 10}, &sent),
		)
		r := ask()
		r.Params.MaxTokens = new(9000) // 0.09
		for range 5 {
			go func() { _, _ = m.Complete(t.Context(), r) }()
		}
		synctest.Wait()
		require.EqualValues(t, 1, sent.Load())
		_ = model.Sleep(t.Context(), second+time.Millisecond)
		synctest.Wait()
		require.EqualValues(t, 5, sent.Load(), "the first took 0.0001")
	})
}

func TestMaxCostNeedsPriceAndTokens(t *testing.T) {
	t.Parallel()
	e := New(t.Context(), Options{MaxCost: new(1.0)})
	t.Cleanup(e.Close)
	_, err := e.Model(model.Target{API: api.Chat{}, Name: "fast", ID: "m"})
	require.ErrorContains(t, err, "model fast has no price")

	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		_, m := engineModel(
			t, Options{MaxCost: new(1000.0)}, model.Target{Price: &params.Price{Input: 1, Output: 1}}, spending(nil, &sent),
		)
		kinds := runAll(t, m, 500)
		require.Less(t, kinds[""], 70, "those under way are kept")
		_, err := m.Complete(t.Context(), ask())
		require.ErrorContains(t, err, "the endpoint does not count tokens")
	})
}

// At the deadline nothing new is sent, what waits is woken, and what is on the wire is finished.
func TestDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		start := time.Now()
		_, m := engineModel(
			t, Options{Concurrency: 8, Deadline: new(10500 * time.Millisecond)}, model.Target{}, spending(nil, &sent),
		)
		kinds := runAll(t, m, 1000)
		require.Equal(t, map[model.Kind]int{"": 88, model.KindBudget: 912}, kinds)
		require.Equal(t, 11*second, time.Since(start))
		_, err := m.Complete(t.Context(), ask())
		require.EqualError(t, err, "stopped at --deadline 10.5s")
	})
}

func TestDeadlineWakesCallsInBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, m := engineModel(t, Options{Deadline: new(second)}, model.Target{}, modelFunc(func(
			context.Context, model.Request,
		) (model.Response, error) {
			return model.Response{}, &model.Error{Kind: model.KindRateLimited, Status: 429, RetryAfter: time.Minute}
		}))
		require.Equal(
			t, map[model.Kind]int{model.KindRateLimited: 1, model.KindBudget: 99}, runAll(t, m, 100), "the others were not sent",
		)
		require.Equal(t, second, time.Since(start))
	})
}

// A call that was failing when the time was up says how, and counts its attempts: they were made.
func TestDeadlineTellsHowCallsWereFailing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, m := engineModel(t, Options{Deadline: new(5 * second)}, model.Target{}, modelFunc(func(
			context.Context, model.Request,
		) (model.Response, error) {
			return model.Response{}, &model.Error{Kind: model.KindServer, Status: 500, Message: "고장"}
		}))
		e := failure(t, m)
		require.Equal(t, model.KindServer, e.Kind)
		require.Greater(t, e.Attempts, 1)
		require.ErrorContains(t, e, "the endpoint failed (500): 고장 (after ")
		require.EqualError(t, e.Stop, "stopped at --deadline 5s")
		e = failure(t, m)
		require.Equal(t, model.KindBudget, e.Kind, "and one that was never sent does not")
		require.Nil(t, e.Stop)
	})
}
