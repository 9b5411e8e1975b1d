package job

import (
	"context"
	"iter"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runner"
)

// A Transport makes the calls of one job on the models of its revisions: [Local],
// [Batches] or [Queue]. It is opened before the job reads its recordings, and
// closed after the job.
type Transport interface {
	// Model returns what answers the requests to a target. Revisions share it, and
	// with it the limits of the target.
	Model(t project.Target, e *engine.Engine, timeout time.Duration) (model.Model, error)
	// Run calls trials, after whatever has to come before the first of them. It may
	// replace the asker's model and the recorder of each revision.
	Run(ctx context.Context, calls []*Calls, trials func() error) error
	// Extend makes the calls possible that the Requests have yielded since Run or the
	// last Extend. No trial is under way.
	Extend(ctx context.Context) error
}

// Calls are the calls of one variant.
type Calls struct {
	Name     string // of the variant
	Revision *runner.Revision
	Target   project.Target
	File     *runfile.Writer                 // of the run
	Recorded *runfile.Index                  // earlier runs; nil: replay nothing
	Requests iter.Seq2[model.Request, error] // of the stages so far, in the order of the run
	Keep     bool                            // the run file holds something, though no trial has begun
}

// Local makes the calls in this process.
type Local struct{}

// Model implements [Transport].
func (Local) Model(t project.Target, e *engine.Engine, timeout time.Duration) (model.Model, error) {
	return t.Model(e, timeout)
}

// Run implements [Transport].
func (Local) Run(_ context.Context, _ []*Calls, trials func() error) error { return trials() }

// Extend implements [Transport].
func (Local) Extend(context.Context) error { return nil }
