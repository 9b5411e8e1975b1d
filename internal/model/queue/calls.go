package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"promptbench/internal/model"
)

// Complete has a worker make one attempt.
func (l *Lane) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	key := model.WireKey(l.spec.Endpoint, r.Wire, r.Trial)
	c, first := l.enter(ctx, key, r)
	if first {
		// An item that is not out is still waiting for its turn.
		if err := l.publish(model.Waiting(ctx), key, c); err != nil {
			l.leave(key, c)
			if model.Waiting(ctx).Err() != nil {
				return model.Response{}, cancelled(model.Waiting(ctx))
			}
			return model.Response{}, &model.Error{Kind: model.KindRefused, Message: err.Error()}
		}
	}
	waiting := model.Waiting(ctx).Done()
	patience := time.NewTimer(0)
	defer patience.Stop()
	patience.Stop() // until there is something to be patient with
	for {
		select {
		case <-c.done:
			return c.resp, c.err
		case <-l.failed:
			l.leave(key, c)
			return model.Response{}, l.err
		case <-l.c.closed:
			l.leave(key, c)
			return model.Response{}, &model.Error{Kind: model.KindRefused, Message: fmt.Sprintf("the queue at %s is lost for good; run it again to go on from there", l.c.at)}
		case <-ctx.Done():
			l.leave(key, c)
			return model.Response{}, cancelled(ctx)
		case <-waiting:
			// A call that a worker is making may be finished; one that none has begun must
			// not hold up the end of the run, nor one whose worker was lost.
			waiting = nil
			if l.withdraw(ctx, key, c) {
				l.leave(key, c)
				return model.Response{}, cancelled(model.Waiting(ctx))
			}
			patience.Reset(l.spec.Timeout + l.spec.Lease)
		case <-patience.C:
			l.leave(key, c)
			return model.Response{}, cancelled(model.Waiting(ctx))
		}
	}
}

func cancelled(ctx context.Context) *model.Error {
	return &model.Error{Kind: model.KindCancelled, Message: context.Cause(ctx).Error()}
}

// enter returns the call that waits for the reply to a request, and whether its
// item is still to be published.
func (l *Lane) enter(ctx context.Context, key string, r model.Request) (c *call, publish bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c, ok := l.calls[key]; ok {
		return c, false
	}
	c = &call{body: r.Wire, trial: r.Trial, done: make(chan struct{})}
	l.calls[key] = c
	if attempt, adopted := l.adopted[key]; adopted {
		delete(l.adopted, key)
		c.attempt, c.sent = attempt, time.Now()
		if d, ok := l.early[key]; ok {
			delete(l.early, key)
			c.reading = d.attempt
			l.over.Go(func() { l.answer(context.WithoutCancel(ctx), key, c, d) })
		}
		return c, false
	}
	earlier := l.unstored[key] // of an attempt that is now made again
	delete(l.unstored, key)
	l.over.Go(func() { l.drop(context.WithoutCancel(ctx), earlier) })
	l.attempt++
	c.attempt, c.since = l.attempt, l.attempt
	return c, true
}

// leave gives up waiting.
func (l *Lane) leave(key string, c *call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.calls[key] == c {
		delete(l.calls, key)
	}
}

// publish puts the item of a call into the queue.
func (l *Lane) publish(ctx context.Context, key string, c *call) error {
	l.mu.Lock()
	at := place{key: key, attempt: c.attempt}
	c.sent = time.Time{}
	l.mu.Unlock()
	subject := at.of(workPrefix, l.id)
	m, err := l.c.pack(ctx, subject, subject, c.body)
	if err != nil {
		return err
	}
	m.Header.Set(trialHeader, strconv.Itoa(c.trial))
	if err := l.c.publish(ctx, m, at.of("", l.id)); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c.sent = time.Now()
	return nil
}

// withdrawWithin is how long a server may take to give an item back.
const withdrawWithin = 5 * time.Second

// withdraw takes the item of a call out of the queue and reports whether no worker
// was given it. Where one is just then, its reply stays for the next run.
func (l *Lane) withdraw(ctx context.Context, key string, c *call) bool {
	ctx, cancel := context.WithTimeout(ctx, withdrawWithin)
	defer cancel()
	l.mu.Lock()
	at := place{key: key, attempt: c.attempt}
	l.mu.Unlock()
	item, err := l.work.GetLastMsgForSubject(ctx, at.of(workPrefix, l.id))
	if err != nil {
		return false // answered, most likely
	}
	consumer, err := l.work.Consumer(ctx, l.id)
	if err != nil || item.Sequence <= consumer.CachedInfo().Delivered.Stream {
		return false
	}
	if l.work.DeleteMsg(ctx, item.Sequence) != nil {
		return false
	}
	l.c.discard(ctx, item.Header)
	return true
}

// receive passes a reply on to the call that waits for it. A reply that nobody
// waits for was stored before, or came a second time.
func (l *Lane) receive(m jetstream.Msg) {
	at, ok := placeOf(m.Subject())
	if !ok {
		_ = m.Term()
		return
	}
	d := delivery{msg: m, attempt: at.attempt}
	l.mu.Lock()
	defer l.mu.Unlock()
	c, waits := l.calls[at.key]
	switch {
	case waits && at.attempt == c.reading: // once more, and read already
		l.hold(at.key, m)
	case waits && at.attempt >= c.since:
		c.reading = at.attempt
		// The lane's end waits for it: the run must not be over before it is known
		// whether the reply was stored.
		l.over.Go(func() { l.answer(context.Background(), at.key, c, d) })
	case !waits && l.adopted[at.key] > 0:
		l.early[at.key] = d
	case len(l.unstored[at.key]) > 0: // it has come before, and the run takes its time
		l.hold(at.key, m)
	default:
		l.over.Go(func() { l.drop(context.Background(), []jetstream.Msg{m}) }) // else it comes again, to no more effect
	}
}

// answer reads a reply and ends the wait for it.
func (l *Lane) answer(ctx context.Context, key string, c *call, d delivery) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	data, err := l.c.unpack(ctx, d.msg)
	var resp model.Response
	if err == nil {
		resp, err = model.DecodeOutcome(data)
	} else {
		err = &model.Error{Kind: model.KindMalformed, Message: err.Error(), Attempts: 1}
	}
	if failure, ok := errors.AsType[*model.Error](err); ok && failure.Fatal() && failure.Kind != model.KindRefused {
		failure.Worker = d.msg.Headers().Get(workerHeader) // one of many may have the wrong key
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.ContainsFunc(l.unstored[key], sameAs(d.msg)) { // else a later delivery is held
		l.hold(key, d.msg)
	}
	if l.calls[key] != c {
		return // given up, or answered by the same reply before
	}
	delete(l.calls, key)
	c.resp, c.err = resp, err
	close(c.done)
}

// hold keeps a reply until the run has stored it; of several deliveries the last.
func (l *Lane) hold(key string, m jetstream.Msg) {
	l.unstored[key] = append(slices.DeleteFunc(l.unstored[key], sameAs(m)), m)
}

// sameAs tells deliveries of one reply.
func sameAs(m jetstream.Msg) func(jetstream.Msg) bool {
	return func(other jetstream.Msg) bool { return other.Subject() == m.Subject() }
}

// Stored acknowledges the replies to the request with a key: the run holds the
// one that counts.
func (l *Lane) Stored(ctx context.Context, key string) {
	l.mu.Lock()
	messages := l.unstored[key]
	delete(l.unstored, key)
	l.mu.Unlock()
	l.drop(ctx, messages)
}

// drop takes replies out of the queue.
func (l *Lane) drop(ctx context.Context, messages []jetstream.Msg) {
	for _, m := range messages {
		if err := m.Ack(); err != nil {
			continue // it comes again, and is then nobody's
		}
		l.c.discard(ctx, m.Headers())
	}
}

// String names the lane for messages.
func (l *Lane) String() string { return fmt.Sprintf("lane %s at %s", l.id, l.c.at) }
