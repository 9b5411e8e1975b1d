package batch

import (
	"context"
	"fmt"
	"iter"
	"os"
	"sync"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
)

// Options are what a [Collector] needs.
type Options struct {
	Client   *Client
	Endpoint string // the label that is part of keys
	Model    string // the id of the model
	Run      string // the id of the run, which names its pieces
	Prompt   string // the name of the revision, for people who look at the provider's list

	// Requests yields the requests of the run, prepared, the same each time.
	Requests iter.Seq2[model.Request, error]
	// Recorded are the calls and pieces of earlier runs; nil: ask anyway.
	Recorded *runfile.Index
	// Record writes a batch line durably, before anything that depends on it is sent.
	Record func(runfile.Batch) error
	// Note tells a person what happens; may be nil.
	Note func(string)

	MaxRequests int            // of a piece; 0 for the provider's limit
	MaxBytes    int            // of a piece; 0 for the provider's limit
	MaxCalls    int            // the limit that messages name; [Collector.Submit] keeps to its own
	Deadline    *time.Duration // waiting ends then; nil for never

	Wait func(ctx context.Context, d time.Duration) error // nil but in tests that must not wait
}

// A Collector submits the requests of one revision and returns their replies. [Open] makes it, [Collector.Submit] fills
// it, and [Collector.Watch] watches the batches, while Complete is called from many goroutines.
type Collector struct {
	o   Options
	dir string // of the request and result files

	pieces   []*piece          // in the order in which they were found or made; once Watch runs, only it uses them
	number   int               // of the last piece that was made here
	known    map[string]*piece // of earlier runs, by request; nil before the first [Collector.Submit]
	hasLines bool              // something in the run file

	mu      sync.Mutex
	entries map[string]entry // by the key of the request
	files   []*os.File       // results
	err     error            // why no further reply can come
	failed  chan struct{}    // closed with err
	ended   chan struct{}    // closed when Watch returns; made anew by Submit
}

// An entry says where the reply to a request is, or will be.
type entry struct {
	piece  *piece
	file   int32 // index into Collector.files
	length int32 // 0: no result yet
	offset int64
}

// A piece is requests that are submitted together.
type piece struct {
	id        string
	attempt   int
	batch     string // the provider's id
	status    string // as last heard
	made      time.Time
	isEarlier bool   // by a run before this one
	left      int    // requests that are not this run's
	failure   string // why those of its requests failed that have no result
	done      chan struct{}
}

func (c *Collector) newPiece(attempt int) *piece {
	c.number++
	return &piece{
		id: fmt.Sprintf("%s-%d", c.o.Run, c.number), attempt: attempt, made: time.Now().UTC(), done: make(chan struct{}),
	}
}

func (c *Collector) record(b runfile.Batch) error {
	c.hasLines = true
	return c.o.Record(b)
}

// HasLines reports whether the run file has a line of the collector.
func (c *Collector) HasLines() bool { return c.hasLines }

// Open makes a collector. Close it when the run is over.
func Open(o Options) (*Collector, error) {
	if o.MaxRequests <= 0 || o.MaxRequests > MaxRequests {
		o.MaxRequests = MaxRequests
	}
	if o.MaxBytes <= 0 || o.MaxBytes > maxBytes {
		o.MaxBytes = maxBytes
	}
	if o.Note == nil {
		o.Note = func(string) {}
	}
	if o.Wait == nil {
		o.Wait = model.Sleep
	}
	dir, err := os.MkdirTemp("", "promptbench-batch-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for request files: %w", err)
	}
	return &Collector{
		o: o, dir: dir, entries: map[string]entry{}, failed: make(chan struct{}), ended: make(chan struct{}),
	}, nil
}

// Close removes the files of the collector.
func (c *Collector) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.files {
		_ = f.Close() // was only read from
	}
	return os.RemoveAll(c.dir)
}

// Complete waits for the batch that holds the request, and returns its reply. A request that was not submitted, for
// want of calls, fails with [model.KindBudget].
func (c *Collector) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	for {
		c.mu.Lock()
		e, waits := c.entries[r.Key]
		isDone := waits && isClosed(e.piece.done) // under the lock, so that e is the last entry
		err, ended := c.err, c.ended
		c.mu.Unlock()
		done := ended // of a request that was not submitted, so that the others are collected first
		switch {
		case !waits && isClosed(ended):
			return model.Response{}, &model.Error{
				Kind: model.KindBudget, Message: fmt.Sprintf("stopped at --max-calls %d", c.o.MaxCalls),
			}
		case !waits:
		case isDone && e.length > 0:
			return c.read(e)
		case isDone:
			return model.Response{}, &model.Error{
				Kind: model.KindBatch, Message: e.piece.failure, Attempts: e.piece.attempt, Batch: e.piece.batch,
			}
		default:
			done = e.piece.done // then there is a result, or another piece has the request
		}
		if err != nil {
			return model.Response{}, err
		}
		select {
		case <-done:
		case <-c.failed:
		case <-ctx.Done():
			return model.Response{}, model.Cancelled(ctx, 0)
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (c *Collector) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
		close(c.failed)
	}
}

func (c *Collector) read(e entry) (model.Response, error) {
	c.mu.Lock()
	f := c.files[e.file]
	c.mu.Unlock()
	line := make([]byte, e.length)
	if _, err := f.ReadAt(line, e.offset); err != nil {
		return model.Response{}, fmt.Errorf("reading the results of a batch: %w", err)
	}
	r, err := c.o.Client.parse(line)
	if err != nil {
		return model.Response{}, err
	}
	if r.failure != nil {
		r.failure.Attempts, r.failure.Batch = e.piece.attempt, e.piece.batch
		return model.Response{}, r.failure
	}
	resp := r.response
	if resp.At.IsZero() {
		resp.At = time.Now().UTC()
	}
	resp.Batch, resp.Attempts = e.piece.batch, e.piece.attempt
	return resp, nil
}

// Lookup finds the recorded call with a key, unless a batch that was submitted after it holds the request: then
// Complete waits for the newer reply.
func (c *Collector) Lookup(key, caseID string) (runfile.Call, bool, error) {
	c.mu.Lock()
	_, waits := c.entries[key]
	c.mu.Unlock()
	if waits || c.o.Recorded == nil {
		return runfile.Call{}, false, nil
	}
	return c.o.Recorded.Lookup(key, caseID)
}
