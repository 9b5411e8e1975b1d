package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

// A pipes is a network inside of a synctest bubble: what is dialled is accepted.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "bubble"} }

// overPipes returns the client that a job has, its network but for the wire, and serves it. It must be called inside of
// a synctest bubble.
func overPipes(t *testing.T, handler http.Handler, target model.Target) *Client {
	t.Helper()
	p := newPipes()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Hour}
	go func() { _ = server.Serve(p) }()
	c := client(t, target)
	over := newHTTPClient(target.Concurrency, noProxy)
	transport, ok := over.Transport.(*http.Transport)
	require.True(t, ok)
	transport.DialContext = p.dial
	c.http = over
	t.Cleanup(func() {
		over.CloseIdleConnections()
		require.NoError(t, server.Close())
	})
	return c
}

// answer is a chat completion.
const answer = `{"model":"m","choices":[{"message":{"role":"assistant","content":"답"},"finish_reason":"stop"}],` +
	`"usage":{"prompt_tokens":1,"completion_tokens":1}}`

// ServeHTTP takes a request or refuses it, as [bucket] decides.
func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	missing := b.take()
	if missing > 0 {
		if b.after != nil {
			w.Header().Set("Retry-After", strconv.FormatFloat(b.after(missing).Seconds(), 'f', -1, 64))
		}
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}`)
		return
	}
	_ = model.Sleep(r.Context(), b.latency)
	_, _ = io.WriteString(w, answer)
}

// A job's own model, from the budget down to net/http, gets at least 95% of what a server at 200 requests a second
// takes, and under 5% of its requests are refused.
func TestRateLimitedEndpointThroughTheClient(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		concurrency int
		burst       float64
		after       func(missing float64) time.Duration
	}{
		"no Retry-After":     {64, 20, nil},
		"256 in flight":      {256, 20, nil},
		"exact Retry-After":  {64, 50, func(missing float64) time.Duration { return time.Duration(missing / 200 * 1e9) }},
		"Retry-After: 1":     {64, 200, func(float64) time.Duration { return time.Second }},
		"Retry-After at 256": {256, 200, func(float64) time.Duration { return time.Second }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const calls = 6000
				b := &bucket{rate: 200, burst: test.burst, latency: 50 * time.Millisecond, after: test.after}
				e := New(t.Context(), Options{Concurrency: test.concurrency})
				t.Cleanup(e.Close)
				target := model.Target{Name: "fast", BaseURL: "http://bubble.test/v1", ID: "m", Concurrency: test.concurrency}
				m, err := e.Wrap(overPipes(t, b, target), target)
				require.NoError(t, err)
				var next, lost atomic.Int64
				var workers sync.WaitGroup
				start := time.Now()
				for range test.concurrency {
					workers.Go(func() {
						for next.Add(1) <= calls {
							if _, err := m.Complete(t.Context(), ask()); err != nil {
								lost.Add(1)
							}
						}
					})
				}
				workers.Wait()
				rate := calls / time.Since(start).Seconds()
				require.Zero(t, lost.Load())
				require.Greater(t, rate, 0.95*b.rate)
				require.Less(t, float64(b.refused), 0.05*float64(b.taken+b.refused))
				stats := e.Stats()
				require.Equal(t, b.refused, stats.Refused)
				require.Equal(t, calls, stats.Calls)
			})
		})
	}
}

// A hung server costs a call its timeout and no more: the next attempt is made.
func TestHungAttemptsThroughTheClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		hangs := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if asked.Add(1)%4 == 0 {
				<-r.Context().Done()
				return
			}
			_, _ = io.WriteString(w, answer)
		})
		e := New(t.Context(), Options{Concurrency: 8})
		t.Cleanup(e.Close)
		target := model.Target{Name: "fast", BaseURL: "http://bubble.test/v1", ID: "m", Concurrency: 8, Timeout: 3 * second}
		m, err := e.Wrap(overPipes(t, hangs, target), target)
		require.NoError(t, err)
		start := time.Now()
		var calls sync.WaitGroup
		for range 30 {
			calls.Go(func() {
				_, err := m.Complete(t.Context(), ask())
				if failure, ok := errors.AsType[*model.Error](err); ok {
					t.Error(fmt.Errorf("lost: %w", failure))
				}
			})
		}
		calls.Wait()
		require.Less(t, time.Since(start), 30*second)
		require.Greater(t, asked.Load(), int64(35), "some attempts were hung")
	})
}
