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
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
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

// documentedServer is a server with that configuration.
func documentedServer(t *testing.T) *server.Server {
	t.Helper()
	o, err := server.ProcessConfigFile(documentedConfig(t))
	require.NoError(t, err)
	o.NoLog, o.NoSigs = true, true
	s, err := server.NewServer(o)
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	require.True(t, s.ReadyForConnections(10*time.Second))
	return s
}

// The worker of docs/scale.md may do what it has to, small and large, and nothing that is the coordinator's.
func TestDocumentedServer(t *testing.T) {
	t.Parallel()
	s := documentedServer(t)
	as := func(user, password string) *queue.Connection {
		c, err := queue.Connect(queue.Options{URL: s.ClientURL(), User: user, Password: password})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		return c
	}
	worker := as("worker", "schaffen12")
	var err error
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

// Who has a worker's password can't destroy what is in the queue, can't read what is not a call to be made, and can't
// have calls made.
func TestDocumentedPermissions(t *testing.T) {
	t.Parallel()
	s := documentedServer(t)
	c, err := queue.Connect(queue.Options{URL: s.ClientURL(), User: "run", Password: "rennen12"})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	l := open(t, c, spec())
	t.Cleanup(func() { _ = l.Close(context.WithoutCancel(t.Context()), true) })

	run, err := nats.Connect(s.ClientURL(), nats.UserInfo("run", "rennen12"), nats.CustomInboxPrefix("_INBOX_run"))
	require.NoError(t, err)
	t.Cleanup(run.Close)
	js, err := jetstream.New(run)
	require.NoError(t, err)
	streams := []string{"PROMPTBENCH_WORK", "PROMPTBENCH_REPLIES", "PROMPTBENCH_LARGE_WORK", "PROMPTBENCH_LARGE_REPLIES"}
	id := queue.ID("run-1")
	for i, subject := range []string{
		"promptbench.work.other.k.1", "promptbench.reply.other.k.1", "promptbench.large.work.other.k.1.X.0",
		"promptbench.large.reply.other.k.1.X.0",
	} {
		_, err := js.Publish(t.Context(), subject, []byte("words of a user"))
		require.NoError(t, err, i)
	}

	refused := make(chan string, 1000)
	worker, err := nats.Connect(s.ClientURL(), nats.UserInfo("worker", "schaffen12"), nats.CustomInboxPrefix("_INBOX_worker"),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err.Error() }))
	require.NoError(t, err)
	t.Cleanup(worker.Close)
	isRefused := func(verb, subject string) {
		require.NoError(t, worker.FlushTimeout(5*time.Second))
		select {
		case text := <-refused:
			require.Contains(t, strings.ToLower(text), strings.ToLower("Permissions Violation for "+verb+" to \""+subject+"\""))
		case <-time.After(5 * time.Second):
			t.Errorf("a worker may %s %s", verb, subject)
		}
	}
	for _, subject := range []string{
		">", "_INBOX.>", "_INBOX_run.>", "_INBOX_run.*", "$JS.>", "$SYS.>", "promptbench.>", "promptbench.work.>",
		"promptbench.reply.>", "promptbench.note.>", "promptbench.note." + id, "promptbench.large.>", "$O.>", "$KV.>",
	} {
		_, err := worker.Subscribe(subject, func(*nats.Msg) {})
		require.NoError(t, err)
		isRefused("Subscription", subject)
	}
	forbidden := []string{
		"promptbench.work." + id + ".k.1", "promptbench.work.other.k.1", "promptbench.lanes", "promptbench.large.work.other.k.1.X.0",
		"$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.INFO", "$JS.API.STREAM.CREATE.NEW", "$JS.API.STREAM.TEMPLATE.NAMES",
		"$JS.API.CONSUMER.MSG.NEXT.PROMPTBENCH_REPLIES." + id, "$JS.ACK.PROMPTBENCH_REPLIES." + id + ".1.1.1.1.0",
		"$JS.API.STREAM.MSG.GET.PROMPTBENCH_WORK", "$JS.API.STREAM.MSG.GET.PROMPTBENCH_REPLIES",
		"$JS.API.STREAM.MSG.GET.PROMPTBENCH_LARGE_REPLIES", "$JS.API.CONSUMER.LIST.PROMPTBENCH_REPLIES", "_INBOX_run.x", "_INBOX.x",
	}
	for _, stream := range streams {
		for _, api := range []string{
			"STREAM.DELETE.", "STREAM.PURGE.", "STREAM.UPDATE.", "STREAM.MSG.DELETE.", "STREAM.SNAPSHOT.", "STREAM.RESTORE.",
			"STREAM.LEADER.STEPDOWN.", "STREAM.PEER.REMOVE.", "DIRECT.GET.", "CONSUMER.CREATE.", "CONSUMER.NAMES.",
		} {
			forbidden = append(forbidden, "$JS.API."+api+stream)
		}
		for _, api := range []string{
			"CONSUMER.CREATE." + stream + ".mine", "CONSUMER.DURABLE.CREATE." + stream + ".mine",
			"CONSUMER.DELETE." + stream + "." + id, "CONSUMER.PAUSE." + stream + "." + id,
			"CONSUMER.LEADER.STEPDOWN." + stream + "." + id, "CONSUMER.UNPIN." + stream + "." + id,
		} {
			forbidden = append(forbidden, "$JS.API."+api)
		}
	}
	for _, subject := range forbidden {
		require.NoError(t, worker.Publish(subject, []byte("{}")))
		isRefused("Publish", subject)
	}
	// What it may write to can't be emptied by a message, either.
	for _, subject := range []string{"promptbench.reply.other.k.2", "promptbench.large.reply.other.k.2.X.0"} {
		m := nats.NewMsg(subject)
		m.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupAll)
		require.NoError(t, worker.PublishMsg(m))
	}
	require.NoError(t, worker.FlushTimeout(5*time.Second))
	for _, name := range streams {
		stream, err := js.Stream(t.Context(), name)
		require.NoError(t, err, "%s was deleted", name)
		require.Positive(t, stream.CachedInfo().State.Msgs, "%s was emptied", name)
	}
	_, err = js.Consumer(t.Context(), "PROMPTBENCH_WORK", id)
	require.NoError(t, err, "the run's lane was deleted")
}
