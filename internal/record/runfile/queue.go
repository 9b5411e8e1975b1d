package runfile

import (
	"cmp"
	"slices"
	"time"
)

// KindQueue is the kind of the line that says which lane of a work queue makes
// the calls of a run.
const KindQueue = "queue"

// A Queue is that line. It comes before the first call, so that the next run
// finds what a killed one has left in the queue.
type Queue struct {
	Kind string    `json:"kind"`
	Lane string    `json:"lane"`
	At   time.Time `json:"at"`
}

// Queue appends a queue line and makes the file durable.
func (w *Writer) Queue(q Queue) error {
	q.Kind = KindQueue
	return w.safely(q)
}

// A Lane is a run whose calls a work queue made, as an [Index] knows it.
type Lane struct {
	Path     string
	ID       string
	Endpoint string
	Model    string
	Tool     string // that wrote the run
	At       time.Time
	Complete bool // the run is
}

// queue takes note of a queue line.
func (s *indexedFile) queue(l Line) error {
	var q Queue
	if err := l.Decode(&q); err != nil {
		return err
	}
	s.lanes = append(s.lanes, Lane{
		Path: s.path, ID: q.Lane, Endpoint: s.header.Model.Endpoint, Model: s.header.Model.ID, Tool: s.header.Tool, At: q.At,
	})
	return nil
}

// end takes note of an end line.
func (s *indexedFile) end(l Line) {
	e := endOf(l.Data)
	for i := range s.lanes {
		s.lanes[i].Complete = e != nil && e.Status == Complete
	}
}

// Lanes lists the runs whose calls a work queue made, newest first.
func (x *Index) Lanes() []Lane {
	out := slices.Clone(x.lanes)
	slices.SortFunc(out, func(a, b Lane) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Path, a.Path)) })
	return out
}
