package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

func TestLimitBoundsCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var started atomic.Int32
		finish := make(chan struct{})
		m := limited(newLimiter(3), modelFunc(func(context.Context, model.Request) (model.Response, error) {
			started.Add(1)
			<-finish
			return model.Response{}, nil
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
		l := newLimiter(0)
		m := limited(l, modelFunc(func(context.Context, model.Request) (model.Response, error) {
			<-block
			return model.Response{}, nil
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
			_, err := retried(m, Policy{}).Complete(ctx, ask())
			require.ErrorIs(t, err, context.Canceled)
			var e *model.Error
			require.ErrorAs(t, err, &e)
			require.Zero(t, e.Attempts, "it never began")
		}
		close(block)
		synctest.Wait()
		_, under := l.size()
		require.Zero(t, under)
		require.Zero(t, l.queue.Len())
	})
}

// One refusal with a Retry-After holds everybody, whichever revision they work for, and nobody longer than asked.
func TestRetryAfterHoldsAllSenders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var sent []time.Duration
		l := newLimiter(2)
		server := modelFunc(func(ctx context.Context, _ model.Request) (model.Response, error) {
			mu.Lock()
			at := time.Since(start)
			sent = append(sent, at)
			first := len(sent) == 1
			mu.Unlock()
			if first {
				return model.Response{}, &model.Error{Kind: model.KindRateLimited, Status: 429, RetryAfter: 7 * second}
			}
			return model.Response{}, model.Sleep(ctx, second)
		})
		one, other := retried(limited(l, server), Policy{}), retried(limited(l, server), Policy{})
		var calls sync.WaitGroup
		calls.Go(func() { _, _ = one.Complete(t.Context(), ask()) })
		synctest.Wait() // it was refused
		require.Equal(t, 7*second, l.held())
		for range 3 {
			calls.Go(func() { _, err := other.Complete(t.Context(), ask()); require.NoError(t, err) })
		}
		calls.Wait()
		require.Len(t, sent, 5)
		require.Equal(t, []time.Duration{0, 7 * second}, sent[:2], "the first to leave does so when the time is up")
		require.Less(t, sent[4], 12*second)
	})
}

// Where refusals follow each other and the endpoint names no time, it gets some rest all the same.
func TestRefusalsInARowHoldEverybody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start, sent := time.Now(), 0
		m := retried(limited(newLimiter(64), modelFunc(func(context.Context, model.Request) (model.Response, error) {
			sent++
			return model.Response{}, &model.Error{Kind: model.KindServer, Status: 503}
		})), Policy{Budget: 20 * second}) // the waits for a turn do not count
		_, err := m.Complete(t.Context(), ask())
		require.Error(t, err)
		require.Greater(t, time.Since(start), 30*second)
		require.Less(t, sent, 120)
	})
}

// Refusals come back at once; those who wait do not run into the same wall one after the other.
func TestRefusalsKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int32
		m := limited(newLimiter(64), modelFunc(func(context.Context, model.Request) (model.Response, error) {
			sent.Add(1)
			return model.Response{}, &model.Error{Kind: model.KindRateLimited, Status: 429}
		}))
		for range 1000 {
			go func() { _, _ = m.Complete(t.Context(), ask()) }()
		}
		synctest.Wait()
		require.LessOrEqual(t, sent.Load(), int32(64))
		_ = model.Sleep(t.Context(), firstHold-1)
		require.LessOrEqual(t, sent.Load(), int32(64))
		_ = model.Sleep(t.Context(), second)
		synctest.Wait()
		require.Less(t, sent.Load(), int32(200))
		_ = model.Sleep(t.Context(), time.Hour)
	})
}

// Failures that are no refusals leave the window as it is.
func TestOnlyRefusalsLowerTheWindow(t *testing.T) {
	t.Parallel()
	for _, e := range []*model.Error{
		{Kind: model.KindTimeout}, {
			Kind: model.KindServer, Status: 500,
		}, {Kind: model.KindUnreachable}, {Kind: model.KindMalformed}, {Kind: model.KindQuota, Status: 429},
	} {
		l := newLimiter(64)
		_, err := limited(
			l, modelFunc(func(context.Context, model.Request) (model.Response, error) { return model.Response{}, e }),
		).Complete(t.Context(), ask())
		require.Error(t, err)
		size, under := l.size()
		require.Equal(t, 64, size, "%s", e.Kind)
		require.Zero(t, under, "%s", e.Kind)
	}
	for _, e := range []*model.Error{{Kind: model.KindRateLimited, Status: 429}, {Kind: model.KindServer, Status: 503}} {
		l := newLimiter(64)
		_, err := limited(
			l, modelFunc(func(context.Context, model.Request) (model.Response, error) { return model.Response{}, e }),
		).Complete(t.Context(), ask())
		require.Error(t, err)
		size, _ := l.size()
		require.Equal(t, 32, size, "%s", e.Kind)
	}
}
