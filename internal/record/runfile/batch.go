package runfile

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// KindBatch is the kind of the lines that say what was submitted as a batch.
const KindBatch = "batch"

// A BatchState is how far a piece is, as [Batch.State] says it.
type BatchState string

// The states of a piece. Submitting is written before anything is sent: where no line after it names the provider's
// batch, the batch may exist all the same.
const (
	Submitting BatchState = "submitting"
	Submitted  BatchState = "submitted"
	Collected  BatchState = "collected" // every request of it has its call line
)

// A Batch is a line about a piece: requests of a run that are submitted to a provider together. The lines of one piece
// have the same id. They may be in the files of several runs, since a later run finishes what an earlier one began.
type Batch struct {
	Kind      string     `json:"kind"`
	Piece     string     `json:"piece"` // the id of the run that made it, and a number
	State     BatchState `json:"state"`
	Attempt   int        `json:"attempt,omitempty"`    // of its requests, from 1; submitting
	Keys      []string   `json:"keys,omitempty"`       // of its requests; submitting
	Batch     string     `json:"batch,omitempty"`      // the provider's id; submitted
	InputFile string     `json:"input_file,omitempty"` // the provider's id; submitted
	At        time.Time  `json:"at"`
}

// Batch appends a batch line and makes the file durable: what is sent next must never be sent again.
func (w *Writer) Batch(b Batch) error {
	b.Kind = KindBatch
	return w.appendDurably(b)
}

func (w *Writer) appendDurably(record any) error {
	if err := w.append(record, true); err != nil {
		return err
	}
	return w.Sync()
}

// A Piece is what the batch lines of all indexed runs say of one piece.
type Piece struct {
	ID        string
	Endpoint  string // of the run that made it
	Model     string
	Attempt   int
	Batch     string // the provider's id; empty where no line names it
	InputFile string
	At        time.Time // when it was made, before anything was sent
	Collected bool

	keys *place // nil where no run says what is in it
}

// A failure is a call that a batch brought back as an error.
type failure struct {
	digest digest
	batch  string
}

// A batchLine is a batch line and its position.
type batchLine struct {
	Batch

	place place // but for the file
}

// addBatch adds a batch line without its keys.
func (s *indexedFile) addBatch(l Line) error {
	b := batchLine{place: place{length: int32(len(l.Data)), offset: l.Offset}}
	if err := l.Decode(&b.Batch); err != nil {
		return err
	}
	b.Keys = nil
	s.batches = append(s.batches, b)
	return nil
}

func (x *Index) takeBatches(s indexedFile, file int32) {
	for _, f := range s.failed {
		x.failed[f] = true
	}
	for _, b := range s.batches {
		p, ok := x.pieces[b.Piece]
		if !ok {
			p = &Piece{ID: b.Piece}
			x.pieces[b.Piece] = p
		}
		switch b.State {
		case Submitting:
			p.Endpoint, p.Model, p.Attempt, p.At = s.header.Model.Endpoint, s.header.Model.ID, b.Attempt, b.At
			b.place.file = file
			p.keys = &b.place
		case Submitted:
			p.Batch, p.InputFile = b.Batch.Batch, b.InputFile
		case Collected:
			p.Collected = true
		}
	}
}

// Pieces lists what was submitted as a batch, newest first.
func (x *Index) Pieces() []Piece {
	var out []Piece
	for _, p := range x.pieces {
		if p.keys != nil {
			out = append(out, *p)
		}
	}
	slices.SortFunc(out, func(a, b Piece) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
	})
	return out
}

// KeysOf reads the keys of the requests of a piece.
func (x *Index) KeysOf(p Piece) ([]string, error) {
	line, err := x.line(*p.keys)
	if err != nil {
		return nil, err
	}
	var b Batch
	if err := json.Unmarshal(line, &b); err != nil {
		return nil, fmt.Errorf("reading a batch line in %s: %w", x.files[p.keys.file].path, err)
	}
	return b.Keys, nil
}

// Failed reports whether a run has recorded that a batch brought back the call with a key as an error.
func (x *Index) Failed(key, batch string) bool {
	k, ok := parseKey([]byte(key))
	return ok && x.failed[failure{k, batch}]
}
