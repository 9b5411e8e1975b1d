package queue_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/model/engine"
	"promptbench/internal/model/queue"
	"promptbench/internal/model/queue/embedded"
)

func start(t *testing.T) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(t.TempDir(), -1)
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	return s
}

// startTwice starts a server that the test stops, and starts again at its place with what it has stored.
func startTwice(t *testing.T) (s *embedded.Server, again func()) {
	t.Helper()
	dir := t.TempDir()
	s, err := embedded.Start(dir, -1)
	require.NoError(t, err)
	at, err := url.Parse(s.URL())
	require.NoError(t, err)
	port, err := strconv.Atoi(at.Port())
	require.NoError(t, err)
	return s, func() {
		second, err := embedded.Start(dir, port)
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(second.Stop)
	}
}

func connect(t *testing.T, s *embedded.Server) *queue.Connection {
	t.Helper()
	c, err := queue.Connect(queue.Options{URL: s.URL(), Name: t.Name()})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func spec() queue.Spec {
	return queue.Spec{
		Run: "run-1", API: api.Chat{}.Kind(), Endpoint: model.Local, Model: "m", Version: "v1",
		Timeout: 5 * time.Second, Lease: time.Second,
	}
}

func open(t *testing.T, c *queue.Connection, s queue.Spec) *queue.Coordinator {
	t.Helper()
	l, err := c.Open(t.Context(), queue.ID(s.Run), s)
	require.NoError(t, err)
	return l
}

// A modelFunc is a model that is a function.
type modelFunc func(context.Context, model.Request) (model.Response, error)

func (f modelFunc) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	return f(ctx, r)
}

func echo(_ context.Context, r model.Request) (model.Response, error) {
	return model.Response{
		Reply: string(r.Body), FinishReason: "stop", Usage: &model.Usage{InputTokens: 1}, At: time.Now().UTC(),
	}, nil
}

// work runs a worker until the test ends or the returned function is called, which waits for the calls under way.
func work(t *testing.T, c *queue.Connection, m modelFunc, change func(*queue.Worker)) (stop func()) {
	t.Helper()
	w := &queue.Worker{
		Connection: c, Name: "w", Version: "v1", Calls: 8,
		Serve: func(s queue.Spec) (model.Model, error) {
			if s.Endpoint != model.Local || s.Model != "m" {
				return nil, fmt.Errorf("no model %s at %s", s.Model, s.Endpoint)
			}
			return m, nil
		},
	}
	if change != nil {
		change(w)
	}
	stopped := make(chan struct{})
	ended := make(chan error, 1)
	go func() { ended <- w.Run(t.Context(), stopped) }()
	stop = sync.OnceFunc(func() {
		close(stopped)
		require.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	return stop
}

func request(input string) model.Request {
	r, err := model.Target{API: api.Chat{}, Endpoint: model.Local, ID: "m"}.Prepare(model.Request{
		Messages: []model.Message{{Role: "user", Content: input}}, Trial: 1,
	})
	if err != nil {
		panic(err)
	}
	return r
}

// askAll asks n things at once and stores the replies.
func askAll(t *testing.T, l *queue.Coordinator, n int) {
	t.Helper()
	var all sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		all.Go(func() {
			r := request(fmt.Sprintf("할 일 <%d> & 👩‍👩‍👧", i))
			resp, err := l.Complete(t.Context(), r)
			if err == nil && resp.Reply != string(r.Body) {
				err = fmt.Errorf("reply %s to %s", resp.Reply, r.Body)
			}
			errs[i] = err
			l.Stored(t.Context(), r.Key)
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
}

func TestWorkersAnswer(t *testing.T) {
	t.Parallel()
	s := start(t)
	for range 3 {
		work(t, connect(t, s), echo, nil)
	}
	l := open(t, connect(t, s), spec())
	askAll(t, l, 300)
	require.NoError(t, l.Close(t.Context(), true))

	// Nothing stays behind.
	l = open(t, connect(t, s), spec())
	require.Zero(t, l.Adopted())
	require.NoError(t, l.Close(t.Context(), true))
}

func TestFailureIsTheWorkers(t *testing.T) {
	t.Parallel()
	s := start(t)
	work(t, connect(t, s), func(context.Context, model.Request) (model.Response, error) {
		return model.Response{}, &model.Error{
			Kind: model.KindRateLimited, Status: 429, RetryAfter: 3 * time.Second, BaseURL: "http://there",
		}
	}, nil)
	l := open(t, connect(t, s), spec())
	for range 3 { // each attempt is an item of its own
		_, err := l.Complete(t.Context(), request("가"))
		failure, ok := errors.AsType[*model.Error](err)
		require.True(t, ok)
		require.Equal(t, 3*time.Second, failure.RetryAfter)
		require.Equal(
			t, "http://there limits the rate of calls (429); lower --concurrency or try again later", failure.Error(),
		)
	}
	require.NoError(t, l.Close(t.Context(), true))
}

// What ends a run names the worker that has to be looked at.
func TestFatalFailureNamesTheWorker(t *testing.T) {
	t.Parallel()
	s := start(t)
	work(t, connect(t, s), func(context.Context, model.Request) (model.Response, error) {
		return model.Response{}, &model.Error{
			Kind: model.KindAuth, Status: 401, BaseURL: "http://127.0.0.1:8080/v1", KeyEnv: "FARM_KEY",
		}
	}, func(w *queue.Worker) { w.Name = "host-7/\x1b[31m12" })
	l := open(t, connect(t, s), spec())
	_, err := l.Complete(t.Context(), request("가"))
	require.EqualError(
		t, err,
		"http://127.0.0.1:8080/v1 refused the key in FARM_KEY (401); check the key and what it may use (worker "+
			"host-7/[31m12)",
	)
	require.NoError(t, l.Close(t.Context(), true))
}

func TestSameRequestTwiceIsOneCall(t *testing.T) {
	t.Parallel()
	s := start(t)
	var calls atomic.Int32
	release := make(chan struct{})
	work(t, connect(t, s), func(ctx context.Context, r model.Request) (model.Response, error) {
		calls.Add(1)
		<-release
		return echo(ctx, r)
	}, nil)
	l := open(t, connect(t, s), spec())
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if _, err := l.Complete(t.Context(), request("가")); err != nil {
				t.Error(err)
			}
		})
	}
	require.Eventually(t, func() bool { return calls.Load() == 1 }, 5*time.Second, time.Millisecond)
	close(release)
	both.Wait()
	require.EqualValues(t, 1, calls.Load())
	require.NoError(t, l.Close(t.Context(), true))
}

func TestLargeBodiesAndReplies(t *testing.T) {
	t.Parallel()
	s := start(t)
	work(t, connect(t, s), echo, nil)
	l := open(t, connect(t, s), spec())
	r := request(strings.Repeat("길다 ", 500_000))
	require.Greater(t, len(r.Body), 3<<20)
	resp, err := l.Complete(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, sha256.Sum256(r.Body), sha256.Sum256([]byte(resp.Reply)), "the reply is another")
	l.Stored(t.Context(), r.Key)
	require.NoError(t, l.Close(t.Context(), true))
}

// The item of a worker that falls silent goes to another one.
func TestSilentWorker(t *testing.T) {
	t.Parallel()
	s := start(t)
	gone := connect(t, s)
	taken := make(chan struct{})
	dead := &queue.Worker{Connection: gone, Name: "dead", Version: "v1", Calls: 1, Serve: func(
		queue.Spec,
	) (model.Model, error) {
		return modelFunc(func(context.Context, model.Request) (model.Response, error) {
			gone.Close() // the process is dead, as far as anybody sees
			close(taken)
			return model.Response{}, errors.New("lost")
		}), nil
	}}
	ended := make(chan error)
	go func() { ended <- dead.Run(t.Context(), nil) }()
	l := open(t, connect(t, s), spec())
	var ask sync.WaitGroup
	ask.Go(func() { askAll(t, l, 1) })
	<-taken
	require.ErrorContains(t, <-ended, "the queue at nats://127.0.0.1")
	work(t, connect(t, s), echo, nil)
	ask.Wait()
	require.NoError(t, l.Close(t.Context(), true))
}

// A call that takes longer than the lease is not given to another worker as long as the one that makes it says that it
// does.
func TestLongCallKeepsItsWorker(t *testing.T) {
	t.Parallel()
	s := start(t)
	var calls atomic.Int32
	for range 2 {
		work(t, connect(t, s), func(ctx context.Context, r model.Request) (model.Response, error) {
			calls.Add(1)
			timer := time.NewTimer(2 * time.Second)
			defer timer.Stop()
			<-timer.C
			return echo(ctx, r)
		}, nil)
	}
	long := spec()
	long.Lease = 500 * time.Millisecond
	l := open(t, connect(t, s), long)
	askAll(t, l, 1)
	require.EqualValues(t, 1, calls.Load())
	require.NoError(t, l.Close(t.Context(), true))
}

// An item that kills every worker which takes it fails its trial, and no more.
func TestPoisonItem(t *testing.T) {
	t.Parallel()
	s := start(t)
	var taken atomic.Int32
	stopped := make(chan struct{})
	victim := func() {
		c := connect(t, s)
		w := &queue.Worker{Connection: c, Name: "victim", Version: "v1", Calls: 1, Serve: func(
			queue.Spec,
		) (model.Model, error) {
			return modelFunc(func(ctx context.Context, r model.Request) (model.Response, error) {
				if strings.Contains(string(r.Body), "독") {
					taken.Add(1)
					c.Close()
				}
				return echo(ctx, r)
			}), nil
		}}
		_ = w.Run(t.Context(), stopped)
	}
	var victims sync.WaitGroup
	victims.Go(func() {
		for {
			select {
			case <-stopped:
				return
			default:
				victim()
			}
		}
	})
	quick := spec()
	quick.Lease = 300 * time.Millisecond
	l := open(t, connect(t, s), quick)
	_, err := l.Complete(t.Context(), request("독"))
	failure, ok := errors.AsType[*model.Error](err)
	require.True(t, ok)
	require.Equal(t, model.KindWorkerLost, failure.Kind)
	require.False(t, failure.Retryable())
	require.False(t, failure.Fatal())
	require.Equal(t, "given up after 5 workers that had this call were lost", failure.Error())
	require.EqualValues(t, 5, taken.Load())
	askAll(t, l, 3)
	require.NoError(t, l.Close(t.Context(), true))
	close(stopped)
	victims.Wait()
}

// The next coordinator gets the replies that the last one did not store, waits for the calls that are under way, and
// has none made twice.
func TestLaneIsTakenOver(t *testing.T) {
	t.Parallel()
	s := start(t)
	var calls sync.Map
	held := make(chan struct{})
	work(t, connect(t, s), func(ctx context.Context, r model.Request) (model.Response, error) {
		n, _ := calls.LoadOrStore(string(r.Body), new(atomic.Int32))
		n.(*atomic.Int32).Add(1) //nolint:errcheck // stored above
		if strings.Contains(string(r.Body), "느리다") {
			<-held
		}
		return echo(ctx, r)
	}, nil)
	first := connect(t, s)
	l := open(t, first, spec())
	stored, unstored, slow := request("저장"), request("미저장"), request("느리다")
	for _, r := range []model.Request{stored, unstored} {
		_, err := l.Complete(t.Context(), r)
		require.NoError(t, err)
	}
	l.Stored(t.Context(), stored.Key)
	go func() { _, _ = l.Complete(t.Context(), slow) }()
	require.Eventually(
		t, func() bool { _, ok := calls.Load(string(slow.Body)); return ok }, 5*time.Second, time.Millisecond,
	)
	first.Close() // killed

	l = open(t, connect(t, s), spec())
	require.Equal(t, 2, l.Adopted(), "the reply that was not stored, and the call under way")
	resp, err := l.Complete(t.Context(), unstored)
	require.NoError(t, err)
	require.Equal(t, string(unstored.Body), resp.Reply)
	close(held)
	_, err = l.Complete(t.Context(), slow)
	require.NoError(t, err)
	_, err = l.Complete(t.Context(), request("새것"))
	require.NoError(t, err)
	require.NoError(t, l.Close(t.Context(), true))
	calls.Range(func(wire, n any) bool {
		require.EqualValues(t, 1, n.(*atomic.Int32).Load(), wire) //nolint:errcheck // stored above
		return true
	})
}

// A reply that is not stored is not taken out of the queue, however the run ends.
func TestReplyStaysUntilItIsStored(t *testing.T) {
	t.Parallel()
	s := start(t)
	work(t, connect(t, s), echo, nil)
	l := open(t, connect(t, s), spec())
	_, err := l.Complete(t.Context(), request("가"))
	require.NoError(t, err)
	require.NoError(t, l.Close(t.Context(), false))
	l = open(t, connect(t, s), spec())
	require.Equal(t, 1, l.Adopted())
	require.NoError(t, l.Close(t.Context(), true))
}

// A run may take longer to store a reply than the server waits before it delivers that again.
func TestReplyThatIsStoredLate(t *testing.T) {
	t.Parallel()
	s := start(t)
	var calls atomic.Int32
	work(t, connect(t, s), func(ctx context.Context, r model.Request) (model.Response, error) {
		calls.Add(1)
		return echo(ctx, r)
	}, nil)
	quick := spec()
	quick.Lease = 300 * time.Millisecond
	first := connect(t, s)
	l := open(t, first, quick)
	r := request("가")
	_, err := l.Complete(t.Context(), r)
	require.NoError(t, err)
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	<-timer.C
	first.Close() // killed before it was stored
	l = open(t, connect(t, s), quick)
	require.Equal(t, 1, l.Adopted())
	_, err = l.Complete(t.Context(), r)
	require.NoError(t, err)
	l.Stored(t.Context(), r.Key)
	require.NoError(t, l.Close(t.Context(), false))
	l = open(t, connect(t, s), quick)
	require.Zero(t, l.Adopted())
	require.NoError(t, l.Close(t.Context(), true))
	require.EqualValues(t, 1, calls.Load())
}

func TestOtherVersionIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	work(t, connect(t, s), echo, func(w *queue.Worker) { w.Version = "v2" })
	var mu sync.Mutex
	var notes []string
	c, err := queue.Connect(
		queue.Options{URL: s.URL(), Note: func(text string) { mu.Lock(); notes = append(notes, text); mu.Unlock() }},
	)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	l := open(t, c, spec())
	_, err = l.Complete(t.Context(), request("가"))
	failure, ok := errors.AsType[*model.Error](err)
	require.True(t, ok)
	require.True(t, failure.Fatal())
	require.Equal(
		t, "worker w is refused: it is promptbench v2, and the run is one of promptbench v1; use the same on both sides",
		failure.Error(),
	)
	mu.Lock()
	require.Contains(t, notes, failure.Error())
	mu.Unlock()
	require.NoError(t, l.Close(t.Context(), true))
}

// Beside workers of the right version, one of another is just left out.
func TestOtherVersionBesideTheRightOne(t *testing.T) {
	t.Parallel()
	s := start(t)
	var other atomic.Int32
	work(t, connect(t, s), echo, nil)
	l := open(t, connect(t, s), spec())
	askAll(t, l, 1)
	work(t, connect(t, s), func(ctx context.Context, r model.Request) (model.Response, error) {
		other.Add(1)
		return echo(ctx, r)
	}, func(w *queue.Worker) { w.Version = "v2" })
	askAll(t, l, 200)
	require.Zero(t, other.Load())
	require.NoError(t, l.Close(t.Context(), true))
}

func TestUnknownModelIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	work(t, connect(t, s), echo, nil)
	unknown := spec()
	unknown.Model = "other"
	l := open(t, connect(t, s), unknown)
	_, err := l.Complete(t.Context(), request("가"))
	require.ErrorContains(t, err, "worker w takes no calls of run-1: no model other at local")
	require.NoError(t, l.Close(t.Context(), true))
}

// Two runs at once share the workers.
func TestTwoLanes(t *testing.T) {
	t.Parallel()
	s := start(t)
	work(t, connect(t, s), echo, nil)
	var both sync.WaitGroup
	for _, run := range []string{"run-1", "run-2"} {
		both.Go(func() {
			one := spec()
			one.Run = run
			l, err := connect(t, s).Open(t.Context(), queue.ID(run), one)
			if err != nil {
				t.Error(err)
				return
			}
			askAll(t, l, 100)
			if err := l.Close(t.Context(), true); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
}

// The limits of the run hold over all workers together.
func TestLimitsHoldOverAllWorkers(t *testing.T) {
	t.Parallel()
	s := start(t)
	p := &pairs{meet: make(chan struct{})}
	for range 3 {
		work(t, connect(t, s), p.Complete, nil)
	}
	l := open(t, connect(t, s), spec())
	e := engine.New(t.Context(), engine.Options{Concurrency: 4})
	t.Cleanup(e.Close)
	m, err := e.Wrap(l, model.Target{Name: "m", ID: "m", BaseURL: "http://127.0.0.1:1/v1"})
	require.NoError(t, err)
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			r := request(fmt.Sprint(i))
			if _, err := m.Complete(t.Context(), r); err != nil {
				t.Error(err)
			}
			l.Stored(t.Context(), r.Key)
		})
	}
	all.Wait()
	require.NoError(t, l.Close(t.Context(), true))
	require.LessOrEqual(t, p.most.Load(), int32(4), "calls at once, over three workers")
	require.Greater(t, p.most.Load(), int32(1))
}

// With no worker there, a run that must not wait any more ends.
func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	s := start(t)
	quick := spec()
	quick.Timeout, quick.Lease = 100*time.Millisecond, 300*time.Millisecond
	l := open(t, connect(t, s), quick)
	e := engine.New(t.Context(), engine.Options{Deadline: new(50 * time.Millisecond)})
	t.Cleanup(e.Close)
	m, err := e.Wrap(l, model.Target{Name: "m", ID: "m", BaseURL: "http://127.0.0.1:1/v1"})
	require.NoError(t, err)
	_, err = m.Complete(t.Context(), request("가"))
	require.ErrorContains(t, err, "stopped at --deadline 50ms")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = l.Complete(ctx, request("나"))
	require.Error(t, err)
	require.NoError(t, l.Close(t.Context(), true))
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	_, err := queue.Connect(queue.Options{URL: "nats://user:geheim12@127.0.0.1:1"})
	require.ErrorContains(t, err, "connecting to the queue at nats://127.0.0.1:1: ")
	require.ErrorContains(t, err, "is the server running?")
	require.NotContains(t, err.Error(), "geheim12")
	_, err = queue.Connect(queue.Options{URL: "nats://user:ge heim12@127.0.0.1:x"})
	require.ErrorContains(t, err, "the address of the queue is none")
	require.NotContains(t, err.Error(), "heim12")
}
