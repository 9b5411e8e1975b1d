package job

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
	"promptbench/internal/model/batch"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
)

// requests yields what the trials of a revision ask, in the order in which a run
// asks it.
func requests(p *project.Project, revision *prompt.Prompt, t project.Target, trials int) iter.Seq2[batch.Request, error] {
	return func(yield func(batch.Request, error) bool) {
		for c, err := range p.Suite.Cases() {
			if err != nil {
				yield(batch.Request{}, err)
				return
			}
			if !p.Options.Select.Has(c) {
				continue
			}
			messages, err := revision.Render(c.Input, p.Suite.VarsOf(c))
			if err != nil {
				yield(batch.Request{}, err)
				return
			}
			body, err := model.WireBody(t.ID, runner.Request(revision, t.Params, messages, 1)) // the same for each trial
			if err != nil {
				yield(batch.Request{}, err)
				return
			}
			for trial := 1; trial <= max(1, trials); trial++ {
				if !yield(batch.Request{Key: model.WireKey(t.Label, body, trial), Body: body}, nil) {
					return
				}
			}
		}
	}
}

// A batching is what a job needs that has its requests answered in batches.
type batching struct {
	desks    []*batch.Desk // in the order of the revisions
	most     int           // requests that they hand in, all together; 0 for any number
	releases []func() error
	watching sync.WaitGroup
}

// reserve makes this the only process that hands in and collects for the
// revisions: two would hand in again what neither knows of the other.
func reserve(p *project.Project, targets []project.Target, job *Job) error {
	for i, revision := range p.Prompts {
		name := "batches-" + model.WireKey(targets[i].Label, []byte(targets[i].ID+revision.Hash()), 0)[:16]
		release, held, err := runfile.Reserve(p.RunsDir, name)
		if err != nil {
			return fmt.Errorf("reserving the batches of %s: %w", revision.Name, err)
		}
		if !held {
			return fmt.Errorf("another process waits for the batches of %s in %s; let it, or stop it, and run this again", revision.Name, p.RunsDir)
		}
		job.batching.releases = append(job.batching.releases, release)
	}
	return nil
}

// passedOver says how many batches of earlier runs a fresh one looks away from.
func passedOver(p *project.Project, targets []project.Target, r Run) error {
	index, err := recordings(p, r)
	if err != nil {
		return err
	}
	defer index.Close() //nolint:errcheck // opened for reading only
	if n := len(batch.Outstanding(index, targets[0].Label, targets[0].ID)); n > 0 {
		r.Note(fmt.Sprintf("--fresh passes over what earlier runs handed in and nobody collected (batches: %d)", n))
	}
	return nil
}

// desk has the requests of a revision answered in batches.
func desk(p *project.Project, revision *prompt.Prompt, t project.Target, r Run, job *Job, w *runfile.Writer, run string) (*batch.Desk, error) {
	settings, err := t.Open(r.Timeout)
	if err != nil {
		return nil, err
	}
	api, err := model.NewBatchClient(settings)
	if err != nil {
		return nil, err
	}
	desk, err := batch.Open(batch.Options{
		API: api, Endpoint: t.Label, Model: t.ID, Run: run, Prompt: revision.Name,
		Requests: requests(p, revision, t, job.Trials), Recorded: job.index, Record: w.Batch, Note: r.Note,
		MaxRequests: r.BatchSize, MaxCalls: r.MaxCalls, Deadline: r.Deadline,
	})
	if err != nil {
		return nil, err
	}
	job.batching.desks, job.batching.most = append(job.batching.desks, desk), r.MaxCalls
	return desk, nil
}

// A batchRun is a run file whose last lines say which pieces no later run has to
// look at.
type batchRun struct {
	*runfile.Writer

	desk *batch.Desk
}

// Close ends the run.
func (b batchRun) Close(e runfile.End) error {
	var errs []error
	if e.Status == runfile.Complete {
		for _, line := range b.desk.Collected() {
			errs = append(errs, b.Batch(line))
		}
	}
	return errors.Join(append(errs, b.Writer.Close(e))...)
}

// Batched reports whether the requests are answered in batches.
func (j *Job) Batched() bool { return len(j.batching.desks) > 0 }

// HandIn hands in what no recording answers and no batch holds. Where that fails,
// the runs are over.
func (j *Job) HandIn(ctx context.Context) error {
	left := j.batching.most
	for i, desk := range j.batching.desks {
		share := batch.NoLimit
		if j.batching.most > 0 { // no revision is to take all of it
			others := len(j.batching.desks) - i
			share = (left + others - 1) / others
		}
		n, err := desk.Submit(ctx, share)
		if err != nil {
			return errors.Join(err, j.leave(err.Error()))
		}
		left -= n
	}
	return nil
}

// Watch looks after the batches until [Job.Close], so that the run can wait for
// them.
func (j *Job) Watch(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	j.batching.releases = append(j.batching.releases, func() error { cancel(); return nil })
	for _, desk := range j.batching.desks {
		j.batching.watching.Go(func() { desk.Watch(ctx) })
	}
}

// Leave ends the runs without waiting for their batches.
func (j *Job) Leave() error {
	return j.leave("handed in; run it again with --batch to collect the replies")
}

// leave ends the runs. What another run is to collect stands in their files; a
// file in which nothing stands is taken away.
func (j *Job) leave(why string) error {
	var errs []error
	paths := j.Paths[:0]
	for i, revision := range j.Revisions {
		b, ok := revision.Run.(batchRun)
		if !ok {
			continue
		}
		if b.desk.Wrote() {
			errs = append(errs, b.Close(runfile.End{Status: runfile.Incomplete, Reason: why}))
			paths = append(paths, j.Paths[i])
		} else {
			errs = append(errs, b.Discard())
		}
	}
	j.Paths = paths
	return errors.Join(errs...)
}

// Waiting says for each revision how many of its requests wait for which batches.
func (j *Job) Waiting() [][]batch.Waiting {
	out := make([][]batch.Waiting, len(j.batching.desks))
	for i, desk := range j.batching.desks {
		out[i] = desk.Waiting()
	}
	return out
}

// close gives back what the batches hold, once nobody watches them.
func (b *batching) close() error {
	var errs []error
	for _, release := range slices.Backward(b.releases) { // what watches ends first
		errs = append(errs, release())
	}
	b.watching.Wait()
	for _, desk := range b.desks {
		errs = append(errs, desk.Close())
	}
	return errors.Join(errs...)
}

// CancelBatches cancels what is handed in for the revisions and not over yet.
func CancelBatches(ctx context.Context, p *project.Project, r Run) ([]batch.Cancelled, error) {
	index, err := recordings(p, r)
	if err != nil {
		return nil, err
	}
	defer index.Close() //nolint:errcheck // opened for reading only
	var out []batch.Cancelled
	for _, revision := range p.Prompts {
		t, err := p.TargetFor(revision)
		if err != nil {
			return out, err
		}
		settings, err := t.Open(r.Timeout)
		if err != nil {
			return out, err
		}
		api, err := model.NewBatchClient(settings)
		if err != nil {
			return out, err
		}
		cancelled, err := batch.Cancel(ctx, api, batch.Outstanding(index, t.Label, t.ID))
		out = append(out, cancelled...)
		if err != nil {
			return out, fmt.Errorf("cancelling the batches of %s: %w", revision.Name, err)
		}
	}
	return out, nil
}
