package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"promptbench/internal/input/problem"
	"promptbench/internal/model"
	"promptbench/internal/model/batch"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// ErrDetached says that a job handed in its batches and did not wait for them.
var ErrDetached = errors.New("submitted; run it again with --batch to collect the replies")

// BatchOptions say how requests are put into batches.
type BatchOptions struct {
	Size   int  // requests in a batch; 0: as many as the provider takes
	Detach bool // hand in, and wait for nothing: the job ends with [ErrDetached]
}

// Batches is the transport of a job that has its requests answered in batches.
type Batches struct {
	options    Options
	batching   BatchOptions
	names      []string           // of the variants
	collectors []*batch.Collector // in the order of the variants
	submitted  int                // requests
	watching   sync.WaitGroup
	watch      func() // begins to wait for what is submitted
	locks      []func() error
}

// OpenBatches makes this the only process that hands in and collects for the
// revisions: two would hand in again what the other one has handed in.
func OpenBatches(p *project.Project, o Options, b BatchOptions) (*Batches, error) {
	if err := checkDistinct(p, o); err != nil {
		return nil, err
	}
	variants, err := p.Variants()
	if err != nil {
		return nil, err
	}
	targets := targetsOf(variants)
	for _, t := range targets {
		if t.API != "" {
			return nil, problem.List{{
				Message: fmt.Sprintf("--batch needs api: chat, and model %s uses api: %s", t.Name, t.API),
				Hint:    "leave --batch out, or name a model with api: chat",
			}}
		}
	}
	for c, err := range p.Cases() {
		if err != nil {
			return nil, err
		}
		var what string
		switch {
		case len(c.Turns) > 1:
			what = "turns"
		case len(c.ToolResults) > 0:
			what = "tool_results"
		default:
			continue
		}
		return nil, problem.List{{
			File: p.Suite.Path, Message: fmt.Sprintf("case %s has %s, which --batch cannot ask", c.ID, what),
			Hint: "each call needs the reply to the one before it: leave --batch out, or choose other cases",
		}}
	}
	out := &Batches{options: o, batching: b}
	if err := out.lock(p, variants); err != nil {
		return nil, errors.Join(err, out.Close())
	}
	if !o.Fresh {
		return out, nil
	}
	if going, err := openFresh(p, o, subjectsOf(p, variants)); err != nil || len(going.since) > 0 {
		return out, err
	}
	index, err := runfile.OpenIndex(p.RunsDir, query(o, ofPrompts(p.Prompts)))
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	defer index.Close() //nolint:errcheck // opened for reading only
	n := 0
	for _, t := range targets {
		n += len(batch.Outstanding(index, t.Label, t.ID))
	}
	if n > 0 {
		o.Note(fmt.Sprintf("--fresh ignores batches that earlier runs submitted and nobody collected: %d", n))
	}
	return out, nil
}

// targetsOf are the targets of variants, each model at an endpoint once.
func targetsOf(variants []project.Variant) []project.Target {
	var out []project.Target
	for _, v := range variants {
		same := func(t project.Target) bool { return t.Record().Same(v.Target.Record()) }
		if !slices.ContainsFunc(out, same) {
			out = append(out, v.Target)
		}
	}
	return out
}

func (b *Batches) lock(p *project.Project, variants []project.Variant) error {
	locked := map[string]bool{}
	for _, v := range variants {
		name := "batches-" + v.Target.Priced(0).Key([]byte(v.Target.ID+v.Prompt.Hash()), 0)[:16]
		if locked[name] { // the same model with other parameters
			continue
		}
		locked[name] = true
		release, locked, err := runfile.Reserve(p.RunsDir, name)
		if err != nil {
			return fmt.Errorf("reserving the batches of %s: %w", v.Name, err)
		}
		if !locked {
			return fmt.Errorf("another process waits for the batches of %s in %s; let it, or stop it, and run this again",
				v.Name, p.RunsDir)
		}
		b.locks = append(b.locks, release)
	}
	return nil
}

// Model implements [Transport].
func (b *Batches) Model(t project.Target, e *engine.Engine, timeout time.Duration) (model.Model, error) {
	return t.Model(e, timeout) // refuses a missing key before anything is written
}

// Run implements [Transport]: it hands in what no recording answers and no batch
// holds, and collects the replies while the trials wait for them.
func (b *Batches) Run(ctx context.Context, calls []*Calls, trials func() error) error {
	for _, c := range calls {
		if err := b.open(c); err != nil {
			return err
		}
	}
	err := b.submit(ctx)
	if err == nil && b.batching.Detach {
		err = ErrDetached
	}
	if err != nil {
		for i, c := range calls {
			c.Keep = b.collectors[i].HasLines() // a later run collects these
		}
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	b.watch = func() {
		for _, collector := range b.collectors {
			b.watching.Go(func() { collector.Watch(ctx) })
		}
	}
	b.watch()
	err = trials()
	cancel()
	b.watching.Wait()
	return err
}

// Extend implements [Transport].
func (b *Batches) Extend(ctx context.Context) error {
	b.watching.Wait() // all that was submitted has its outcome
	if err := b.submit(ctx); err != nil {
		return err
	}
	b.watch()
	return nil
}

// open has the requests of a revision answered in batches.
func (b *Batches) open(c *Calls) error {
	client, err := batchClient(c.Target, b.options)
	if err != nil {
		return err
	}
	collector, err := batch.Open(batch.Options{
		Client: client, Endpoint: c.Target.Label, Model: c.Target.ID, Run: c.Revision.ID, Prompt: c.Revision.Prompt.Name,
		Requests: c.Requests, Recorded: c.Recorded, Record: c.File.Batch, Note: b.options.Note,
		MaxRequests: b.batching.Size, MaxCalls: b.maxCalls(), Deadline: b.options.Deadline,
	})
	if err != nil {
		return err
	}
	b.names, b.collectors = append(b.names, c.Name), append(b.collectors, collector)
	c.Revision.Asker.Model, c.Revision.Asker.Recorded = collector, collector
	c.Revision.Run = batchRun{Writer: c.File, collector: collector}
	return nil
}

func batchClient(t project.Target, o Options) (*batch.Client, error) {
	settings, err := t.Open(o.Timeout)
	if err != nil {
		return nil, err
	}
	return batch.NewClient(settings)
}

// submit hands in for every revision. Where the calls are limited, each of them
// gets an equal share of what is left.
func (b *Batches) submit(ctx context.Context) error {
	left := b.maxCalls() - b.submitted
	for i, collector := range b.collectors {
		share := batch.NoLimit
		if b.options.MaxCalls != nil {
			others := len(b.collectors) - i
			share = (left + others - 1) / others
		}
		n, err := collector.Submit(ctx, share)
		if err != nil {
			return err
		}
		left -= n
		b.submitted += n
	}
	return nil
}

func (b *Batches) maxCalls() int {
	if b.options.MaxCalls == nil {
		return 0 // nothing reads it
	}
	return *b.options.MaxCalls
}

// Waiting calls do for each variant, with how many of its requests wait for which
// batches.
func (b *Batches) Waiting(do func(variant string, list []batch.Waiting)) {
	for i, collector := range b.collectors {
		do(b.names[i], collector.Waiting())
	}
}

// Close gives back what the batches hold on this machine.
func (b *Batches) Close() error {
	var errs []error
	for _, release := range b.locks {
		errs = append(errs, release())
	}
	for _, collector := range b.collectors {
		errs = append(errs, collector.Close())
	}
	return errors.Join(errs...)
}

// A batchRun is a run file whose last lines say which pieces no later run has to
// look at.
type batchRun struct {
	*runfile.Writer

	collector *batch.Collector
}

// Close ends the run.
func (b batchRun) Close(e runfile.End) error {
	var errs []error
	if e.Status == runfile.Complete {
		for _, line := range b.collector.Collected() {
			errs = append(errs, b.Batch(line))
		}
	}
	return errors.Join(append(errs, b.Writer.Close(e))...)
}

// CancelBatches cancels what is handed in for the revisions and not over yet.
func CancelBatches(ctx context.Context, p *project.Project, o Options) ([]batch.Cancelled, error) {
	index, err := runfile.OpenIndex(p.RunsDir, query(o, ofPrompts(p.Prompts)))
	if err != nil {
		return nil, err
	}
	defer index.Close() //nolint:errcheck // opened for reading only
	variants, err := p.Variants()
	if err != nil {
		return nil, err
	}
	var out []batch.Cancelled
	for _, t := range targetsOf(variants) {
		client, err := batchClient(t, o)
		if err != nil {
			return out, err
		}
		cancelled, err := batch.Cancel(ctx, client, batch.Outstanding(index, t.Label, t.ID))
		out = append(out, cancelled...)
		if err != nil {
			return out, fmt.Errorf("cancelling the batches on %s: %w", t.ID, err)
		}
	}
	return out, nil
}
