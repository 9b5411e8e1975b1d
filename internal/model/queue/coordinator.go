package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"promptbench/internal/model"
)

// The metadata of a run's consumer, by which a worker can tell whether it has a model for the run.
const (
	metaProtocol = "promptbench_protocol"
	metaVersion  = "promptbench_version"
	metaEndpoint = "promptbench_endpoint"
	metaAPI      = "promptbench_api"
	metaModel    = "promptbench_model"
	metaTimeout  = "promptbench_timeout"
	metaRun      = "promptbench_run"
	metaKey      = "promptbench_key" // see [Connection.keyOf]
)

// A Spec is what workers have to know of a run.
type Spec struct {
	Run      string        // the id of the run
	API      string        // the kind of the API, see [model.API]
	Endpoint string        // the label of the endpoint
	Model    string        // the id of the model there
	Version  string        // of the program; only workers of the same version take items
	Timeout  time.Duration // of one attempt
	Lease    time.Duration // an item whose worker is silent for so long goes to another
}

// DefaultLease is how long a worker may be silent where a [Spec] does not say.
const DefaultLease = 30 * time.Second

// How long a request for replies is valid, and how often the server confirms it.
const (
	inboxExpiry    = 10 * time.Second
	inboxHeartbeat = 2 * time.Second
)

// openWithin is how long a server may take to make what a run needs.
const openWithin = 30 * time.Second

// A Coordinator has workers make the calls of one run. It answers requests as a model does, one attempt a call.
//
// What it leaves in the server when it dies, the coordinator of the next run takes over by its id: it gets the replies
// that were not stored yet, waits for the items that are out, and publishes neither again.
type Coordinator struct {
	conn *Connection
	id   string
	spec Spec

	work     jetstream.Stream
	replies  jetstream.Stream
	inbox    jetstream.ConsumeContext
	notes    *nats.Subscription
	checking context.Context //nolint:containedctx // of the goroutines below; ends with Close
	cancel   context.CancelFunc
	after    sync.WaitGroup // goroutines that check the server and the workers
	over     sync.WaitGroup // goroutines that read replies
	isDeaf   bool           // the consumer of replies must be made anew; of the checking goroutine

	mu       sync.Mutex
	attempt  int64                      // number of the last one; larger than any of an earlier coordinator
	calls    map[string]*call           // that wait for a reply, by key
	adopted  map[string]int64           // attempts of an earlier coordinator that nobody has asked for yet
	early    map[string]jetstream.Msg   // their replies
	unstored map[string][]jetstream.Msg // replies that the run has not stored yet
	err      error
	failed   chan struct{} // closed with err
	isAlone  bool          // the last note said that no worker is there
	closing  bool          // nothing new is begun
	hasWork  bool          // a worker has said that it takes the run's items
}

// A call waits for the reply to one attempt. Equal requests share it.
type call struct {
	body    []byte
	trial   int
	attempt int64     // of the item that is out
	since   int64     // replies to earlier attempts are not for it
	sent    time.Time // when its item was last put into the queue; zero while that is being done
	reading int64     // the attempt whose reply is being read
	done    chan struct{}
	resp    model.Response
	err     error
}

// Open returns the coordinator of the run with an id, see [ID]. Where an earlier coordinator left items or replies
// under that id, it goes on with them.
func (c *Connection) Open(ctx context.Context, id string, spec Spec) (*Coordinator, error) {
	if spec.Lease <= 0 {
		spec.Lease = DefaultLease
	}
	co := &Coordinator{
		conn: c, id: id, spec: spec, attempt: time.Now().UnixMicro(), calls: map[string]*call{}, adopted: map[string]int64{},
		early: map[string]jetstream.Msg{}, unstored: map[string][]jetstream.Msg{}, failed: make(chan struct{}),
	}
	co.checking, co.cancel = context.WithCancel(context.WithoutCancel(ctx))
	opening, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	if err := co.open(opening); err != nil {
		co.cancel()
		return nil, fmt.Errorf("opening the queue at %s: %w", c.at, err)
	}
	return co, nil
}

func (co *Coordinator) open(ctx context.Context) (err error) {
	if err := co.conn.ensure(ctx); err != nil {
		return err
	}
	if co.work, err = co.conn.js.Stream(ctx, workStream); err != nil {
		return err
	}
	if co.replies, err = co.conn.js.Stream(ctx, replyStream); err != nil {
		return err
	}
	// A worker stores the reply before it takes the item away: in this order none is in neither.
	for _, stream := range []jetstream.Stream{co.work, co.replies} {
		places, err := co.places(ctx, stream)
		if err != nil {
			return err
		}
		for _, p := range places {
			co.adopted[p.key] = max(co.adopted[p.key], p.attempt)
		}
	}
	// What the last coordinator was given and has not acknowledged would only come again after a while; to a new consumer
	// it comes at once.
	if err := co.replies.DeleteConsumer(ctx, co.id); err != nil && !isGone(err) {
		return err
	}
	if err := co.listen(ctx); err != nil {
		return err
	}
	// Workers may have something to say as soon as they know of the run.
	if co.notes, err = co.conn.nats.Subscribe(notePrefix+co.id, co.hear); err != nil {
		return err
	}
	if err := co.announce(ctx); err != nil {
		return err
	}
	reconnects := co.conn.nats.StatusChanged(nats.CONNECTED)
	co.after.Go(func() { co.check(co.checking, reconnects) })
	return nil
}

// listen makes the consumer that replies come from.
func (co *Coordinator) listen(ctx context.Context) error {
	inbox, err := co.replies.CreateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: co.id, FilterSubject: replyPrefix + co.id + ".>", AckPolicy: jetstream.AckExplicitPolicy,
		AckWait:       co.spec.Lease, // a reply may be lost on its way with the server that passed it on
		MaxAckPending: -1, InactiveThreshold: maxAge,
	})
	if err != nil {
		return err
	}
	// Messages are handed over one after the other; receive only passes them on. In a cluster, what was asked of a server
	// that is lost is asked again only when its heartbeat has not come twice.
	consuming, err := inbox.Consume(co.receive, jetstream.PullExpiry(inboxExpiry), jetstream.PullHeartbeat(inboxHeartbeat),
		jetstream.ConsumeErrHandler(func(jetstream.ConsumeContext, error) {}))
	if err != nil {
		return err
	}
	co.inbox = consuming
	return nil
}

// announce makes the consumer that workers take the run's items from.
func (co *Coordinator) announce(ctx context.Context) error {
	_, err := co.work.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: co.id, Description: co.spec.Run, FilterSubject: workPrefix + co.id + ".>",
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: co.spec.Lease,
		MaxDeliver: -1, MaxAckPending: -1, InactiveThreshold: maxAge,
		Metadata: map[string]string{
			metaProtocol: protocol, metaVersion: co.spec.Version, metaAPI: co.spec.API,
			metaEndpoint: co.spec.Endpoint, metaModel: co.spec.Model,
			metaTimeout: co.spec.Timeout.String(), metaRun: co.spec.Run,
			metaKey: co.conn.keyOf(co.id),
		},
	})
	if err != nil {
		return err
	}
	return co.conn.nats.Publish(runsSubject, []byte(co.id))
}

// places lists the items or replies of the run in a stream.
func (co *Coordinator) places(ctx context.Context, stream jetstream.Stream) ([]place, error) {
	prefix := workPrefix
	if stream == co.replies {
		prefix = replyPrefix
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(prefix+co.id+".>"))
	if err != nil {
		return nil, err
	}
	var out []place
	for subject := range info.State.Subjects {
		if p, ok := placeOf(subject); ok {
			out = append(out, p)
		}
	}
	return out, nil
}

// Adopted returns how many calls of an earlier coordinator it goes on with.
func (co *Coordinator) Adopted() int {
	co.mu.Lock()
	defer co.mu.Unlock()
	return len(co.adopted)
}

// Workers returns how many workers wait for items, and how many items are with workers.
func (co *Coordinator) Workers(ctx context.Context) (waiting, busy int, err error) {
	consumer, err := co.work.Consumer(ctx, co.id)
	if err != nil {
		return 0, 0, err
	}
	info := consumer.CachedInfo()
	return info.NumWaiting, info.NumAckPending, nil
}

// hear reads a worker's note: that it takes the run's items, or why it does not. Without another worker the run can't
// go on. A worker that is busy with the items of other runs does not count as waiting for this one's, but its note
// counts.
func (co *Coordinator) hear(m *nats.Msg) {
	if m.Header.Get(takesHeader) != "" {
		co.mu.Lock()
		defer co.mu.Unlock()
		co.hasWork = true
		return
	}
	text := strings.ToValidUTF8(string(m.Data), "\ufffd")
	co.conn.note(text)
	co.mu.Lock()
	defer co.mu.Unlock()
	if co.closing {
		return
	}
	co.after.Go(func() {
		for range censuses { // a worker is not seen between two fetches
			if waiting, busy, err := co.Workers(co.checking); err != nil || waiting+busy > 0 {
				return
			}
			if model.Sleep(co.checking, betweenCensuses) != nil {
				return
			}
		}
		co.mu.Lock()
		taken := co.hasWork
		co.mu.Unlock()
		if !taken {
			co.fail(&model.Error{Kind: model.KindRefused, Message: text})
		}
	})
}

// How often another worker is looked for, before the note of a refused one ends the run.
const (
	censuses        = 3
	betweenCensuses = 500 * time.Millisecond
)

func (co *Coordinator) fail(err error) {
	co.mu.Lock()
	defer co.mu.Unlock()
	if co.err == nil {
		co.err = err
		close(co.failed)
	}
}

// awaitWorkers gives workers the time to take out items whose replies are stored already: they would wait for an answer
// of a run that has ended.
func (co *Coordinator) awaitWorkers(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for {
		places, err := co.places(ctx, co.work)
		if err != nil || len(places) == 0 || model.Sleep(ctx, 20*time.Millisecond) != nil {
			return
		}
	}
}

// Close ends the coordinator. Nothing of a complete run stays in the server. Of another, items that no worker has begun
// are taken back, and the replies to those under way stay for the next run.
func (co *Coordinator) Close(ctx context.Context, complete bool) error {
	co.cancel()
	errs := []error{co.notes.Unsubscribe()}
	co.mu.Lock()
	co.closing = true
	co.mu.Unlock()
	co.after.Wait() // before the inbox, which it may make anew
	co.inbox.Stop()
	<-co.inbox.Closed()
	co.over.Wait()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	co.awaitWorkers(ctx)
	forget := func(err error) {
		if !isGone(err) {
			errs = append(errs, err)
		}
	}
	forget(co.work.DeleteConsumer(ctx, co.id))
	forget(co.work.Purge(ctx, jetstream.WithPurgeSubject(workPrefix+co.id+".>")))
	if complete {
		co.conn.discard(ctx, workPrefix+co.id)
		co.conn.discard(ctx, replyPrefix+co.id)
		forget(co.replies.DeleteConsumer(ctx, co.id))
		forget(co.replies.Purge(ctx, jetstream.WithPurgeSubject(replyPrefix+co.id+".>")))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("clearing the queue at %s: %w", co.conn.at, err)
	}
	return nil
}
