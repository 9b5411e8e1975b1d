package model

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/testing/fakeopenai"
)

func policy(c *clock, r float64) Policy {
	return Policy{Sleep: c.Sleep, Now: c.Now, Rand: func() float64 { return r }}
}

func TestRetryUntilItAnswers(t *testing.T) {
	t.Parallel()
	s := serve(t, always(fakeopenai.RateLimited("7")), always(fakeopenai.Error(500, "", "x")), always(fakeopenai.Garbage()), always(fakeopenai.Text("됐다")))
	var c clock
	resp, err := Retry(client(t, Target{BaseURL: s.URL()}), policy(&c, 0.5)).Complete(t.Context(), ask())
	require.NoError(t, err)
	require.Equal(t, "됐다", resp.Reply)
	require.Equal(t, 4, resp.Attempts)
	// 7 s as asked for and half of the base; then, as the refusal is no failure of
	// the call, half of the base and half of 1 s.
	require.Equal(t, []time.Duration{7250 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond}, c.slept)
	requests := s.Requests()
	require.Equal(t, requests[0].Body, requests[3].Body)
}

func TestRetryGivesUp(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		failure  *Error
		change   func(*Policy)
		attempts int
	}{
		"after eight attempts":          {&Error{Kind: KindServer}, func(*Policy) {}, 8},
		"after as many as it may":       {&Error{Kind: KindServer}, func(p *Policy) { p.Attempts = 1 }, 1},
		"at once, where it can't help":  {&Error{Kind: KindAuth}, func(*Policy) {}, 1},
		"at once, on a used-up quota":   {&Error{Kind: KindQuota, RetryAfter: time.Second}, func(*Policy) {}, 1},
		"when the wait is over budget":  {&Error{Kind: KindRateLimited, RetryAfter: time.Hour}, func(*Policy) {}, 1},
		"when the budget is used up":    {&Error{Kind: KindRateLimited, RetryAfter: time.Minute}, func(p *Policy) { p.Budget, p.Base = 150*time.Second, time.Second }, 3},
		"a permanent one of its kind":   {&Error{Kind: KindUnreachable, permanent: true}, func(*Policy) {}, 1},
		"a refused connection, in time": {&Error{Kind: KindUnreachable, Down: true}, func(*Policy) {}, 5},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c clock
			p := policy(&c, 0.99)
			test.change(&p)
			calls := 0
			m := Retry(modelFunc(func(context.Context, Request) (Response, error) {
				calls++
				return Response{}, test.failure
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
	_, err := Retry(modelFunc(func(context.Context, Request) (Response, error) { return Response{}, odd }), policy(&c, 0)).Complete(t.Context(), ask())
	require.ErrorIs(t, err, odd)
	require.Empty(t, c.slept)
}

func TestRetryCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("interrupted by the user")
	m := Retry(modelFunc(func(context.Context, Request) (Response, error) {
		return Response{}, &Error{Kind: KindServer}
	}), Policy{Sleep: func(ctx context.Context, _ time.Duration) error {
		cancel(stop)
		return sleep(ctx, time.Hour)
	}})
	_, err := m.Complete(ctx, ask())
	require.ErrorIs(t, err, stop)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, KindCancelled, e.Kind)
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
		got := p.wait(attempt, &Error{Kind: KindServer})
		require.GreaterOrEqual(t, got, time.Duration(0))
		require.LessOrEqual(t, got, p.Cap)

		asked := time.Duration(rapid.Int64Range(1, int64(maxRetryAfter)).Draw(t, "asked"))
		got = p.wait(attempt, &Error{Kind: KindRateLimited, RetryAfter: asked})
		require.GreaterOrEqual(t, got, asked, "never sooner than the server asked for")
		require.LessOrEqual(t, got, asked+p.Base)
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 6, 34, 0, 0, time.UTC)
	tests := map[string]struct {
		header map[string]string
		want   time.Duration
	}{
		"none":                {nil, 0},
		"seconds":             {map[string]string{"Retry-After": "20"}, 20 * time.Second},
		"part of a second":    {map[string]string{"Retry-After": " 0.5 "}, 500 * time.Millisecond},
		"a date":              {map[string]string{"Retry-After": "Mon, 23 Nov 2026 06:35:30 GMT"}, 90 * time.Second},
		"a date gone by":      {map[string]string{"Retry-After": "Mon, 23 Nov 2026 06:00:00 GMT"}, 0},
		"negative":            {map[string]string{"Retry-After": "-5"}, 0},
		"words":               {map[string]string{"Retry-After": "나중에"}, 0},
		"not a number":        {map[string]string{"Retry-After": "NaN"}, 0},
		"endless":             {map[string]string{"Retry-After": "Inf"}, maxRetryAfter},
		"milliseconds":        {map[string]string{"Retry-After-Ms": "1500", "Retry-After": "2"}, 1500 * time.Millisecond},
		"over the resets":     {map[string]string{"Retry-After": "2", "X-Ratelimit-Reset-Tokens": "6m0s"}, 2 * time.Second},
		"tokens used up":      {map[string]string{"X-Ratelimit-Reset-Requests": "1s", "X-Ratelimit-Reset-Tokens": "6m0s", "X-Ratelimit-Remaining-Tokens": "0", "X-Ratelimit-Remaining-Requests": "9"}, 6 * time.Minute},
		"requests used up":    {map[string]string{"X-Ratelimit-Reset-Requests": "120ms", "X-Ratelimit-Reset-Tokens": "6m0s", "X-Ratelimit-Remaining-Requests": "0"}, 120 * time.Millisecond},
		"it does not say":     {map[string]string{"X-Ratelimit-Reset-Requests": "3s", "X-Ratelimit-Reset-Tokens": "2"}, 2 * time.Second},
		"resets out of shape": {map[string]string{"X-Ratelimit-Reset-Requests": "soon"}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			for k, v := range test.header {
				h.Set(k, v)
			}
			require.Equal(t, test.want, retryAfter(h, now))
		})
	}
}
