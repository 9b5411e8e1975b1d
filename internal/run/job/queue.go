package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/model/queue"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// A Queue is a work queue that a job has its calls made through.
type Queue struct {
	Server  queue.Options
	Version string        // of this program: workers have to be of the same
	Lease   time.Duration // a call whose worker is silent for so long goes to another; 0 for the default
}

// viaQueue makes the model that has workers make the attempts at a target. Which
// run an attempt is for stands in its context, see [lane], since the runs of a job
// share the limits of a target. The target's key stays where it is.
func viaQueue(t project.Target, e *model.Engine, timeout time.Duration) (model.Model, error) {
	return e.Wrap(dispatch{}, t.Priced(timeout))
}

type laneKey struct{}

// dispatch makes an attempt through the lane of its context.
type dispatch struct{}

// Complete makes an attempt.
func (dispatch) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	l, ok := ctx.Value(laneKey{}).(*queue.Lane)
	if !ok {
		return model.Response{}, errNoLane
	}
	return l.Complete(ctx, r)
}

// errNoLane says that a call is for no run.
var errNoLane = errors.New("a call through the queue belongs to no run")

// A lane has the calls of one run made through its lane of the queue.
type lane struct {
	next model.Model
	lane *queue.Lane
}

// Complete makes a call.
func (l lane) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	return l.next.Complete(context.WithValue(ctx, laneKey{}, l.lane), r)
}

// A queueRun is a run file that tells the queue what it holds.
type queueRun struct {
	*runfile.Writer

	ctx     context.Context //nolint:containedctx // of the job, for the messages to the queue
	lane    *queue.Lane
	note    func(string)
	written *written
}

// written are the keys of calls that are in the file and perhaps not on disk.
type written struct {
	mu   sync.Mutex
	keys []string
}

func (w *written) add(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.keys = append(w.keys, key)
}

func (w *written) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	keys := w.keys
	w.keys = nil
	return keys
}

// Call writes a call.
func (q queueRun) Call(c runfile.Call) error {
	err := q.Writer.Call(c)
	if err == nil {
		q.written.add(c.Key)
	}
	return err
}

// Sync makes the calls so far durable, and only then has their replies taken out
// of the queue.
func (q queueRun) Sync() error {
	keys := q.written.take()
	err := q.Writer.Sync()
	q.stored(err, keys)
	return err
}

func (q queueRun) stored(err error, keys []string) {
	for _, key := range keys {
		if err == nil {
			q.lane.Stored(q.ctx, key)
		}
	}
}

// Close ends the run and its lane.
func (q queueRun) Close(e runfile.End) error {
	keys := q.written.take()
	err := q.Writer.Close(e)
	q.stored(err, keys)
	// The run is whole without it: what stays in the queue is nobody's.
	if failure := q.lane.Close(q.ctx, e.Status == runfile.Complete); failure != nil {
		q.note(failure.Error())
	}
	return err
}

// closeLanes ends the lanes of runs that do not begin.
func (j *Job) closeLanes(ctx context.Context) error {
	var errs []error
	for _, revision := range j.Revisions {
		if q, ok := revision.Run.(queueRun); ok {
			errs = append(errs, q.lane.Close(context.WithoutCancel(ctx), true))
		}
	}
	return errors.Join(errs...)
}

// openLane opens the queue for a run. Where the last run of the same kind did not come
// to its end, and its process has, this one goes on with its lane.
func openLane(ctx context.Context, p *project.Project, t project.Target, r Run, job *Job, w *runfile.Writer, run string) (*queue.Lane, error) {
	id := queue.LaneID(run)
	if job.index != nil && job.adopts {
		for _, last := range job.index.Lanes() {
			if last.Endpoint != t.Label || last.Model != t.ID {
				continue
			}
			// What another version put into the queue, its workers would still take.
			if !last.Complete && last.Tool == r.Tool && !runfile.Written(last.Path) && !slices.Contains(job.lanes, last.ID) {
				id = last.ID
			}
			break
		}
	}
	job.lanes = append(job.lanes, id)
	if err := w.Queue(runfile.Queue{Lane: id, At: time.Now().UTC()}); err != nil {
		return nil, err
	}
	l, err := job.queue.Open(ctx, id, queue.Spec{
		Run: run, Endpoint: t.Label, Model: t.ID, Version: r.Queue.Version, Timeout: r.Timeout, Lease: r.Queue.Lease,
	})
	if err != nil {
		return nil, err
	}
	if n := l.Adopted(); n > 0 {
		r.Note(fmt.Sprintf("going on with %d calls that an earlier run left in the queue", n))
	}
	return l, nil
}
