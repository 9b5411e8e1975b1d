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
	// maxAttempts is how often a request is handed in, the first time included.
	maxAttempts = 3

	firstPoll = time.Second
	lastPoll  = time.Minute

	// How long a piece waits that the endpoint had no room for, at first and at most.
	firstRoom = time.Minute
	lastRoom  = 15 * time.Minute
)

// Watch looks after the pieces until all are over, ctx ends, or nothing more can
// come, which [Collector.Complete] then says.
func (c *Collector) Watch(ctx context.Context) {
	defer close(c.ended)
	if c.o.Deadline > 0 {
		timer := time.AfterFunc(c.o.Deadline, func() {
			c.fail(&model.Error{Kind: model.KindBudget, Message: fmt.Sprintf("stopped at --deadline %s; the batches go on, run it again to collect them", c.o.Deadline)})
		})
		defer timer.Stop()
	}
	poll, room := firstPoll, firstRoom
	due := time.Now().Add(room) // when what had no room is handed in again
	for {
		moved, err := c.look(ctx)
		switch {
		case ctx.Err() != nil || isClosed(c.broken):
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
			tried, err := c.makeRoom(ctx)
			if err != nil {
				c.fail(err)
				return
			}
			if tried {
				room = min(2*room, lastRoom)
			}
			due = time.Now().Add(room)
		}
		if !slices.ContainsFunc(c.pieces, func(p *piece) bool { return !isClosed(p.over) }) || c.o.Wait(ctx, poll) != nil {
			return
		}
	}
}

// look asks how far the pieces are, and reports whether one got over.
func (c *Collector) look(ctx context.Context) (moved bool, err error) {
	for _, p := range slices.Clone(c.pieces) {
		if isClosed(p.over) || p.status == noRoom {
			continue
		}
		b, err := c.o.Client.Get(ctx, p.batch)
		failure, failed := errors.AsType[*model.Error](err)
		switch {
		case isUnknown(err) && !p.earlier && time.Since(p.made) < fresh:
			continue // not everywhere yet at the endpoint, which has just made it
		case isUnknown(err):
			b = Batch{ID: p.batch, Status: "unknown to the endpoint"}
		case failed && !failure.Fatal():
			c.o.Note(fmt.Sprintf("asking for batch %s: %v", p.batch, err))
			continue
		case err != nil:
			return moved, err
		}
		c.tell(p, b)
		switch {
		case !failed && !b.Over():
		case b.Status == statusFailed && b.Busy:
			p.status = noRoom
		default:
			if err := c.settle(ctx, p, b); err != nil {
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

// noRoom is the status of a piece that the endpoint refused since too much waits
// there.
const noRoom = "waits for room at the endpoint"

// tell notes what is new about a piece.
func (c *Collector) tell(p *piece, b Batch) {
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

// settle takes in the results of a piece that is over, and hands in again what
// another batch may bring.
func (c *Collector) settle(ctx context.Context, p *piece, b Batch) error {
	again := map[key]bool{}
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
	case b.Status == statusCancelled && p.earlier:
		attempt = 1 // whoever cancelled it has asked for the run again
	case b.Status == statusCancelled:
		p.failure = fmt.Sprintf("batch %s was cancelled before this request was done; run it again to hand it in anew", p.batch)
		clear(again)
	case p.attempt >= maxAttempts:
		p.failure = fmt.Sprintf("batch %s ended without this request (%s), the last of %d attempts", p.batch, strings.ReplaceAll(b.Status, "_", " "), p.attempt)
		clear(again)
	}
	if len(again) > 0 {
		c.o.Note(fmt.Sprintf("batch %s: handing in again %s without a reply", p.batch, requests(len(again))))
		if err := c.resubmit(ctx, again, attempt); err != nil {
			return err
		}
	}
	close(p.over)
	return nil
}

// resubmit hands in some requests again.
func (c *Collector) resubmit(ctx context.Context, again map[key]bool, attempt int) error {
	b := &builder{collector: c, attempt: attempt}
	defer b.drop()
	for r, err := range c.o.Requests {
		if err != nil {
			return err
		}
		if k, ok := parseKey(r.Key); ok && again[k] {
			delete(again, k) // one of several that ask the same is enough
			if err := b.add(ctx, k, r); err != nil {
				return err
			}
		}
	}
	return b.flush(ctx)
}

// makeRoom hands in again what the endpoint had no room for.
func (c *Collector) makeRoom(ctx context.Context) (tried bool, err error) {
	for _, p := range slices.Clone(c.pieces) {
		if isClosed(p.over) || p.status != noRoom {
			continue
		}
		tried = true
		again := map[key]bool{}
		for k, e := range c.entries {
			if e.piece == p {
				again[k] = true
			}
		}
		if err := c.resubmit(ctx, again, p.attempt); err != nil {
			return tried, err
		}
		close(p.over)
	}
	return tried, nil
}

// Waiting is how many requests of a run wait for one batch.
type Waiting struct {
	Batch    string
	Requests int
}

// Waiting says for which batches the run waits, in the order in which they are
// met.
func (c *Collector) Waiting() []Waiting {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := map[*piece]int{}
	for _, e := range c.entries {
		n[e.piece]++
	}
	var out []Waiting
	for _, p := range c.pieces {
		if n[p] > 0 && !isClosed(p.over) {
			out = append(out, Waiting{Batch: p.batch, Requests: n[p]})
		}
	}
	return out
}

// Collected lists the pieces that no later run has to look at: all their
// requests belong to this run, which is complete.
func (c *Collector) Collected() []runfile.Batch {
	var out []runfile.Batch
	for _, p := range c.pieces {
		if isClosed(p.over) && p.left == 0 {
			out = append(out, runfile.Batch{Piece: p.id, State: runfile.Collected, At: time.Now().UTC()})
		}
	}
	return out
}
