package queue_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/queue"
	"promptbench/internal/model/queue/embedded"
)

const queueKey = "0123456789abcdef-key-of-the-queue"

func connectWith(t *testing.T, s *embedded.Server, key string, note func(string)) *queue.Connection {
	t.Helper()
	c, err := queue.Connect(queue.Options{URL: s.URL(), Secret: key, Note: note})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// Who can write to the server and has no key can neither answer a call nor have one made.
func TestForgedMessagesAreIgnored(t *testing.T) {
	t.Parallel()
	s := start(t)
	raw, err := nats.Connect(s.URL())
	require.NoError(t, err)
	t.Cleanup(raw.Close)
	js, err := jetstream.New(raw)
	require.NoError(t, err)
	ignored := make(chan string, 100)
	note := func(text string) {
		if strings.Contains(text, "ignore") {
			ignored <- text
		}
	}
	l := open(t, connectWith(t, s, queueKey, note), spec())
	id, asked := queue.ID("run-1"), request("가")
	forged := make(chan error, 1)
	var calls atomic.Int32
	work(t, connectWith(t, s, queueKey, note), func(ctx context.Context, r model.Request) (model.Response, error) {
		if calls.Add(1) == 1 { // the item is out: its subject is known
			for _, mark := range []string{"", strings.Repeat("0", 64)} {
				m := nats.NewMsg("promptbench.reply." + id + "." + r.Key + ".999999999999999999")
				m.Header.Set("Promptbench-Mark", mark)
				m.Data = []byte(`{"reply":"forged"}`)
				_, err := js.PublishMsg(ctx, m)
				forged <- err
				<-ignored
				break
			}
			item := nats.NewMsg("promptbench.work." + id + "." + request("나").Key + ".1")
			item.Header.Set("Promptbench-Trial", "1")
			item.Data = request("나").Body
			if _, err := js.PublishMsg(ctx, item); err != nil {
				return model.Response{}, err
			}
			<-ignored
		}
		return echo(ctx, r)
	}, nil)
	resp, err := l.Complete(t.Context(), asked)
	require.NoError(t, err)
	require.NoError(t, <-forged)
	require.Equal(t, string(asked.Body), resp.Reply)
	require.EqualValues(t, 1, calls.Load(), "a forged call was made")
	l.Stored(t.Context(), asked.Key)

	big := request(strings.Repeat("길다 ", 400_000))
	resp, err = l.Complete(t.Context(), big)
	require.NoError(t, err)
	require.Equal(t, string(big.Body), resp.Reply)
	l.Stored(t.Context(), big.Key)
	require.NoError(t, l.Close(t.Context(), true))
	for _, name := range []string{"PROMPTBENCH_LARGE_WORK", "PROMPTBENCH_LARGE_REPLIES"} {
		stream, err := js.Stream(t.Context(), name)
		require.NoError(t, err)
		require.Zero(t, stream.CachedInfo().State.Msgs, "%s keeps what is stored", name)
	}
}

func TestKeysMustBeEqual(t *testing.T) {
	t.Parallel()
	for _, keys := range [][2]string{{"", queueKey}, {queueKey, ""}, {queueKey, queueKey + "x"}} {
		s := start(t)
		l := open(t, connectWith(t, s, keys[0], nil), spec())
		work(t, connectWith(t, s, keys[1], nil), echo, nil)
		_, err := l.Complete(t.Context(), request("가"))
		require.ErrorContains(t, err, "its key of the queue is not the run's")
		require.NotContains(t, err.Error(), "0123456789")
	}
	_, err := queue.Connect(queue.Options{URL: "nats://127.0.0.1:1", Secret: "short"})
	require.ErrorContains(t, err, "has 5 characters; use at least 16")
}

// A message can't have a side read without end, or what belongs to another.
func TestPartsAreBounded(t *testing.T) {
	t.Parallel()
	s := start(t)
	raw, err := nats.Connect(s.URL())
	require.NoError(t, err)
	t.Cleanup(raw.Close)
	js, err := jetstream.New(raw)
	require.NoError(t, err)
	patient := spec()
	l := open(t, connect(t, s), patient)
	for i, parts := range []string{
		"x 99999999999", "x -1", "x", "x 0", "x.y 1", "> 1", "* 1", " 1", "x 1.5", "missing 1",
	} {
		r := request(fmt.Sprint(i))
		done := make(chan error, 1)
		go func() {
			_, err := l.Complete(t.Context(), r)
			done <- err
		}()
		m := nats.NewMsg("promptbench.reply." + queue.ID("run-1") + "." + r.Key + ".9999999999999999" + fmt.Sprint(i))
		m.Header.Set("Promptbench-Parts", parts)
		require.Eventually(t, func() bool {
			stream, err := js.Stream(t.Context(), "PROMPTBENCH_WORK")
			return err == nil && stream.CachedInfo().State.Msgs > uint64(i)
		}, 10*time.Second, 10*time.Millisecond)
		_, err := js.PublishMsg(t.Context(), m)
		require.NoError(t, err)
		failure, ok := errors.AsType[*model.Error](<-done)
		require.True(t, ok, parts)
		require.Equal(t, model.KindMalformed, failure.Kind, parts)
	}
	big := request(strings.Repeat("x", 65<<20))
	_, err = l.Complete(t.Context(), big)
	require.ErrorContains(t, err, "are too many for the queue, which takes")
	require.NoError(t, l.Close(t.Context(), true))
}

// A server that stays away ends the run, and the worker, with an error.
func TestServerThatIsGone(t *testing.T) {
	t.Parallel()
	s := start(t)
	begun := make(chan struct{})
	dial := func() *queue.Connection {
		c, err := queue.Connect(queue.Options{URL: s.URL(), Patience: 500 * time.Millisecond})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		return c
	}
	w := &queue.Worker{
		Connection: dial(), Name: "w", Version: "v1", Calls: 1,
		Serve: func(queue.Spec) (model.Model, error) {
			return modelFunc(func(ctx context.Context, r model.Request) (model.Response, error) {
				close(begun)
				s.Stop()
				return echo(ctx, r)
			}), nil
		},
	}
	ended := make(chan error, 1)
	go func() { ended <- w.Run(t.Context(), nil) }()
	l := open(t, dial(), spec())
	start := time.Now()
	_, err := l.Complete(t.Context(), request("가"))
	require.ErrorContains(t, err, "is lost for good; run the same command again to finish")
	<-begun
	require.ErrorContains(t, <-ended, "is lost for good")
	require.Less(t, time.Since(start), 30*time.Second)
	require.Error(t, l.Close(t.Context(), false))
	require.Less(t, time.Since(start), time.Minute)
}
