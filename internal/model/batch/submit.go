package batch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/text/wording"
)

// keptFor is how long a provider keeps results, at least. Older pieces are not looked for.
const keptFor = 30 * 24 * time.Hour

// The labels of a batch at the provider.
const (
	labelPiece  = "promptbench_piece"
	labelPrompt = "promptbench_prompt"
)

// NoLimit has [Collector.Submit] submit any number of requests.
const NoLimit = -1

// Submit submits the requests that have no recorded reply and are not at the provider yet, at most the given number of
// them, and returns how many these are. It may be called again, once Watch has returned, for requests that were not
// among those of the run before.
func (c *Collector) Submit(ctx context.Context, most int) (n int, err error) {
	if c.known == nil {
		if c.known, err = c.earlier(ctx); err != nil {
			return 0, err
		}
	}
	earlier, left := c.known, 0
	c.mu.Lock()
	if isClosed(c.ended) {
		c.ended = make(chan struct{})
	}
	c.mu.Unlock()
	b := &builder{collector: c, attempt: 1}
	defer b.drop()
	for r, err := range c.o.Requests {
		if err != nil {
			return n, err
		}
		if _, twice := c.entries[r.Key]; twice || b.has[r.Key] {
			continue
		}
		p := earlier[r.Key]
		answered, err := c.isAnswered(r.Key, p)
		if err != nil {
			return n, err
		}
		if p != nil {
			p.left--
			delete(earlier, r.Key) // so that it is not counted twice
		}
		switch {
		case answered:
		case p != nil && !c.o.Recorded.Failed(r.Key, p.batch):
			if !slices.Contains(c.pieces, p) {
				c.pieces = append(c.pieces, p)
			}
			c.entries[r.Key] = entry{piece: p}
		case n == most:
			left++
		default:
			n++
			if err := b.add(ctx, r); err != nil {
				return n, err
			}
		}
	}
	if left > 0 {
		c.o.Note(fmt.Sprintf("%s: --max-calls %d leaves out %s", c.o.Prompt, c.o.MaxCalls, requests(left)))
	}
	return n, b.flush(ctx)
}

// isAnswered reports whether a recorded call answers the request: one that came from the piece that holds it, or is
// newer.
func (c *Collector) isAnswered(key string, p *piece) (bool, error) {
	switch {
	case c.o.Recorded == nil || !c.o.Recorded.Has(key):
		return false, nil
	case p == nil:
		return true, nil
	}
	call, ok, err := c.o.Recorded.Lookup(key, "")
	return ok && (call.Batch == p.batch || !call.At.Before(p.made)), err
}

// earlier returns the pieces of earlier runs by request, and the newest of several.
func (c *Collector) earlier(ctx context.Context) (map[string]*piece, error) {
	if c.o.Recorded == nil {
		return nil, nil
	}
	out := map[string]*piece{}
	for _, known := range Outstanding(c.o.Recorded, c.o.Endpoint, c.o.Model) {
		p := &piece{
			id: known.ID, attempt: known.Attempt, batch: known.Batch, made: known.At, isEarlier: true,
			done: make(chan struct{}),
		}
		if p.batch == "" {
			found, err := c.find(ctx, p)
			if err != nil {
				return nil, err
			}
			if !found {
				continue // it was interrupted before the batch was made
			}
		}
		keys, err := c.o.Recorded.KeysOf(known)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			if out[key] == nil {
				out[key] = p
				p.left++
			}
		}
	}
	return out, nil
}

// A batch that was just asked for may not be in the list yet.
const (
	freshFor   = 2 * time.Minute
	secondLook = 3 * time.Second
)

// find looks at the provider for the batch of a piece without a line that names one, and writes that line.
func (c *Collector) find(ctx context.Context, p *piece) (bool, error) {
	b, ok, err := c.o.Client.Find(ctx, p.id, p.made)
	if err == nil && !ok && time.Since(p.made) < freshFor {
		if err := c.o.Wait(ctx, secondLook); err != nil {
			return false, err
		}
		b, ok, err = c.o.Client.Find(ctx, p.id, p.made)
	}
	switch {
	case err != nil:
		return false, fmt.Errorf("looking for a batch of an earlier run: %w", err)
	case !ok && time.Since(p.made) < freshFor:
		return false, nil
	case !ok: // no later run needs to look again
		return false, c.record(runfile.Batch{Piece: p.id, State: runfile.Collected, At: time.Now().UTC()})
	}
	p.batch, p.status = b.ID, b.Status
	c.o.Note(fmt.Sprintf("batch %s was submitted by a run that was killed before it recorded that", b.ID))
	return true, c.record(runfile.Batch{Piece: p.id, State: runfile.Submitted, Batch: b.ID, At: time.Now().UTC()})
}

// submit submits a piece whose request file is at path.
func (c *Collector) submit(ctx context.Context, p *piece, keys []string, path string) error {
	err := c.record(runfile.Batch{Piece: p.id, State: runfile.Submitting, Attempt: p.attempt, Keys: keys, At: p.made})
	if err != nil {
		return err
	}
	file, err := c.o.Client.Upload(ctx, path)
	if err != nil {
		return fmt.Errorf("uploading %s: %w", requests(len(keys)), err)
	}
	b, err := c.create(ctx, p, file)
	if err != nil {
		return fmt.Errorf("making a batch of %s: %w", requests(len(keys)), err)
	}
	p.batch, p.status = b.ID, b.Status
	c.o.Note(fmt.Sprintf("batch %s: %s submitted", b.ID, requests(len(keys))))
	return c.record(runfile.Batch{
		Piece: p.id, State: runfile.Submitted, Batch: b.ID, InputFile: file, At: time.Now().UTC(),
	})
}

func requests(n int) string { return wording.Count(n, "request") }

// How often a batch is tried to be made, and the first wait in between.
const (
	createAttempts = 6
	createWait     = 2 * time.Second
)

// create makes the batch of a piece, once: where the answer was lost, it looks for the batch before it tries again.
func (c *Collector) create(ctx context.Context, p *piece, file string) (Batch, error) {
	for attempt := 1; ; attempt++ {
		b, err := c.o.Client.Create(ctx, file, map[string]string{labelPiece: p.id, labelPrompt: c.o.Prompt})
		if err == nil {
			return b, nil
		}
		failure, ok := errors.AsType[*model.Error](err)
		if !ok || !failure.Retryable() || attempt == createAttempts || ctx.Err() != nil {
			return b, err
		}
		if c.o.Wait(ctx, max(failure.RetryAfter, createWait<<(attempt-1))) != nil {
			return b, err
		}
		if failure.Unclear() {
			found, ok, err := c.o.Client.Find(ctx, p.id, p.made)
			if err != nil || ok {
				return found, err
			}
		}
	}
}
