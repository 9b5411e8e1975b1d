package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/model/engine"
	"promptbench/internal/model/queue"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// QueueOptions say which work queue makes the calls of a job.
type QueueOptions struct {
	Server  queue.Options
	Version string        // of this program: workers have to be of the same
	Lease   time.Duration // a call whose worker is silent for so long goes to another; 0 for the default
}

// Queue is the transport of a job whose calls workers make.
type Queue struct {
	options    Options
	queueing   QueueOptions
	connection *queue.Connection
	unlock     func() error // of the runs directory; nil where another process has the lock
	ids        []string     // of the runs in the queue
}

// OpenQueue connects to the queue. Of two runs that begin at the same time, only
// one may go on with the calls of earlier runs: the one that has the lock of the
// runs directory until its coordinators are open.
func OpenQueue(p *project.Project, o Options, q QueueOptions) (*Queue, error) {
	out := &Queue{options: o, queueing: q}
	unlock, locked, err := runfile.Reserve(p.RunsDir, "queue")
	if err != nil {
		return nil, err
	}
	if locked {
		out.unlock = unlock
	}
	if out.connection, err = queue.Connect(q.Server); err != nil {
		return nil, errors.Join(err, out.Close())
	}
	return out, nil
}

// Model implements [Transport]. The key of the target stays with the workers.
func (*Queue) Model(t project.Target, e *engine.Engine, timeout time.Duration) (model.Model, error) {
	return e.Wrap(dispatch{}, t.Priced(timeout))
}

// Run implements [Transport]: it opens a coordinator for each run.
func (q *Queue) Run(ctx context.Context, calls []*Calls, trials func() error) error {
	for _, c := range calls {
		if err := q.open(ctx, c); err != nil {
			return errors.Join(err, closeCoordinators(ctx, calls))
		}
	}
	if err := q.release(); err != nil {
		return errors.Join(err, closeCoordinators(ctx, calls))
	}
	return trials()
}

// Extend implements [Transport]. Workers take whatever comes.
func (*Queue) Extend(context.Context) error { return nil }

// Close gives back what the queue holds in this process.
func (q *Queue) Close() error {
	if q.connection != nil {
		q.connection.Close()
	}
	return q.release()
}

func (q *Queue) release() error {
	if q.unlock == nil {
		return nil
	}
	unlock := q.unlock
	q.unlock = nil
	return unlock()
}

// open opens the coordinator of a run.
func (q *Queue) open(ctx context.Context, c *Calls) error {
	id := q.queueID(c)
	q.ids = append(q.ids, id)
	if err := c.File.Queue(runfile.Queue{ID: id, At: time.Now().UTC()}); err != nil {
		return err
	}
	coordinator, err := q.connection.Open(ctx, id, queue.Spec{
		Run: c.Revision.ID, API: c.Target.Priced(0).API.Kind(), Endpoint: c.Target.Label, Model: c.Target.ID,
		Version: q.queueing.Version, Timeout: q.options.Timeout, Lease: q.queueing.Lease,
	})
	if err != nil {
		return err
	}
	if n := coordinator.Adopted(); n > 0 {
		q.options.Note(fmt.Sprintf("going on with %d calls that an earlier run left in the queue", n))
	}
	c.Revision.Asker.Model = dispatched{next: c.Revision.Asker.Model, coordinator: coordinator}
	c.Revision.Run = &queueRun{
		Writer: c.File, ctx: context.WithoutCancel(ctx), coordinator: coordinator, note: q.options.Note,
	}
	return nil
}

// queueID is the id of a run in the queue: that of the last run of the same kind, where it did
// not come to its end and its process has, else a new one.
func (q *Queue) queueID(c *Calls) string {
	if c.Recorded != nil && q.unlock != nil {
		for _, last := range c.Recorded.QueuedRuns() {
			if last.Endpoint != c.Target.Label || last.Model != c.Target.ID {
				continue
			}
			// Workers would still take what another version put into the queue.
			if !last.Complete && last.Tool == q.options.Tool && !runfile.Written(last.Path) && !slices.Contains(q.ids, last.ID) {
				return last.ID
			}
			break
		}
	}
	return queue.ID(c.Revision.ID)
}

// closeCoordinators ends the coordinators of runs that do not begin.
func closeCoordinators(ctx context.Context, calls []*Calls) error {
	var errs []error
	for _, c := range calls {
		if r, ok := c.Revision.Run.(*queueRun); ok {
			errs = append(errs, r.coordinator.Close(context.WithoutCancel(ctx), true))
		}
	}
	return errors.Join(errs...)
}

// dispatch makes an attempt through the coordinator that the request names: the runs of a job have one each, and share
// the limits of a target.
type dispatch struct{}

// Complete makes an attempt.
func (dispatch) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	if r.Via == nil {
		return model.Response{}, errors.New("a call through the queue belongs to no run")
	}
	return r.Via.Complete(ctx, r)
}

// A dispatched is a model whose calls are those of one run.
type dispatched struct {
	next        model.Model
	coordinator *queue.Coordinator
}

// Complete makes a call.
func (d dispatched) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	r.Via = d.coordinator
	return d.next.Complete(ctx, r)
}

// A queueRun is a run file that tells the queue which replies it holds.
type queueRun struct {
	*runfile.Writer

	ctx         context.Context //nolint:containedctx // of the job, for the messages to the queue
	coordinator *queue.Coordinator
	note        func(string)

	mu   sync.Mutex
	keys []string // of calls that are in the file and perhaps not on disk
}

// Call writes a call.
func (q *queueRun) Call(c runfile.Call) error {
	err := q.Writer.Call(c)
	if err == nil {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.keys = append(q.keys, c.Key)
	}
	return err
}

// Sync makes the calls so far durable, and only then has their replies taken out
// of the queue.
func (q *queueRun) Sync() error { return q.flush(q.Writer.Sync) }

// Close ends the run and its coordinator.
func (q *queueRun) Close(e runfile.End) error {
	err := q.flush(func() error { return q.Writer.Close(e) })
	// The run is whole without it: what stays in the queue is nobody's.
	if failure := q.coordinator.Close(q.ctx, e.Status == runfile.Complete); failure != nil {
		q.note(failure.Error())
	}
	return err
}

func (q *queueRun) flush(write func() error) error {
	q.mu.Lock()
	keys := q.keys
	q.keys = nil
	q.mu.Unlock()
	if err := write(); err != nil {
		return err
	}
	for _, key := range keys {
		q.coordinator.Stored(q.ctx, key)
	}
	return nil
}
