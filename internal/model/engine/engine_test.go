package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/testing/fakeopenai"
)

// hurried is a policy whose waits take no time.
func hurried() Policy {
	return Policy{Base: time.Millisecond, Cap: 5 * time.Millisecond}
}

// With 10% refused, 5% failed, 2% cut, 2% garbage and 1% hung, every call is answered.
func TestNothingIsLostToFaults(t *testing.T) {
	t.Parallel()
	s := serve(t, fakeopenai.WithFaults(5,
		func(r fakeopenai.Request) fakeopenai.Reply { return fakeopenai.Text(r.Input()) },
		fakeopenai.Fault{Share: 0.10, Reply: fakeopenai.RateLimited("")},
		fakeopenai.Fault{Share: 0.05, Reply: fakeopenai.Error(500, "", "oops")},
		fakeopenai.Fault{Share: 0.02, Reply: fakeopenai.Cut("반만")},
		fakeopenai.Fault{Share: 0.02, Reply: fakeopenai.Garbage()},
		fakeopenai.Fault{Share: 0.01, Reply: fakeopenai.Hang()},
	))
	e := New(t.Context(), Options{policy: hurried()})
	t.Cleanup(e.Close)
	m, err := e.Model(model.Target{API: api.Chat{}, BaseURL: s.URL(), ID: "m", Timeout: 500 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, map[model.Kind]int{"": 500}, runAll(t, m, 500))

	stats := e.Stats()
	require.Equal(t, 500, stats.Calls)
	require.GreaterOrEqual(
		t, stats.Attempts, len(s.Requests()), "on a busy machine the timeout may come before the server",
	)
	require.Equal(t, stats.Attempts-500, stats.Retries)
	require.InDelta(t, 50, stats.Refused, 30)
	require.Zero(t, stats.Under)
	require.Nil(t, stats.Cost, "without a price it is unknown, not 0")
	require.Positive(t, stats.Usage.OutputTokens)
}

// All revisions share the limiter of their endpoint, and nothing else does.
func TestLimiterIsSharedByEndpoint(t *testing.T) {
	t.Parallel()
	e := New(t.Context(), Options{})
	t.Cleanup(e.Close)
	one := e.limiter(model.Target{Name: "v2", BaseURL: "http://127.0.0.1:1/v1", ID: "m"})
	require.Same(t, one, e.limiter(model.Target{Name: "judge", BaseURL: "http://127.0.0.1:1/v1/", ID: "other"}))
	require.NotSame(t, one, e.limiter(model.Target{BaseURL: "http://127.0.0.1:2/v1", ID: "m"}))
	require.Equal(t, 2*64, e.Stats().Window)
}

func TestConcurrencyIsABoundOverAllModels(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(t.Context(), Options{Concurrency: 5})
		t.Cleanup(e.Close)
		var mu sync.Mutex
		under, most := 0, 0
		server := modelFunc(func(ctx context.Context, _ model.Request) (model.Response, error) {
			mu.Lock()
			under++
			most = max(most, under)
			mu.Unlock()
			err := model.Sleep(ctx, second)
			mu.Lock()
			under--
			mu.Unlock()
			return model.Response{}, err
		})
		var runs sync.WaitGroup
		for _, name := range []string{"v2", "v3"} {
			m, err := e.Wrap(server, model.Target{Name: name})
			require.NoError(t, err)
			runs.Go(func() { runAll(t, m, 50) })
		}
		runs.Wait()
		require.Equal(t, 5, most)
	})
}

func TestCancellingTheCallerIsNoStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, m := engineModel(t, Options{Concurrency: 1}, model.Target{}, modelFunc(func(
			ctx context.Context, _ model.Request,
		) (model.Response, error) {
			if err := model.Sleep(ctx, second); err != nil {
				return model.Response{}, model.Cancelled(ctx, 1)
			}
			return model.Response{Reply: "됐다"}, nil
		}))
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		for range 3 {
			_, err := m.Complete(ctx, ask())
			require.ErrorIs(t, err, context.Canceled)
		}
		resp, err := m.Complete(t.Context(), ask())
		require.NoError(t, err)
		require.Equal(t, "됐다", resp.Reply)
	})
}

// Once everything is to end, what is on the wire is finished, and nothing waits: a call between two attempts fails as
// it did, and those that come are cancelled.
func TestDrain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int32
		e, m := engineModel(t, Options{Concurrency: 2}, model.Target{}, modelFunc(func(
			ctx context.Context, _ model.Request,
		) (model.Response, error) {
			if sent.Add(1) == 1 {
				return model.Response{}, &model.Error{Kind: model.KindServer, Status: 500}
			}
			return model.Response{Reply: "됐다"}, model.Sleep(ctx, time.Minute)
		}))
		start := time.Now()
		var calls sync.WaitGroup
		var mu sync.Mutex
		kinds := map[model.Kind]int{}
		for range 5 {
			calls.Go(func() {
				_, err := m.Complete(t.Context(), ask())
				kind := model.Kind("")
				if failure, ok := errors.AsType[*model.Error](err); ok {
					kind = failure.Kind
					if kind == model.KindServer {
						require.EqualError(t, failure.Stop, "the call was cancelled: interrupted")
					}
				}
				mu.Lock()
				kinds[kind]++
				mu.Unlock()
			})
		}
		synctest.Wait()
		e.Drain()
		calls.Wait()
		require.Equal(t, map[model.Kind]int{"": 2, model.KindServer: 1, model.KindCancelled: 2}, kinds)
		require.Equal(t, time.Minute, time.Since(start))
		require.Equal(t, model.KindCancelled, failure(t, m).Kind)
	})
}

func TestTooLongARetryAfterEndsTheRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, m := engineModel(t, Options{Concurrency: 4}, model.Target{}, modelFunc(func(
			context.Context, model.Request,
		) (model.Response, error) {
			return model.Response{}, &model.Error{Kind: model.KindRateLimited, Status: 429, RetryAfter: 3 * time.Hour}
		}))
		kinds := runAll(t, m, 1000)
		require.LessOrEqual(t, kinds[model.KindRateLimited], 4)
		require.Equal(t, 1000, kinds[model.KindRateLimited]+kinds[model.KindStopped])
		require.Zero(t, time.Since(start))
		_, err := m.Complete(t.Context(), ask())
		require.ErrorContains(t, err, "it asks to wait 3h0m0s; run it again then")
	})
}

// The log has a line for each attempt, with all that explains its timing and nothing that anybody wrote.
func TestLogOfAttempts(t *testing.T) {
	t.Parallel()
	s := serve(
		t, always(fakeopenai.RateLimited("0.001")), always(fakeopenai.Error(500, "", "비밀 "+testKey)),
		always(fakeopenai.Reply{Text: "치과 예약하기", InputTokens: 30, OutputTokens: 4}),
	)
	var out bytes.Buffer
	e := New(t.Context(), Options{policy: hurried(), Log: slog.New(slog.NewJSONHandler(&out, nil))})
	t.Cleanup(e.Close)
	target := model.Target{
		API: api.Chat{}, Name: "fast", BaseURL: s.URL(), ID: "m", APIKey: testKey,
		Headers: map[string]string{"X-Auth": "geheim-1234"},
	}
	m, err := e.Model(target)
	require.NoError(t, err)
	plain, err := target.Prepare(ask())
	require.NoError(t, err)
	labelled := plain
	labelled.Label = model.Label{Case: "dentist", Trial: 1}
	_, err = m.Complete(t.Context(), labelled)
	require.NoError(t, err)
	_, err = m.Complete(t.Context(), plain)
	require.NoError(t, err)

	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 4)
	records := make([]map[string]any, len(lines))
	for i, line := range lines {
		require.NoError(t, json.Unmarshal([]byte(line), &records[i]))
		for _, field := range []string{
			"time", "level", "trial", "key", "model", "endpoint", "attempt", "kind", "latency_ms", "waited_ms", "limit",
		} {
			require.Contains(t, records[i], field)
		}
		require.Equal(t, plain.Key[:12], records[i]["key"])
	}
	require.Equal(
		t, []any{"rate_limited", "server", "answered", "answered"},
		[]any{records[0]["kind"], records[1]["kind"], records[2]["kind"], records[3]["kind"]},
	)
	require.InDelta(t, 429, records[0]["status"], 0)
	require.InDelta(t, 3, records[2]["attempt"], 0)
	require.InDelta(t, 64, records[0]["limit"], 0)
	require.InDelta(t, 32, records[1]["limit"], 0)
	require.InDelta(t, 4, records[2]["output_tokens"], 0)
	require.Equal(t, "dentist", records[0]["case"])
	require.NotContains(t, records[3], "case")
	for _, never := range []string{testKey, "geheim", "치과", "비밀", "나눠"} {
		require.NotContains(t, out.String(), never)
	}
}
