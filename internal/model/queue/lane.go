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

// What a lane's consumer says of the lane, so that a worker can tell whether it
// has a model for it.
const (
	metaProtocol = "promptbench_protocol"
	metaVersion  = "promptbench_version"
	metaEndpoint = "promptbench_endpoint"
	metaModel    = "promptbench_model"
	metaTimeout  = "promptbench_timeout"
	metaRun      = "promptbench_run"
)

// A Spec is what workers have to know of a lane.
type Spec struct {
	Run      string        // the id of the run that it began with
	Endpoint string        // the label of the endpoint
	Model    string        // the id of the model there
	Version  string        // of the program; only workers of the same version take items
	Timeout  time.Duration // of one attempt
	Lease    time.Duration // an item whose worker is silent for so long goes to another
}

// DefaultLease is how long a worker may be silent where nobody says.
const DefaultLease = 30 * time.Second

// How long a request for replies stands, and how often the server says that it
// does.
const (
	inboxExpiry    = 10 * time.Second
	inboxHeartbeat = 2 * time.Second
)

// openWithin is how long a server may take to make what a lane needs.
const openWithin = 30 * time.Second

// A Lane is the coordinator's side of the queue for one run. It answers requests
// as a model does, one attempt a call.
//
// A lane outlives its coordinator. The next run takes it over by its id: it gets
// the replies that were not stored yet, waits for the items that are out, and
// publishes neither again.
type Lane struct {
	c    *Connection
	id   string
	spec Spec

	work    jetstream.Stream
	replies jetstream.Stream
	inbox   jetstream.ConsumeContext
	notes   *nats.Subscription
	looking context.Context //nolint:containedctx // ends with the lane, and with it what looks after it
	cancel  context.CancelFunc
	after   sync.WaitGroup // what looks after it
	over    sync.WaitGroup // what deals with replies
	deaf    bool           // no replies come; of what looks after the lane

	mu       sync.Mutex
	attempt  int64                      // number of the last one; larger than any of an earlier coordinator
	calls    map[string]*call           // that wait for a reply, by key
	adopted  map[string]int64           // attempts that were out or answered when the lane was taken over, and not asked for yet
	early    map[string]delivery        // their replies
	unstored map[string][]jetstream.Msg // replies that the run has not stored yet
	err      error
	failed   chan struct{} // closed with err
	quiet    bool          // it was said that no worker is there
	closing  bool          // nothing new is begun
	taken    bool          // a worker has said that it takes the lane's items
}

// A call waits for the reply to one attempt. All who ask the same share it.
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

// A delivery is a reply that has arrived.
type delivery struct {
	msg     jetstream.Msg
	attempt int64
}

// Open makes the lane with an id, or takes it over from a coordinator that is no
// more.
func (c *Connection) Open(ctx context.Context, id string, spec Spec) (*Lane, error) {
	if spec.Lease <= 0 {
		spec.Lease = DefaultLease
	}
	l := &Lane{
		c: c, id: id, spec: spec, calls: map[string]*call{}, attempt: time.Now().UnixMicro(), adopted: map[string]int64{}, early: map[string]delivery{},
		unstored: map[string][]jetstream.Msg{}, failed: make(chan struct{}),
	}
	l.looking, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	opening, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	if err := l.open(opening); err != nil {
		l.cancel()
		return nil, fmt.Errorf("opening the queue at %s: %w", c.at, err)
	}
	return l, nil
}

func (l *Lane) open(ctx context.Context) (err error) {
	if err := l.c.ensure(ctx); err != nil {
		return err
	}
	if l.work, err = l.c.js.Stream(ctx, workStream); err != nil {
		return err
	}
	if l.replies, err = l.c.js.Stream(ctx, replyStream); err != nil {
		return err
	}
	// A worker stores the reply before it takes the item away: in this order none is
	// in neither.
	for _, stream := range []jetstream.Stream{l.work, l.replies} {
		places, err := l.places(ctx, stream)
		if err != nil {
			return err
		}
		for _, p := range places {
			l.adopted[p.key] = max(l.adopted[p.key], p.attempt)
		}
	}
	// What the last coordinator was given and has not acknowledged would only come
	// again after a while; to a new consumer it comes at once.
	if err := l.replies.DeleteConsumer(ctx, l.id); err != nil && !isGone(err) {
		return err
	}
	if err := l.listen(ctx); err != nil {
		return err
	}
	// Workers may have something to say as soon as they know of the lane.
	if l.notes, err = l.c.nats.Subscribe(notePrefix+l.id, l.hear); err != nil {
		return err
	}
	if err := l.announce(ctx); err != nil {
		return err
	}
	reconnects := l.c.onReconnect()
	l.after.Go(func() { l.look(l.looking, reconnects) })
	return nil
}

// listen makes the consumer that replies come from.
func (l *Lane) listen(ctx context.Context) error {
	inbox, err := l.replies.CreateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: l.id, FilterSubject: replyPrefix + l.id + ".>", AckPolicy: jetstream.AckExplicitPolicy,
		AckWait:       l.spec.Lease, // a reply may be lost on its way with the server that passed it on
		MaxAckPending: -1, InactiveThreshold: maxAge,
	})
	if err != nil {
		return err
	}
	// Messages are handed over one after the other; receive only passes them on. In
	// a cluster, what was asked of a server that is lost is asked again only when its
	// heartbeat has not come twice.
	consuming, err := inbox.Consume(l.receive, jetstream.PullExpiry(inboxExpiry), jetstream.PullHeartbeat(inboxHeartbeat),
		jetstream.ConsumeErrHandler(func(jetstream.ConsumeContext, error) {}))
	if err != nil {
		return err
	}
	l.inbox = consuming
	return nil
}

// announce makes the consumer that workers take the lane's items from.
func (l *Lane) announce(ctx context.Context) error {
	_, err := l.work.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: l.id, Description: l.spec.Run, FilterSubject: workPrefix + l.id + ".>", AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: l.spec.Lease, MaxDeliver: -1, MaxAckPending: -1, InactiveThreshold: maxAge,
		Metadata: map[string]string{
			metaProtocol: protocol, metaVersion: l.spec.Version, metaEndpoint: l.spec.Endpoint, metaModel: l.spec.Model,
			metaTimeout: l.spec.Timeout.String(), metaRun: l.spec.Run,
		},
	})
	if err != nil {
		return err
	}
	return l.c.nats.Publish(lanesSubject, []byte(l.id))
}

// places lists the items or replies of the lane that stand in a stream.
func (l *Lane) places(ctx context.Context, stream jetstream.Stream) ([]place, error) {
	prefix := workPrefix
	if stream == l.replies {
		prefix = replyPrefix
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(prefix+l.id+".>"))
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

// Adopted is how many calls of an earlier coordinator the lane was taken over
// with.
func (l *Lane) Adopted() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.adopted)
}

// Workers says how many workers wait for items, and how many items are with
// workers.
func (l *Lane) Workers(ctx context.Context) (waiting, busy int, err error) {
	consumer, err := l.work.Consumer(ctx, l.id)
	if err != nil {
		return 0, 0, err
	}
	info := consumer.CachedInfo()
	return info.NumWaiting, info.NumAckPending, nil
}

// hear takes in what a worker has to say: that it takes the lane's items, or why it
// does not. Where no other worker is there, the run can't go on. One that is busy
// with the items of other lanes is not seen to wait for this one's, so that its
// word counts as well.
func (l *Lane) hear(m *nats.Msg) {
	if m.Header.Get(takesHeader) != "" {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.taken = true
		return
	}
	text := strings.ToValidUTF8(string(m.Data), "\ufffd")
	l.c.note(text)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return
	}
	l.after.Go(func() {
		for range censuses { // a worker is not seen between two fetches
			if waiting, busy, err := l.Workers(l.looking); err != nil || waiting+busy > 0 {
				return
			}
			if pause(l.looking, betweenCensuses) != nil {
				return
			}
		}
		l.mu.Lock()
		taken := l.taken
		l.mu.Unlock()
		if !taken {
			l.fail(&model.Error{Kind: model.KindRefused, Message: text})
		}
	})
}

// How often it is looked whether another worker is there, before the word of one
// that is refused ends the run.
const (
	censuses        = 3
	betweenCensuses = 500 * time.Millisecond
)

// fail ends all waiting.
func (l *Lane) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
		close(l.failed)
	}
}

// settle gives workers the time to take out items whose replies are stored
// already: they would wait for an answer of a lane that is no more.
func (l *Lane) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for {
		places, err := l.places(ctx, l.work)
		if err != nil || len(places) == 0 || pause(ctx, 20*time.Millisecond) != nil {
			return
		}
	}
}

// Close ends the lane. Of a run that is complete, nothing stays in the server. Of
// another, items that no worker has begun are taken back, and the replies to
// those under way stay for the run that takes the lane over.
func (l *Lane) Close(ctx context.Context, complete bool) error {
	l.cancel()
	errs := []error{l.notes.Unsubscribe()}
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	l.after.Wait() // before the inbox, which it may make anew
	l.inbox.Stop()
	<-l.inbox.Closed()
	l.over.Wait()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	l.settle(ctx)
	forget := func(err error) {
		if !isGone(err) {
			errs = append(errs, err)
		}
	}
	forget(l.work.DeleteConsumer(ctx, l.id))
	forget(l.work.Purge(ctx, jetstream.WithPurgeSubject(workPrefix+l.id+".>")))
	if complete {
		forget(l.replies.DeleteConsumer(ctx, l.id))
		forget(l.replies.Purge(ctx, jetstream.WithPurgeSubject(replyPrefix+l.id+".>")))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("clearing the queue at %s: %w", l.c.at, err)
	}
	return nil
}
