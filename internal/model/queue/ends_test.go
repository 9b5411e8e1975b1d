package queue_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/engine"
	"promptbench/internal/model/queue"
	"promptbench/internal/model/queue/embedded"
)

// What an operator deletes from the server during a run is made anew, whichever of the streams it was, and the run goes
// on.
func TestDeletedStreams(t *testing.T) {
	t.Parallel()
	for _, streams := range [][]string{
		{"PROMPTBENCH_WORK"}, {"PROMPTBENCH_REPLIES"}, {"PROMPTBENCH_WORK", "PROMPTBENCH_REPLIES"},
	} {
		t.Run(fmt.Sprint(streams), func(t *testing.T) {
			t.Parallel()
			s, again := startTwice(t)
			l := open(t, connect(t, s), spec())
			work(t, connect(t, s), echo, nil)
			askAll(t, l, 20)

			raw, err := nats.Connect(s.URL())
			require.NoError(t, err)
			defer raw.Close()
			js, err := jetstream.New(raw)
			require.NoError(t, err)
			for _, name := range streams {
				require.NoError(t, js.DeleteStream(t.Context(), name))
			}
			var ask sync.WaitGroup
			ask.Go(func() { askAll(t, l, 40) })
			s.Stop() // what is missing is looked for at each reconnect, and now and then
			again()
			ask.Wait()
			require.NoError(t, l.Close(t.Context(), true))
		})
	}
}

// Where no worker has begun a call, a run that must not wait any more ends at once, and the item is taken back. One
// that a worker is making is finished.
func TestWhatNobodyHasBegunIsWithdrawn(t *testing.T) {
	t.Parallel()
	s := start(t)
	patient := spec()
	patient.Timeout = time.Hour
	l := open(t, connect(t, s), patient)
	begun, release := make(chan struct{}), make(chan struct{})
	e := engine.New(t.Context(), engine.Options{})
	t.Cleanup(e.Close)
	m, err := e.Wrap(l, model.Target{Name: "m", ID: "m", BaseURL: "http://127.0.0.1:1/v1"})
	require.NoError(t, err)

	stop := work(t, connect(t, s), func(ctx context.Context, r model.Request) (model.Response, error) {
		close(begun)
		<-release
		return echo(ctx, r)
	}, func(w *queue.Worker) { w.Calls = 1 })
	results := make(chan error, 2)
	ask := func(input string) { _, err := m.Complete(t.Context(), request(input)); results <- err }
	go ask("가")
	<-begun
	go ask("나")
	require.Eventually(t, func() bool { // both are out
		consumer, err := jetStream(t, s).Consumer(t.Context(), "PROMPTBENCH_WORK", queue.ID("run-1"))
		return err == nil && consumer.CachedInfo().NumAckPending == 1 && consumer.CachedInfo().NumPending == 1
	}, 5*time.Second, 10*time.Millisecond)
	e.Drain()
	require.ErrorContains(t, <-results, "interrupted")
	close(release)
	require.NoError(t, <-results, "the call that was under way")
	stop()
	require.NoError(t, l.Close(t.Context(), false))
}

// A server that has no room says so to a person, and is asked again.
func TestServerWithoutRoom(t *testing.T) {
	t.Parallel()
	s := start(t)
	js := jetStream(t, s)
	full := jetstream.StreamConfig{
		Name: "PROMPTBENCH_WORK", Subjects: []string{"promptbench.work.>"}, Retention: jetstream.WorkQueuePolicy, MaxMsgs: 1,
		Discard: jetstream.DiscardNew,
	}
	_, err := js.CreateStream(t.Context(), full)
	require.NoError(t, err)
	notes := make(chan string, 100)
	c, err := queue.Connect(queue.Options{URL: s.URL(), Note: func(text string) { notes <- text }})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	l := open(t, c, spec())
	var ask sync.WaitGroup
	ask.Go(func() { askAll(t, l, 3) })
	require.Regexp(
		t, "^the queue at nats://127.0.0.1:[0-9]+ stores nothing: maximum messages exceeded; trying again$", <-notes,
	)
	full.MaxMsgs = 10
	_, err = js.UpdateStream(t.Context(), full)
	require.NoError(t, err)
	work(t, connect(t, s), echo, nil)
	ask.Wait()
	require.NoError(t, l.Close(t.Context(), true))
}

func jetStream(t *testing.T, s *embedded.Server) jetstream.JetStream {
	t.Helper()
	raw, err := nats.Connect(s.URL())
	require.NoError(t, err)
	t.Cleanup(raw.Close)
	js, err := jetstream.New(raw)
	require.NoError(t, err)
	return js
}

// A worker of the right version that is busy with another run is a worker all the same: one of a wrong version does not
// end the run.
func TestOtherVersionBesideABusyWorker(t *testing.T) {
	t.Parallel()
	s := start(t)
	begun, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	work(t, connect(t, s), func(ctx context.Context, r model.Request) (model.Response, error) {
		once.Do(func() { close(begun) })
		<-release
		return echo(ctx, r)
	}, func(w *queue.Worker) { w.Calls = 1 })
	busy := open(t, connect(t, s), spec())
	var both sync.WaitGroup
	both.Go(func() { askAll(t, busy, 1) })
	<-begun
	work(t, connect(t, s), echo, func(w *queue.Worker) { w.Version = "v2" })
	other := spec()
	other.Run = "run-2"
	l := open(t, connect(t, s), other)
	time.AfterFunc(3*time.Second, func() { close(release) }) // longer than it is looked for another worker
	askAll(t, l, 1)
	both.Wait()
	require.NoError(t, busy.Close(t.Context(), true))
	require.NoError(t, l.Close(t.Context(), true))
}

// Runs that killed coordinators left behind do not keep a worker from the others.
func TestIdleRunsTakeNoSlots(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := connect(t, s)
	for i := range 4 {
		idle := spec()
		idle.Run = fmt.Sprintf("idle-%d", i)
		open(t, c, idle)
	}
	p := &pairs{meet: make(chan struct{})}
	work(t, connect(t, s), p.Complete, func(w *queue.Worker) { w.Calls = 2 })
	l := open(t, c, spec())
	askAll(t, l, 2) // the worker has found all runs
	askAll(t, l, 40)
	require.EqualValues(t, 2, p.most.Load())
	require.NoError(t, l.Close(t.Context(), true))
}

// A pairs is a model that answers two calls at a time: one alone waits for another.
type pairs struct {
	meet        chan struct{}
	under, most atomic.Int32
}

func (p *pairs) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	n := p.under.Add(1)
	defer p.under.Add(-1)
	for seen := p.most.Load(); n > seen; seen = p.most.Load() {
		if p.most.CompareAndSwap(seen, n) {
			break
		}
	}
	select {
	case p.meet <- struct{}{}:
	case <-p.meet:
	case <-ctx.Done():
	}
	return echo(ctx, r)
}

// A run that ends while a worker makes its calls is given up by the worker as well.
func TestRunEndsDuringACall(t *testing.T) {
	t.Parallel()
	s := start(t)
	begun, release := make(chan struct{}), make(chan struct{})
	var worker *queue.Worker
	work(t, connect(t, s), func(ctx context.Context, r model.Request) (model.Response, error) {
		close(begun)
		<-release
		return echo(ctx, r)
	}, func(w *queue.Worker) { w.Calls, worker = 1, w })
	l := open(t, connect(t, s), spec())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _, _ = l.Complete(ctx, request("가")) }()
	<-begun
	require.Equal(t, 1, worker.Tally().Runs)
	cancel()
	<-ended
	require.NoError(t, l.Close(t.Context(), false))
	close(release)
	require.Eventually(t, func() bool { return worker.Tally().Runs == 0 }, 10*time.Second, 10*time.Millisecond)
}
