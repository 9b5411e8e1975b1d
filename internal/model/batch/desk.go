package batch

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"os"
	"sync"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
)

// Options are what a [Desk] needs.
type Options struct {
	API      *model.BatchClient
	Endpoint string // the label that stands in keys
	Model    string // the id of the model
	Run      string // the id of the run, which names its pieces
	Prompt   string // the name of the revision, for people who look at the provider's list

	// Requests yields the requests of the run, the same each time.
	Requests iter.Seq2[Request, error]
	// Recorded are the calls and pieces of earlier runs; nil: ask anyway.
	Recorded *runfile.Index
	// Record keeps a batch line before anything that depends on it is sent.
	Record func(runfile.Batch) error
	// Note tells a person what happens; may be nil.
	Note func(string)

	MaxRequests int           // of a piece; 0 for the provider's limit
	MaxBytes    int           // of a piece; 0 for the provider's limit
	MaxCalls    int           // what a person is told that keeps requests from being handed in; see [Desk.Submit]
	Deadline    time.Duration // waiting ends then; 0 for never

	Wait func(ctx context.Context, d time.Duration) error // nil but in tests that must not wait
}

// A Request is what a trial asks.
type Request struct {
	Key  string // of its recording
	Body []byte // see [model.WireBody]
}

// A Desk hands in the requests of one revision and gives out their replies. It is
// made by [Open], filled by [Desk.Submit] and then looked after by [Desk.Watch],
// while its Complete is called from many goroutines.
type Desk struct {
	o   Options
	dir string // of the request and result files

	pieces []*piece // of the run, in the order in which they are met; those of Watch belong to it
	number int      // of the last piece that was made here
	wrote  bool     // something in the run file

	mu      sync.Mutex
	entries map[key]entry
	files   []*os.File    // results
	err     error         // why nothing more will come
	broken  chan struct{} // closed with err
	ended   chan struct{} // closed when nothing is watched any more
}

type key = [32]byte

// An entry says where the reply to a request is, or will be.
type entry struct {
	piece  *piece
	file   int32 // index into Desk.files
	length int32 // 0: no result yet
	offset int64
}

// A piece is requests that are handed in together.
type piece struct {
	id      string
	attempt int
	batch   string // the provider's id
	status  string // as last heard
	made    time.Time
	earlier bool   // by a run before this one
	left    int    // requests that nothing has an eye on in this run
	failure string // why those of its requests failed that have no result
	over    chan struct{}
}

func (d *Desk) newPiece(attempt int) *piece {
	d.number++
	return &piece{id: fmt.Sprintf("%s-%d", d.o.Run, d.number), attempt: attempt, made: time.Now().UTC(), over: make(chan struct{})}
}

// record keeps a batch line.
func (d *Desk) record(b runfile.Batch) error {
	d.wrote = true
	return d.o.Record(b)
}

// Wrote reports whether the run file has a line of the desk.
func (d *Desk) Wrote() bool { return d.wrote }

// Open makes a desk. Close it when the run is over.
func Open(o Options) (*Desk, error) {
	if o.MaxRequests <= 0 || o.MaxRequests > model.MaxBatchRequests {
		o.MaxRequests = model.MaxBatchRequests
	}
	if o.MaxBytes <= 0 || o.MaxBytes > model.MaxBatchBytes {
		o.MaxBytes = model.MaxBatchBytes
	}
	if o.Note == nil {
		o.Note = func(string) {}
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	dir, err := os.MkdirTemp("", "promptbench-batch-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for request files: %w", err)
	}
	return &Desk{o: o, dir: dir, entries: map[key]entry{}, broken: make(chan struct{}), ended: make(chan struct{})}, nil
}

// Close clears away what the desk keeps on disk.
func (d *Desk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.files {
		_ = f.Close() // was only read from
	}
	return os.RemoveAll(d.dir)
}

// Complete waits for the batch that holds the request, and returns its reply.
// A request that was not handed in fails with [model.KindBudget]: there was no
// room for it.
func (d *Desk) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	k, ok := parseKey(model.WireKey(d.o.Endpoint, r.Wire, r.Trial))
	if !ok {
		return model.Response{}, errNoKey
	}
	for {
		d.mu.Lock()
		e, waits := d.entries[k]
		settled := waits && isClosed(e.piece.over) // seen while nothing can be placed, so that e is what it was settled with
		err := d.err
		d.mu.Unlock()
		over := d.ended // of a request that was not handed in: only then the others are not kept from being collected
		switch {
		case !waits && isClosed(d.ended):
			return model.Response{}, &model.Error{Kind: model.KindBudget, Message: fmt.Sprintf("stopped at --max-calls %d", d.o.MaxCalls)}
		case !waits:
		case settled && e.length > 0:
			return d.read(e)
		case settled:
			return model.Response{}, &model.Error{Kind: model.KindBatch, Message: e.piece.failure, Attempts: e.piece.attempt, Batch: e.piece.batch}
		default:
			over = e.piece.over // then there is a result, or another piece has the request
		}
		if err != nil {
			return model.Response{}, err
		}
		select {
		case <-over:
		case <-d.broken:
		case <-ctx.Done():
			return model.Response{}, &model.Error{Kind: model.KindCancelled, Message: context.Cause(ctx).Error()}
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

// fail ends all waiting.
func (d *Desk) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = err
		close(d.broken)
	}
}

// read returns the reply of a result that was downloaded.
func (d *Desk) read(e entry) (model.Response, error) {
	d.mu.Lock()
	f := d.files[e.file]
	d.mu.Unlock()
	line := make([]byte, e.length)
	if _, err := f.ReadAt(line, e.offset); err != nil {
		return model.Response{}, fmt.Errorf("reading the results of a batch: %w", err)
	}
	result, err := model.ParseBatchResult(line)
	if err != nil {
		return model.Response{}, err
	}
	resp, err := d.o.API.Read(result)
	if failure, ok := errors.AsType[*model.Error](err); ok {
		failure.Attempts, failure.Batch = e.piece.attempt, e.piece.batch
		return resp, failure
	}
	if resp.At.IsZero() {
		resp.At = time.Now().UTC()
	}
	resp.Batch, resp.Attempts = e.piece.batch, e.piece.attempt
	return resp, err
}

// Lookup finds the recorded call with a key, unless a batch that was handed in
// after it holds the request: then the newer reply is waited for.
func (d *Desk) Lookup(key string) (runfile.Call, bool, error) {
	if k, ok := parseKey(key); ok {
		d.mu.Lock()
		_, waits := d.entries[k]
		d.mu.Unlock()
		if waits {
			return runfile.Call{}, false, nil
		}
	}
	if d.o.Recorded == nil {
		return runfile.Call{}, false, nil
	}
	return d.o.Recorded.Lookup(key)
}

// errNoKey says that a key is none.
var errNoKey = errors.New("the key of a request is no SHA-256")

func parseKey(s string) (k key, ok bool) {
	if len(s) != hex.EncodedLen(len(k)) {
		return k, false
	}
	_, err := hex.Decode(k[:], []byte(s))
	return k, err == nil
}
