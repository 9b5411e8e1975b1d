package batch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
)

const (
	// maxAttempts is how often a request is submitted, the first time included.
	maxAttempts = 3

	firstPoll = time.Second
	lastPoll  = time.Minute

	// How long a piece waits that the endpoint refused for want of room, at first and at most.
	firstRoom = time.Minute
	lastRoom  = 15 * time.Minute
)

// Watch watches the pieces until all are done, ctx ends, or no further reply can come; [Collector.Complete] then
// returns why.
func (c *Collector) Watch(ctx context.Context) {
	defer close(c.ended)
	if c.o.Deadline != nil {
		timer := time.AfterFunc(*c.o.Deadline, func() {
			c.fail(&model.Error{Kind: model.KindBudget, Message: fmt.Sprintf(
				"stopped at --deadline %s; the batches go on, run it again to collect them", *c.o.Deadline)})
		})
		defer timer.Stop()
	}
	poll, room := firstPoll, firstRoom
	due := time.Now().Add(room) // when refused pieces are submitted again
	for {
		moved, err := c.poll(ctx)
		switch {
		case ctx.Err() != nil || isClosed(c.failed):
			return
		case err != nil:
			c.fail(err)
			return
		case moved:
			poll = firstPoll
		default:
			poll = min(poll*3/2, lastPoll)
		}
		if moved || time.Now().After(due) {
			tried, err := c.resubmitRefused(ctx)
			if err != nil {
				c.fail(err)
				return
			}
			if tried {
				room = min(2*room, lastRoom)
			}
			due = time.Now().Add(room)
		}
		if !slices.ContainsFunc(c.pieces, func(p *piece) bool { return !isClosed(p.done) }) || c.o.Wait(ctx, poll) != nil {
			return
		}
	}
}

// poll asks for the state of the pieces, and reports whether one of them ended.
func (c *Collector) poll(ctx context.Context) (moved bool, err error) {
	for _, p := range slices.Clone(c.pieces) {
		if isClosed(p.done) || p.status == statusNoRoom {
			continue
		}
		b, err := c.o.Client.Get(ctx, p.batch)
		failure, failed := errors.AsType[*model.Error](err)
		switch {
		case isUnknown(err) && !p.isEarlier && time.Since(p.made) < freshFor:
			continue // not everywhere yet at the endpoint, which has just made it
		case isUnknown(err):
			b = Batch{ID: p.batch, Status: "unknown to the endpoint"}
		case failed && !failure.Fatal():
			c.o.Note(fmt.Sprintf("asking for batch %s: %v", p.batch, err))
			continue
		case err != nil:
			return moved, err
		}
		c.noteStatus(p, b)
		switch {
		case !failed && !b.Over():
		case b.Status == statusFailed && b.Busy:
			p.status = statusNoRoom
		default:
			if err := c.finish(ctx, p, b); err != nil {
				return moved, err
			}
			moved = true
		}
	}
	return moved, nil
}

// isUnknown reports whether the endpoint does not know what it was asked for.
func isUnknown(err error) bool {
	failure, ok := errors.AsType[*model.Error](err)
	return ok && failure.Kind == model.KindNotFound
}

// statusNoRoom is the status of a piece that the endpoint refused because too many requests wait there.
const statusNoRoom = "waits for room at the endpoint"

// noteStatus notes the status of a piece where it has changed.
func (c *Collector) noteStatus(p *piece, b Batch) {
	status := strings.ReplaceAll(b.Status, "_", " ")
	if status == p.status {
		return
	}
	p.status = status
	text := fmt.Sprintf("batch %s: %s", p.batch, status)
	if b.Total > 0 {
		text += fmt.Sprintf(", %d of %d done, %d failed", b.Completed, b.Total, b.Failed)
	}
	if b.Problem != "" {
		text += ": " + b.Problem
	}
	c.o.Note(text)
}

// finish reads the results of a piece whose batch has ended, and submits again the requests that another batch may
// answer.
func (c *Collector) finish(ctx context.Context, p *piece, b Batch) error {
	again := map[string]bool{}
	for _, file := range []string{b.OutputFile, b.ErrorFile} {
		if file == "" {
			continue
		}
		if err := c.collect(ctx, p, file, again); err != nil {
			return err
		}
	}
	for k, e := range c.entries { // only this goroutine changes them
		if e.piece == p && e.length == 0 {
			again[k] = true
		}
	}
	attempt := p.attempt + 1
	switch {
	case b.Status == statusFailed:
		p.failure = fmt.Sprintf("batch %s was not accepted: %s", p.batch, b.Problem)
		clear(again)
	case b.Status == statusCancelled && p.isEarlier:
		attempt = 1 // it was cancelled before this run was started
	case b.Status == statusCancelled:
		p.failure = fmt.Sprintf("batch %s was cancelled before this request was done; "+
			"run it again to submit it anew", p.batch)
		clear(again)
	case p.attempt >= maxAttempts:
		p.failure = fmt.Sprintf("batch %s ended without this request (%s), the last of %d attempts",
			p.batch, strings.ReplaceAll(b.Status, "_", " "), p.attempt)
		clear(again)
	}
	if len(again) > 0 {
		c.o.Note(fmt.Sprintf("batch %s: submitting again %s without a reply", p.batch, requests(len(again))))
		if err := c.resubmit(ctx, again, attempt); err != nil {
			return err
		}
	}
	close(p.done)
	return nil
}

func (c *Collector) resubmit(ctx context.Context, again map[string]bool, attempt int) error {
	b := &builder{collector: c, attempt: attempt}
	defer b.drop()
	for r, err := range c.o.Requests {
		if err != nil {
			return err
		}
		if again[r.Key] {
			delete(again, r.Key) // one of several that ask the same is enough
			if err := b.add(ctx, r); err != nil {
				return err
			}
		}
	}
	return b.flush(ctx)
}

// resubmitRefused submits again the pieces that the endpoint refused for want of room.
func (c *Collector) resubmitRefused(ctx context.Context) (tried bool, err error) {
	for _, p := range slices.Clone(c.pieces) {
		if isClosed(p.done) || p.status != statusNoRoom {
			continue
		}
		tried = true
		again := map[string]bool{}
		for k, e := range c.entries {
			if e.piece == p {
				again[k] = true
			}
		}
		if err := c.resubmit(ctx, again, p.attempt); err != nil {
			return tried, err
		}
		close(p.done)
	}
	return tried, nil
}

// Waiting is how many requests of a run wait for one batch.
type Waiting struct {
	Batch    string
	Requests int
}

// Waiting lists the batches that the run waits for.
func (c *Collector) Waiting() []Waiting {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := map[*piece]int{}
	for _, e := range c.entries {
		n[e.piece]++
	}
	var out []Waiting
	for _, p := range c.pieces {
		if n[p] > 0 && !isClosed(p.done) {
			out = append(out, Waiting{Batch: p.batch, Requests: n[p]})
		}
	}
	return out
}

// Collected lists the pieces that no later run needs: all their requests belong to this run, which is complete.
func (c *Collector) Collected() []runfile.Batch {
	var out []runfile.Batch
	for _, p := range c.pieces {
		if isClosed(p.done) && p.left == 0 {
			out = append(out, runfile.Batch{Piece: p.id, State: runfile.Collected, At: time.Now().UTC()})
		}
	}
	return out
}
