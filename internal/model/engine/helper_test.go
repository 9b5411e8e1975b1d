package engine

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/testing/fakeopenai"
)

const testKey = "sk-test-0123456789abcdef"

// ask is a small request with Korean text and a joined emoji.
func ask() model.Request {
	return model.Request{Trial: 1, Messages: []model.Message{
		{Role: "system", Content: "할 일을 나눠 주세요. <b> & </b>"},
		{Role: "user", Content: "내일 오전 10시에 치과 가기 👨‍👩‍👧"},
	}}
}

func always(r fakeopenai.Reply) fakeopenai.Handler {
	return func(fakeopenai.Request) fakeopenai.Reply { return r }
}

func serve(t *testing.T, handlers ...fakeopenai.Handler) *fakeopenai.Server {
	t.Helper()
	s := fakeopenai.New(handlers...)
	t.Cleanup(s.Close)
	return s
}

func client(t *testing.T, target model.Target) *Client {
	t.Helper()
	if target.ID == "" {
		target.ID = "gemma-3-270m"
	}
	if target.API == nil {
		target.API = api.Chat{}
	}
	c, err := newClient(target, noProxy)
	require.NoError(t, err)
	return c
}

func noProxy(*http.Request) (*url.URL, error) { return nil, nil }

// failure asks once and returns the error.
func failure(t *testing.T, m model.Model) *model.Error {
	t.Helper()
	_, err := m.Complete(t.Context(), ask())
	e, ok := errors.AsType[*model.Error](err)
	require.True(t, ok, "want an *Error, got %v", err)
	return e
}

// modelFunc is a Model made of a function.
type modelFunc func(ctx context.Context, r model.Request) (model.Response, error)

func (f modelFunc) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	return f(ctx, r)
}

// limited has m wait for its turn at l, and retried has it tried again. Each keeps what a step below it says of a call.
func limited(l *limiter, m model.Model) step { return l.limit(stepOf(m)) }

func retried(m model.Model, p Policy) step { return retry(stepOf(m), p) }

func stepOf(m model.Model) step {
	if s, ok := m.(step); ok {
		return s
	}
	return attemptOf(m)
}

// A clock moves only when someone sleeps on it.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, d)
	c.now = c.now.Add(d)
	return ctx.Err()
}
