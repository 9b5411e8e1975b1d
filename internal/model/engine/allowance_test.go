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

// In no minute more requests leave than the config allows, from the first on.
func TestRequestsPerMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var sent []time.Time
		_, m := engineModel(t, Options{}, model.Target{RPM: 120}, modelFunc(func(
			context.Context, model.Request,
		) (model.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, time.Now())
			return model.Response{}, nil
		}))
		start := time.Now()
		require.Equal(t, map[model.Kind]int{"": 400}, runAll(t, m, 400))
		require.InDelta(t, 200, time.Since(start).Seconds(), 2, "and no less")
		for i := range sent {
			n := 0
			for _, at := range sent[i:] {
				if at.Sub(sent[i]) < time.Minute {
					n++
				}
			}
			require.LessOrEqual(t, n, 120)
		}
	})
}

// Tokens are guessed before and settled after, so that neither a wrong guess nor replies of other lengths change what
// is used a minute.
func TestTokensPerMinute(t *testing.T) {
	t.Parallel()
	for name, used := range map[string]*model.Usage{
		"more than guessed": {InputTokens: 2000, OutputTokens: 1000},
		"less than guessed": {InputTokens: 5, OutputTokens: 15},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent atomic.Int64
				tpm := 60_000
				_, m := engineModel(t, Options{}, model.Target{TPM: tpm}, spending(used, &sent))
				each := used.InputTokens + used.OutputTokens
				n := 5 * tpm / each
				start := time.Now()
				require.Equal(t, map[model.Kind]int{"": n}, runAll(t, m, n))
				minutes := time.Since(start).Minutes()
				require.Less(t, minutes, 5.5)
				require.Greater(t, minutes, 0.9*5-1, "the 64 that left first were guessed without having seen one")
			})
		})
	}
}

func TestTokensLargerThanTheAllowance(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		_, m := engineModel(
			t, Options{}, model.Target{TPM: 60}, spending(&model.Usage{InputTokens: 100, OutputTokens: 80}, &sent),
		)
		start := time.Now()
		require.Equal(t, map[model.Kind]int{"": 3}, runAll(t, m, 3), "a call over the allowance is slow, not impossible")
		require.Less(t, time.Since(start), 10*time.Minute)
	})
}

func TestAllowanceEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		_, m := engineModel(t, Options{}, model.Target{RPM: 1}, spending(nil, &sent))
		ctx, cancel := context.WithTimeout(t.Context(), 90*second)
		defer cancel()
		for range 5 {
			go func() { _, _ = m.Complete(ctx, ask()) }()
		}
		_ = model.Sleep(t.Context(), 100*second)
		synctest.Wait()
		require.EqualValues(t, 2, sent.Load())
	})
}

func TestGuess(t *testing.T) {
	t.Parallel()
	var g guess
	r := model.Request{Messages: []model.Message{{Content: "내일 오전 10시에 치과 가기"}}}
	require.Equal(t, model.Usage{InputTokens: 13, OutputTokens: guessOutput}, g.tokens(r))
	r.Params.MaxTokens = new(50)
	require.Equal(t, 50, g.tokens(r).OutputTokens)
	r.Params.MaxCompletionTokens = new(70)
	require.Equal(t, 70, g.tokens(r).OutputTokens)
	g.learn(r, model.Usage{InputTokens: 20, OutputTokens: 8})
	g.learn(r, model.Usage{InputTokens: 20, OutputTokens: 12})
	require.Equal(t, model.Usage{InputTokens: 20, OutputTokens: 10}, g.tokens(r))
	require.Equal(t, model.Usage{InputTokens: 0, OutputTokens: 10}, g.tokens(model.Request{}))
}
