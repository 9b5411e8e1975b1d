package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"promptbench/internal/model"
)

// handle makes the call of one item and stores the reply, and then takes the item out of the queue.
func (w *Worker) handle(ctx context.Context, msg jetstream.Msg, run string, spec Spec, m model.Model) {
	alive := w.beat(msg, spec.Lease)
	defer alive()
	at, ok := placeOf(msg.Subject())
	meta, err := msg.Metadata()
	if !ok || err != nil {
		_ = msg.TermWithReason("not an item of promptbench") // stays where the connection is lost, and comes again
		return
	}
	if meta.NumDelivered > 1 && w.isAnswered(ctx, at, run) {
		w.finish(ctx, msg, run)
		return
	}
	w.count(func(t *Tally) { t.Under++ })
	defer w.count(func(t *Tally) { t.Under-- })
	resp, err := w.call(ctx, msg, at, meta.NumDelivered, spec, m)
	if errors.Is(err, errForged) {
		w.Connection.note(fmt.Sprintf("worker %s ignores a call: %v", w.Name, err))
		_ = msg.TermWithReason("no mark of the queue's key") // the run publishes its own again
		return
	}
	if ctx.Err() != nil {
		_ = msg.Nak() // another worker need not wait for the lease to end
		return
	}
	if err := w.reply(ctx, at, run, resp, err); err != nil {
		w.Connection.note(fmt.Sprintf("a reply is lost, the call is made again: %v", err))
		return
	}
	w.count(func(t *Tally) {
		if err != nil {
			t.Failed++
		} else {
			t.Answered++
		}
	})
	w.finish(ctx, msg, run)
}

// beat tells the server regularly that the item is worked on, until stop is called.
func (w *Worker) beat(msg jetstream.Msg, lease time.Duration) (stop func()) {
	done := make(chan struct{})
	go func() {
		ticker := time.NewTicker(lease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				_ = msg.InProgress() // the next one may arrive
			case <-done:
				return
			}
		}
	}()
	return func() { close(done) }
}

// isAnswered reports whether the reply to an item is in the queue already: the worker that had it before was lost
// between storing the reply and taking the item out.
func (w *Worker) isAnswered(ctx context.Context, at place, run string) bool {
	replies, err := w.Connection.js.Stream(ctx, replyStream)
	if err != nil {
		return false
	}
	subject := at.of(replyPrefix, run)
	info, err := replies.Info(ctx, jetstream.WithSubjectFilter(subject))
	return err == nil && info.State.Subjects[subject] > 0
}

func (w *Worker) call(
	ctx context.Context, msg jetstream.Msg, at place, deliveries uint64, spec Spec, m model.Model,
) (model.Response, error) {
	if deliveries > maxDeliveries {
		return model.Response{}, &model.Error{Kind: model.KindWorkerLost, Message: fmt.Sprintf(
			"given up after %d workers that had this call were lost", maxDeliveries)}
	}
	body, err := w.Connection.unpack(ctx, msg)
	if errors.Is(err, errForged) {
		return model.Response{}, err
	}
	if err != nil {
		return model.Response{}, &model.Error{Kind: model.KindMalformed, Message: err.Error()}
	}
	trial, err := strconv.Atoi(msg.Headers().Get(trialHeader))
	if err != nil || model.Key(spec.API, spec.Endpoint, body, trial) != at.key {
		return model.Response{}, &model.Error{Kind: model.KindRefused, Message: fmt.Sprintf(
			"worker %s refuses a call: what it asks does not hash to its key, "+
				"so that it was changed on the way or made by another promptbench", w.Name)}
	}
	return m.Complete(ctx, model.Request{Body: body, Key: at.key, Trial: trial})
}

func (w *Worker) reply(ctx context.Context, at place, run string, resp model.Response, failure error) error {
	data, err := encodeOutcome(resp, failure)
	if err != nil {
		return err
	}
	subject := at.of(replyPrefix, run)
	m, err := w.Connection.pack(ctx, subject, data)
	if err != nil {
		return err
	}
	m.Header.Set(workerHeader, w.Name)
	return w.Connection.publish(ctx, m, at.of("", run))
}

// finish takes an item out of the queue, and waits until the server confirms it.
func (w *Worker) finish(ctx context.Context, msg jetstream.Msg, run string) {
	for wait := 100 * time.Millisecond; ; wait *= 2 {
		attempt, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := msg.DoubleAck(attempt)
		cancel()
		switch {
		case err == nil:
			return
		case errors.Is(err, jetstream.ErrMsgAlreadyAckd), wait > 10*time.Second:
			return // it comes again, and its reply is found
		}
		if _, err := w.work.Consumer(ctx, run); isGone(err) {
			return // so is the item
		}
		if model.Sleep(ctx, wait) != nil {
			return
		}
	}
}
