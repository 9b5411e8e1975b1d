package engine

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/model"
	"promptbench/internal/testing/fakeopenai"
)

func policy(c *clock, r float64) Policy {
	return Policy{Sleep: c.Sleep, Now: c.Now, Rand: func() float64 { return r }}
}

func TestRetryUntilItAnswers(t *testing.T) {
	t.Parallel()
	s := serve(
		t, always(fakeopenai.RateLimited("7")), always(fakeopenai.Error(500, "", "x")), always(fakeopenai.Garbage()),
		always(fakeopenai.Text("됐다")),
	)
	var c clock
	resp, err := retried(client(t, model.Target{BaseURL: s.URL()}), policy(&c, 0.5)).Complete(t.Context(), ask())
	require.NoError(t, err)
	require.Equal(t, "됐다", resp.Reply)
	require.Equal(t, 4, resp.Attempts)
	// 7 s as asked for and half of the base; then, as the refusal is no failure of the call, half of the base and half of
	// 1 s.
	require.Equal(t, []time.Duration{7250 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond}, c.slept)
	requests := s.Requests()
	require.Equal(t, requests[0].Body, requests[3].Body)
}

func TestRetryGivesUp(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		failure  *model.Error
		change   func(*Policy)
		attempts int
	}{
		"after eight attempts":         {&model.Error{Kind: model.KindServer}, func(*Policy) {}, 8},
		"after as many as it may":      {&model.Error{Kind: model.KindServer}, func(p *Policy) { p.Attempts = 1 }, 1},
		"at once, where it can't help": {&model.Error{Kind: model.KindAuth}, func(*Policy) {}, 1},
		"at once, on a used-up quota":  {&model.Error{Kind: model.KindQuota, RetryAfter: time.Second}, func(*Policy) {}, 1},
		"when the wait is over budget": {
			&model.Error{Kind: model.KindRateLimited, RetryAfter: time.Hour}, func(*Policy) {}, 1,
		},
		"when the budget is used up": {
			&model.Error{Kind: model.KindRateLimited, RetryAfter: time.Minute},
			func(p *Policy) { p.Budget, p.Base = 150*time.Second, time.Second }, 3,
		},
		"a permanent one of its kind":   {&model.Error{Kind: model.KindUnreachable, Permanent: true}, func(*Policy) {}, 1},
		"a refused connection, in time": {&model.Error{Kind: model.KindUnreachable, Down: true}, func(*Policy) {}, 5},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c clock
			p := policy(&c, 0.99)
			test.change(&p)
			calls := 0
			m := retried(modelFunc(func(context.Context, model.Request) (model.Response, error) {
				calls++
				return model.Response{}, test.failure
			}), p)
			e := failure(t, m)
			require.Equal(t, test.attempts, calls)
			require.Equal(t, test.attempts, e.Attempts)
			require.Equal(t, test.failure.Kind, e.Kind)
			require.Zero(t, test.failure.Attempts, "an error that others may hold is not changed")
		})
	}
}

func TestRetryLeavesOtherErrors(t *testing.T) {
	t.Parallel()
	odd := errors.New("odd")
	var c clock
	_, err := retried(
		modelFunc(func(context.Context, model.Request) (model.Response, error) { return model.Response{}, odd }),
		policy(&c, 0),
	).Complete(t.Context(), ask())
	require.ErrorIs(t, err, odd)
	require.Empty(t, c.slept)
}

func TestRetryCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("interrupted by the user")
	m := retried(modelFunc(func(context.Context, model.Request) (model.Response, error) {
		return model.Response{}, &model.Error{Kind: model.KindServer}
	}), Policy{Sleep: func(ctx context.Context, _ time.Duration) error {
		cancel(stop)
		return model.Sleep(ctx, time.Hour)
	}})
	_, err := m.Complete(ctx, ask())
	require.ErrorIs(t, err, stop)
	var e *model.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, model.KindCancelled, e.Kind)
	require.Equal(t, 1, e.Attempts)
}

func TestWaitsAreBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{
			Base: time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "base")),
			Cap:  time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "cap")),
			Rand: func() float64 { return rapid.Float64Range(0, 0.999999).Draw(t, "rand") },
		}.withDefaults()
		attempt := rapid.IntRange(1, 1000).Draw(t, "attempt")
		got := p.wait(attempt, &model.Error{Kind: model.KindServer})
		require.GreaterOrEqual(t, got, time.Duration(0))
		require.LessOrEqual(t, got, p.Cap)

		asked := time.Duration(rapid.Int64Range(1, int64(24*time.Hour)).Draw(t, "asked"))
		got = p.wait(attempt, &model.Error{Kind: model.KindRateLimited, RetryAfter: asked})
		require.GreaterOrEqual(t, got, asked, "never sooner than the server asked for")
		require.LessOrEqual(t, got, asked+p.Base)
	})
}
