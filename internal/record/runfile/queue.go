package runfile

import (
	"cmp"
	"slices"
	"time"
)

// KindQueue is the kind of the line that says under which id a work queue makes the calls of a run.
const KindQueue = "queue"

// A Queue is that line. It comes before the first call, so that the next run finds what a killed one has left in the
// queue.
type Queue struct {
	Kind string    `json:"kind"`
	ID   string    `json:"lane"` // of the run in the queue
	At   time.Time `json:"at"`
}

// Queue appends a queue line and makes the file durable.
func (w *Writer) Queue(q Queue) error {
	q.Kind = KindQueue
	return w.appendDurably(q)
}

// A QueuedRun is a run whose calls a work queue made, as an [Index] knows it.
type QueuedRun struct {
	Path     string
	ID       string // in the queue
	Endpoint string
	Model    string
	Tool     string // that wrote the run
	At       time.Time
	Complete bool // the run is
}

func (s *indexedFile) addQueue(l Line) error {
	var q Queue
	if err := l.Decode(&q); err != nil {
		return err
	}
	s.queued = append(s.queued, QueuedRun{
		Path: s.path, ID: q.ID, Endpoint: s.header.Model.Endpoint, Model: s.header.Model.ID, Tool: s.header.Tool, At: q.At,
	})
	return nil
}

// QueuedRuns lists the runs whose calls a work queue made, newest first.
func (x *Index) QueuedRuns() []QueuedRun {
	now := time.Now()
	return slices.SortedFunc(slices.Values(x.queued), func(a, b QueuedRun) int {
		return cmp.Or(compareAge(a.At, b.At, now), cmp.Compare(b.Path, a.Path))
	})
}
