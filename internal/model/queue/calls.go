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
func (co *Coordinator) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	key := r.Key
	wait := ctx
	if r.Waiting != nil {
		wait = r.Waiting
	}
	c, first := co.enter(ctx, r)
	if first {
		// An item that is not out is still waiting for its turn.
		if err := co.publish(wait, key, c); err != nil {
			co.leave(key, c)
			if wait.Err() != nil {
				return model.Response{}, model.Cancelled(wait, 0)
			}
			return model.Response{}, &model.Error{Kind: model.KindRefused, Message: err.Error()}
		}
	}
	waiting := wait.Done()
	patience := time.NewTimer(0)
	defer patience.Stop()
	patience.Stop() // until there is something to be patient with
	for {
		select {
		case <-c.done:
			return c.resp, c.err
		case <-co.failed:
			co.leave(key, c)
			return model.Response{}, co.err
		case <-co.conn.closed:
			co.leave(key, c)
			return model.Response{}, &model.Error{Kind: model.KindRefused, Message: fmt.Sprintf(
				"the queue at %s is lost for good; run the same command again to finish", co.conn.at)}
		case <-ctx.Done():
			co.leave(key, c)
			return model.Response{}, model.Cancelled(ctx, 0)
		case <-waiting:
			// A call that a worker is making may be finished; one that none has begun must not hold up the end of the run, nor
			// one whose worker was lost.
			waiting = nil
			if co.withdraw(ctx, key, c) {
				co.leave(key, c)
				return model.Response{}, model.Cancelled(wait, 0)
			}
			patience.Reset(co.spec.Timeout + co.spec.Lease)
		case <-patience.C:
			co.leave(key, c)
			return model.Response{}, model.Cancelled(wait, 0)
		}
	}
}

// enter returns the call that waits for the reply to a request, and whether its item is still to be published.
func (co *Coordinator) enter(ctx context.Context, r model.Request) (c *call, publish bool) {
	key := r.Key
	co.mu.Lock()
	defer co.mu.Unlock()
	if c, ok := co.calls[key]; ok {
		return c, false
	}
	c = &call{body: r.Body, trial: r.Trial, done: make(chan struct{})}
	co.calls[key] = c
	if attempt, adopted := co.adopted[key]; adopted {
		delete(co.adopted, key)
		c.attempt, c.sent = attempt, time.Now()
		if m, ok := co.early[key]; ok {
			delete(co.early, key)
			at, _ := placeOf(m.Subject())
			c.reading = at.attempt
			co.over.Go(func() { co.answer(context.WithoutCancel(ctx), key, c, m) })
		}
		return c, false
	}
	earlier := co.unstored[key] // of an attempt that is now made again
	delete(co.unstored, key)
	co.over.Go(func() { co.drop(context.WithoutCancel(ctx), earlier) })
	co.attempt++
	c.attempt, c.since = co.attempt, co.attempt
	return c, true
}

func (co *Coordinator) leave(key string, c *call) {
	co.mu.Lock()
	defer co.mu.Unlock()
	if co.calls[key] == c {
		delete(co.calls, key)
	}
}

func (co *Coordinator) publish(ctx context.Context, key string, c *call) error {
	co.mu.Lock()
	at := place{key: key, attempt: c.attempt}
	c.sent = time.Time{}
	co.mu.Unlock()
	subject := at.of(workPrefix, co.id)
	m, err := co.conn.pack(ctx, subject, c.body)
	if err != nil {
		return err
	}
	m.Header.Set(trialHeader, strconv.Itoa(c.trial))
	if err := co.conn.publish(ctx, m, at.of("", co.id)); err != nil {
		return err
	}
	co.mu.Lock()
	defer co.mu.Unlock()
	c.sent = time.Now()
	return nil
}

// withdrawWithin is how long a server may take to give an item back.
const withdrawWithin = 5 * time.Second

// withdraw takes the item of a call out of the queue and reports whether no worker was given it. Where one is just
// then, its reply stays for the next run.
func (co *Coordinator) withdraw(ctx context.Context, key string, c *call) bool {
	ctx, cancel := context.WithTimeout(ctx, withdrawWithin)
	defer cancel()
	co.mu.Lock()
	at := place{key: key, attempt: c.attempt}
	co.mu.Unlock()
	item, err := co.work.GetLastMsgForSubject(ctx, at.of(workPrefix, co.id))
	if err != nil {
		return false // answered, most likely
	}
	consumer, err := co.work.Consumer(ctx, co.id)
	if err != nil || item.Sequence <= consumer.CachedInfo().Delivered.Stream {
		return false
	}
	if co.work.DeleteMsg(ctx, item.Sequence) != nil {
		return false
	}
	if item.Header.Get(partsHeader) != "" {
		co.conn.discard(ctx, at.of(workPrefix, co.id))
	}
	return true
}

// receive passes a reply on to the call that waits for it. A reply that nobody waits for was stored before, or came a
// second time.
func (co *Coordinator) receive(m jetstream.Msg) {
	at, ok := placeOf(m.Subject())
	if !ok {
		_ = m.Term()
		return
	}
	co.mu.Lock()
	defer co.mu.Unlock()
	c, waits := co.calls[at.key]
	switch {
	case waits && at.attempt == c.reading: // once more, and read already
		co.hold(at.key, m)
	case waits && at.attempt >= c.since:
		c.reading = at.attempt
		// Close waits for it: the run must not be over before it is known whether the reply was stored.
		co.over.Go(func() { co.answer(context.Background(), at.key, c, m) })
	case !waits && co.adopted[at.key] > 0:
		co.early[at.key] = m
	case len(co.unstored[at.key]) > 0: // it has come before, and the run takes its time
		co.hold(at.key, m)
	default:
		co.over.Go(func() { co.drop(context.Background(), []jetstream.Msg{m}) }) // else it comes again, to no more effect
	}
}

func (co *Coordinator) answer(ctx context.Context, key string, c *call, m jetstream.Msg) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	data, err := co.conn.unpack(ctx, m)
	if errors.Is(err, errForged) {
		co.conn.note(fmt.Sprintf("a reply in the queue at %s is ignored: %v", co.conn.at, err))
		co.mu.Lock()
		c.reading = 0
		co.mu.Unlock()
		co.drop(ctx, []jetstream.Msg{m})
		return
	}
	var resp model.Response
	if err == nil {
		resp, err = decodeOutcome(data)
	} else {
		err = &model.Error{Kind: model.KindMalformed, Message: err.Error(), Attempts: 1}
	}
	if failure, ok := errors.AsType[*model.Error](err); ok && failure.Fatal() && failure.Kind != model.KindRefused {
		failure.Worker = m.Headers().Get(workerHeader) // one of many may have the wrong key
	}
	co.mu.Lock()
	defer co.mu.Unlock()
	if !slices.ContainsFunc(co.unstored[key], sameAs(m)) { // else a later delivery is held
		co.hold(key, m)
	}
	if co.calls[key] != c {
		return // given up, or answered by the same reply before
	}
	delete(co.calls, key)
	c.resp, c.err = resp, err
	close(c.done)
}

// hold keeps a reply until the run has stored it; of several deliveries the last.
func (co *Coordinator) hold(key string, m jetstream.Msg) {
	co.unstored[key] = append(slices.DeleteFunc(co.unstored[key], sameAs(m)), m)
}

// sameAs tells deliveries of one reply.
func sameAs(m jetstream.Msg) func(jetstream.Msg) bool {
	return func(other jetstream.Msg) bool { return other.Subject() == m.Subject() }
}

// Stored acknowledges the replies to the request with a key: the run holds the one that counts.
func (co *Coordinator) Stored(ctx context.Context, key string) {
	co.mu.Lock()
	messages := co.unstored[key]
	delete(co.unstored, key)
	co.mu.Unlock()
	co.drop(ctx, messages)
}

func (co *Coordinator) drop(ctx context.Context, messages []jetstream.Msg) {
	for _, m := range messages {
		if err := m.Ack(); err != nil {
			continue // it comes again, and is then nobody's
		}
		if m.Headers().Get(partsHeader) != "" {
			co.conn.discard(ctx, m.Subject())
			at, _ := placeOf(m.Subject())
			co.conn.discard(ctx, at.of(workPrefix, co.id))
		}
	}
}
