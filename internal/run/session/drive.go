package session

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"promptbench/internal/model"
	"promptbench/internal/output/terminal"
	"promptbench/internal/run/runner"
)

// A Job has calls made, and holds something open for them.
type Job interface {
	Stats() model.Stats
	Close() error
}

// Options say how a job is shown and stopped.
type Options struct {
	Trials  int           // that the job has
	Every   time.Duration // between two lines of progress in a log; 0: [terminal.BetweenLines]
	Leaving string        // what the first interrupt says if it ends the job at once; empty: see [Interruptible]
}

// Drive runs work, which runs a job: until it is done, or an interrupt stops it.
// Work calls done for each trial that has its outcome. Drive closes the job, and
// returns the tally of its trials.
func Drive(ctx context.Context, c *terminal.Console, job Job, o Options,
	work func(ctx context.Context, stop <-chan struct{}, done func(runner.Event)) error,
) (*terminal.Tally, error) {
	if o.Every == 0 {
		o.Every = terminal.BetweenLines
	}
	ctx, stop, release := Interruptible(ctx, c, o.Leaving)
	state := func() terminal.State { return StateOf(job.Stats()) }
	progress := c.NewProgress(terminal.NewTally(o.Trials, state, time.Now()), o.Every)
	err := work(ctx, stop, func(e runner.Event) { progress.Add(e.Trial) })
	release()
	progress.Finish()
	return progress.Tally, errors.Join(err, job.Close())
}

// StateOf returns what a console shows of the calls of a job.
func StateOf(s model.Stats) terminal.State {
	return terminal.State{
		Attempts: s.Attempts, InFlight: s.Under, Retries: s.Retries, Wait: s.Held,
		Tokens: s.Usage.InputTokens + s.Usage.OutputTokens, Cost: s.Cost,
	}
}

// Interruptible returns a context and a channel that an interrupt ends: the first
// closes stop, for a clean end, and the second cancels the context. If leaving is
// not empty, the first one notes that and cancels the context. Release gives the
// signals back.
func Interruptible(ctx context.Context, c *terminal.Console, leaving string) (
	_ context.Context, stop <-chan struct{}, release func(),
) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	stopped, released := make(chan struct{}), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-released:
			return
		}
		if leaving != "" {
			c.Note("%s", leaving)
			cancel()
			return
		}
		c.Note("stopping: the calls in flight are finished and kept; interrupt again to drop them")
		close(stopped)
		select {
		case <-signals:
			cancel()
		case <-released:
		}
	}()
	return ctx, stopped, func() { signal.Stop(signals); close(released); cancel() }
}
