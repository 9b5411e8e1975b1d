package queue_test

import (
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"promptbench/internal/model/queue"
)

// documentedConfig is the server's configuration that docs/scale.md shows, on a port and with a directory of its own.
func documentedConfig(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "scale.md"))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "<!-- test:queue.conf -->\n```\n")
	require.True(t, found)
	config, _, found := strings.Cut(rest, "```\n")
	require.True(t, found)
	for old, now := range map[string]string{
		"0.0.0.0:4222": "127.0.0.1:-1", "/var/lib/promptbench-queue": filepath.ToSlash(t.TempDir()),
		"$RUN_PASSWORD": "rennen12", "$WORKER_PASSWORD": "schaffen12",
	} {
		require.Contains(t, config, old)
		config = strings.ReplaceAll(config, old, now)
	}
	path := filepath.Join(t.TempDir(), "queue.conf")
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))
	return path
}

// The worker of docs/scale.md may do what it has to, small and large, and nothing that is the coordinator's.
func TestDocumentedServer(t *testing.T) {
	t.Parallel()
	o, err := server.ProcessConfigFile(documentedConfig(t))
	require.NoError(t, err)
	o.NoLog, o.NoSigs = true, true
	s, err := server.NewServer(o)
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	require.True(t, s.ReadyForConnections(10*time.Second))
	as := func(user, password string) *queue.Connection {
		c, err := queue.Connect(queue.Options{URL: s.ClientURL(), User: user, Password: password})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		return c
	}
	worker := as("worker", "schaffen12")
	soon, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond) // a server does not answer what it forbids
	defer cancel()
	work(t, worker, echo, nil) // before there is anything to work on
	_, err = worker.Open(soon, "run", spec())
	require.Error(t, err, "a worker made streams")

	l := open(t, as("run", "rennen12"), spec())
	askAll(t, l, 20)
	r := request(strings.Repeat("길다 ", 500_000))
	resp, err := l.Complete(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, sha256.Sum256(r.Body), sha256.Sum256([]byte(resp.Reply)), "the reply is another")
	l.Stored(t.Context(), r.Key)
	require.NoError(t, l.Close(t.Context(), true))
	later, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err = worker.Open(later, "run", spec())
	require.Error(t, err, "a worker made a run")
}
