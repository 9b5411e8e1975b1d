package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"promptbench/internal/model"
)

const (
	// runsEvery is how often a worker looks for runs, besides when one announces itself.
	runsEvery = 2 * time.Second
	// fetchMost is how many items are fetched at once.
	fetchMost = 64
	// fetchWait is how long a fetch waits for items.
	fetchWait = time.Second
	// maxDeliveries is with how many workers an item may be lost.
	maxDeliveries = 5
)

// A Worker makes the calls of all runs that it has a model for.
type Worker struct {
	Connection *Connection
	Name       string // for people: host and process
	Version    string // of the program; see [Spec]
	Calls      int    // made at once, at least 1

	// Serve returns the model that answers a run's calls, or why the worker does not make them.
	Serve func(s Spec) (model.Model, error)

	slots chan struct{}
	work  jetstream.Stream

	mu    sync.Mutex
	known map[string]bool // runs by id: whether the worker takes their items
	tally Tally
}

// A Tally counts what a worker has done.
type Tally struct {
	Answered int // calls with a reply
	Failed   int // calls without one
	Under    int // calls under way
	Runs     int // whose items it takes
}

// Tally returns what the worker has done so far.
func (w *Worker) Tally() Tally {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tally
}

// Run works until stop is closed, and then finishes the calls under way. When ctx ends it gives them back to the queue.
func (w *Worker) Run(ctx context.Context, stop <-chan struct{}) error {
	w.known = map[string]bool{}
	w.slots = make(chan struct{}, max(1, w.Calls))
	announced := make(chan *nats.Msg, 64)
	subscription, err := w.Connection.nats.ChanSubscribe(runsSubject, announced)
	if err != nil {
		return fmt.Errorf("listening to the queue at %s: %w", w.Connection.at, err)
	}
	defer subscription.Unsubscribe() //nolint:errcheck // ends with the connection
	var runs sync.WaitGroup
	defer runs.Wait()
	fetching, done := context.WithCancel(ctx)
	defer done() // before the runs are waited for
	ticker := time.NewTicker(runsEvery)
	defer ticker.Stop()
	for {
		w.find(ctx, func(id string, spec Spec, m model.Model) {
			runs.Go(func() { w.serve(ctx, fetching, id, spec, m) })
		})
		select {
		case m := <-announced:
			w.answer(string(m.Data))
		case <-ticker.C:
		case <-w.Connection.closed:
			return fmt.Errorf("the queue at %s is lost for good: %w",
				w.Connection.at, cmp.Or(w.Connection.nats.LastError(), nats.ErrConnectionClosed))
		case <-stop:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// find begins to serve the runs that are new.
func (w *Worker) find(ctx context.Context, begin func(id string, spec Spec, m model.Model)) {
	if w.work == nil {
		var err error
		if w.work, err = w.Connection.js.Stream(ctx, workStream); err != nil {
			if !isGone(err) && w.isNew("") { // once
				w.Connection.note(fmt.Sprintf("looking for work at %s: %v%s", w.Connection.at, err, hint(err)))
			}
			return // the first run makes it
		}
	}
	list := w.work.ListConsumers(ctx)
	there := map[string]bool{}
	defer func() {
		if list.Err() == nil {
			w.forget(there)
		}
	}()
	for info := range list.Info() {
		there[info.Name] = true
		spec, ok := specOf(info.Config.Metadata)
		if !ok || !w.isNew(info.Name) {
			continue
		}
		if info.Config.AckWait > 0 {
			spec.Lease = info.Config.AckWait
		}
		if why := w.mismatch(info.Name, info.Config.Metadata); why != "" {
			w.refuse(info.Name, why)
			continue
		}
		m, err := w.Serve(spec)
		if err != nil {
			w.refuse(info.Name, fmt.Sprintf("worker %s takes no calls of %s: %v", w.Name, spec.Run, err))
			continue
		}
		w.Connection.note(fmt.Sprintf("taking calls of %s: %s at %s", spec.Run, spec.Model, spec.Endpoint))
		w.accept(info.Name)
		begin(info.Name, spec, m)
	}
}

func specOf(meta map[string]string) (Spec, bool) {
	timeout, err := time.ParseDuration(meta[metaTimeout])
	return Spec{
		Run: meta[metaRun], API: meta[metaAPI], Endpoint: meta[metaEndpoint], Model: meta[metaModel],
		Version: meta[metaVersion], Timeout: timeout, Lease: DefaultLease,
	}, meta[metaProtocol] != "" && err == nil
}

// isNew reports whether a run is new, and from then on it is not.
func (w *Worker) isNew(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.known[id]; known {
		return false
	}
	w.known[id] = true
	return true
}

// answer tells a coordinator that has just announced its run whether the worker takes its items.
func (w *Worker) answer(id string) {
	w.mu.Lock()
	taken, known := w.known[id]
	if known && !taken {
		delete(w.known, id) // looked at anew
	}
	w.mu.Unlock()
	if taken {
		w.accept(id)
	}
}

// forget forgets the refused runs that have ended: all but those that are there.
func (w *Worker) forget(there map[string]bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.DeleteFunc(w.known, func(id string, taken bool) bool { return !taken && !there[id] })
}

// mismatch returns why the worker must not take the items of a run, or nothing.
func (w *Worker) mismatch(run string, meta map[string]string) string {
	if meta[metaProtocol] == protocol && meta[metaVersion] == w.Version {
		if isEqual(meta[metaKey], w.Connection.keyOf(run)) {
			return ""
		}
		return fmt.Sprintf("worker %s is refused: its key of the queue is not the run's; use the same on both sides", w.Name)
	}
	return fmt.Sprintf("worker %s is refused: it is promptbench %s, and the run is one of promptbench %s; "+
		"use the same on both sides", w.Name, w.Version, meta[metaVersion])
}

// accept tells a run's coordinator that its items are taken.
func (w *Worker) accept(run string) {
	m := nats.NewMsg(notePrefix + run)
	m.Header.Set(takesHeader, "1")
	_ = w.Connection.nats.PublishMsg(m) // seen by what it takes, too
}

// refuse notes here, and tells the run's coordinator, why no items are taken.
func (w *Worker) refuse(run, why string) {
	w.mu.Lock()
	w.known[run] = false
	w.mu.Unlock()
	w.Connection.note(why)
	// If it is lost, the coordinator notes that no worker is there.
	_ = w.Connection.nats.Publish(notePrefix+run, []byte(why))
}

// serve takes items of a run until it is gone, stopped ends, or ctx.
func (w *Worker) serve(ctx, stopped context.Context, id string, spec Spec, m model.Model) {
	w.count(func(t *Tally) { t.Runs++ })
	var calls sync.WaitGroup
	defer func() {
		w.count(func(t *Tally) { t.Runs-- })
		w.mu.Lock()
		delete(w.known, id) // so that it is taken up again where it comes back, however long its calls take
		w.mu.Unlock()
		calls.Wait()
	}()
	handle := func(msg jetstream.Msg) {
		calls.Go(func() {
			defer w.release(1)
			w.handle(ctx, msg, id, spec, m)
		})
	}
	consumer, err := w.work.Consumer(ctx, id)
	for err == nil || !isGone(err) {
		if err != nil { // the connection is lost, the server busy, or the run gone
			if model.Sleep(stopped, time.Second) != nil {
				return
			}
			consumer, err = w.work.Consumer(ctx, id)
			continue
		}
		free := w.reserve(stopped)
		if free == 0 {
			return
		}
		wait := fetchWait
		if w.Tally().Runs > 1 {
			// Slots that wait for items of this run are not free for the others.
			w.release(free)
			var first jetstream.Msg
			if _, err = fetch(consumer, 1, fetchWait, func(msg jetstream.Msg) { first = msg }); first == nil {
				continue
			}
			free = w.admit(stopped, first, spec.Lease)
			if free == 0 {
				return
			}
			free--
			handle(first)
			if wait = 0; free == 0 {
				continue
			}
		}
		var got int
		got, err = fetch(consumer, free, wait, handle)
		w.release(free - got)
	}
}

// fetch has items handled, at most n that come within wait, and returns how many. With a wait of 0 it takes only those
// that are there.
func fetch(
	from jetstream.Consumer, n int, wait time.Duration, handle func(jetstream.Msg),
) (got int, err error) {
	var batch jetstream.MessageBatch
	if wait > 0 {
		batch, err = from.Fetch(n, jetstream.FetchMaxWait(wait))
	} else {
		batch, err = from.FetchNoWait(n)
	}
	if err == nil {
		for msg := range batch.Messages() {
			got++
			handle(msg)
		}
		err = batch.Error()
	}
	if errors.Is(err, nats.ErrTimeout) {
		err = nil
	}
	return got, err
}

// admit is [Worker.reserve] for an item that has come already. Where there is nothing more to be done it goes back to
// the queue.
func (w *Worker) admit(ctx context.Context, msg jetstream.Msg, lease time.Duration) int {
	alive := w.beat(msg, lease)
	defer alive()
	free := w.reserve(ctx)
	if free == 0 {
		_ = msg.Nak() // another worker need not wait for the lease to end
	}
	return free
}

// reserve takes as many of the free slots as one fetch may use, at least one. It returns 0 where there is nothing more
// to be done.
func (w *Worker) reserve(ctx context.Context) int {
	select {
	case w.slots <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	if ctx.Err() != nil {
		w.release(1)
		return 0
	}
	for n := 1; n < fetchMost; n++ {
		select {
		case w.slots <- struct{}{}:
		default:
			return n
		}
	}
	return fetchMost
}

func (w *Worker) release(n int) {
	for range n {
		<-w.slots
	}
}

func (w *Worker) count(change func(*Tally)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.tally)
}
