package model

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLimitBoundsCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var started atomic.Int32
		finish := make(chan struct{})
		m := NewLimiter(3).Limit(modelFunc(func(context.Context, Request) (Response, error) {
			started.Add(1)
			<-finish
			return Response{}, nil
		}))
		for range 9 {
			go func() { _, _ = m.Complete(t.Context(), ask()) }()
		}
		for ended := range int32(7) {
			synctest.Wait() // until everyone who can start has started
			require.Equal(t, ended+3, started.Load())
			finish <- struct{}{}
		}
		close(finish)
	})
}

func TestLimitGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		block := make(chan struct{})
		l := NewLimiter(0)
		m := l.Limit(modelFunc(func(context.Context, Request) (Response, error) {
			<-block
			return Response{}, nil
		}))
		go func() { _, _ = m.Complete(t.Context(), ask()) }()
		synctest.Wait()
		for _, late := range []bool{false, true} {
			ctx, cancel := context.WithCancel(t.Context())
			if late {
				time.AfterFunc(second, cancel)
			} else {
				cancel()
			}
			_, err := Retry(m, Policy{}).Complete(ctx, ask())
			require.ErrorIs(t, err, context.Canceled)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Zero(t, e.Attempts, "it never began")
		}
		close(block)
		synctest.Wait()
		_, under := l.Window()
		require.Zero(t, under)
		require.Zero(t, l.queue.Len())
	})
}

// One refusal with a Retry-After holds everybody, whichever revision they work
// for, and nobody longer than asked.
func TestRetryAfterHoldsAllSenders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var sent []time.Duration
		l := NewLimiter(2)
		server := modelFunc(func(ctx context.Context, _ Request) (Response, error) {
			mu.Lock()
			at := time.Since(start)
			sent = append(sent, at)
			first := len(sent) == 1
			mu.Unlock()
			if first {
				return Response{}, &Error{Kind: KindRateLimited, Status: 429, RetryAfter: 7 * second}
			}
			return Response{}, sleep(ctx, second)
		})
		one, other := Retry(l.Limit(server), Policy{}), Retry(l.Limit(server), Policy{})
		var calls sync.WaitGroup
		calls.Go(func() { _, _ = one.Complete(t.Context(), ask()) })
		synctest.Wait() // it was refused
		require.Equal(t, 7*second, l.Held())
		for range 3 {
			calls.Go(func() { _, err := other.Complete(t.Context(), ask()); require.NoError(t, err) })
		}
		calls.Wait()
		require.Len(t, sent, 5)
		require.Equal(t, []time.Duration{0, 7 * second}, sent[:2], "the first to leave does so when the time is up")
		require.Less(t, sent[4], 12*second)
	})
}

// Where refusals follow each other and the endpoint names no time, it gets some
// rest all the same.
func TestRefusalsInARowHoldEverybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start, sent := time.Now(), 0
		m := Retry(NewLimiter(64).Limit(modelFunc(func(context.Context, Request) (Response, error) {
			sent++
			return Response{}, &Error{Kind: KindServer, Status: 503}
		})), Policy{Budget: time.Minute})
		_, err := m.Complete(t.Context(), ask())
		require.Error(t, err)
		require.Greater(t, time.Since(start), 30*second)
		require.Less(t, sent, 120)
	})
}

// Refusals come back at once; those who wait do not run into the same wall one
// after the other.
func TestRefusalsKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int32
		m := NewLimiter(64).Limit(modelFunc(func(context.Context, Request) (Response, error) {
			sent.Add(1)
			return Response{}, &Error{Kind: KindRateLimited, Status: 429}
		}))
		for range 1000 {
			go func() { _, _ = m.Complete(t.Context(), ask()) }()
		}
		synctest.Wait()
		require.LessOrEqual(t, sent.Load(), int32(64))
		_ = sleep(t.Context(), firstHold-1)
		require.LessOrEqual(t, sent.Load(), int32(64))
		_ = sleep(t.Context(), second)
		synctest.Wait()
		require.Less(t, sent.Load(), int32(200))
		_ = sleep(t.Context(), time.Hour)
	})
}

// Failures that are no refusals leave the window as it is.
func TestOnlyRefusalsLowerTheWindow(t *testing.T) {
	t.Parallel()
	for _, e := range []*Error{
		{Kind: KindTimeout}, {Kind: KindServer, Status: 500}, {Kind: KindUnreachable}, {Kind: KindMalformed}, {Kind: KindQuota, Status: 429},
	} {
		l := NewLimiter(64)
		_, err := l.Limit(modelFunc(func(context.Context, Request) (Response, error) { return Response{}, e })).Complete(t.Context(), ask())
		require.Error(t, err)
		size, under := l.Window()
		require.Equal(t, 64, size, "%s", e.Kind)
		require.Zero(t, under, "%s", e.Kind)
	}
	for _, e := range []*Error{{Kind: KindRateLimited, Status: 429}, {Kind: KindServer, Status: 503}} {
		l := NewLimiter(64)
		_, err := l.Limit(modelFunc(func(context.Context, Request) (Response, error) { return Response{}, e })).Complete(t.Context(), ask())
		require.Error(t, err)
		size, _ := l.Window()
		require.Equal(t, 32, size, "%s", e.Kind)
	}
}
