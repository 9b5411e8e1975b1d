package session

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"time"

	"promptbench/internal/model/engine"
	"promptbench/internal/output/progress"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/interrupt"
	"promptbench/internal/run/job"
	"promptbench/internal/run/runner"
)

// Options say how a job is shown and stopped.
type Options struct {
	Every   time.Duration // between two lines of progress in a log; 0: [progress.BetweenLines]
	Leaving string        // what the first interrupt says if it ends the job at once; empty: see [Interruptible]
}

// Drive runs a job until it is done, or an interrupt stops it. It closes the job,
// and returns how its runs ended and the tally of its trials.
func Drive(ctx context.Context, c *progress.Console, j *job.Job, o Options) ([]runfile.End, *progress.Tally, error) {
	if o.Every == 0 {
		o.Every = progress.BetweenLines
	}
	restore := interrupt.KeepWriting() // a log that nobody reads any more must not end a run
	defer restore()
	ctx, stop, release := Interruptible(ctx, c, o.Leaving)
	defer release()
	state := func() progress.State {
		s := StateOf(j.Stats())
		s.Verdicts = j.Outlook()
		return s
	}
	bar := c.NewProgress(progress.NewTally(j.Trials, state, time.Now()), o.Every)
	j.Progress = func(e runner.Event) {
		bar.AddOn(j.Runs[e.Revision].Model, e.Trial, e.Call.ReplayedFrom != "")
	}
	ends, err := j.Run(ctx, stop)
	bar.Finish()
	return ends, bar.Tally, errors.Join(err, j.Close())
}

// StateOf returns what a console shows of the calls of a job.
func StateOf(s engine.Stats) progress.State {
	return progress.State{
		Attempts: s.Attempts, InFlight: s.Under, Retries: s.Retries, Wait: s.Held,
		Refused: s.Refused, ForRPM: s.ForRPM, ForTPM: s.ForTPM,
		Tokens: s.Usage.InputTokens + s.Usage.OutputTokens, Cost: s.Cost,
	}
}

// Interruptible returns a context and a channel that [interrupt.Signals] end: the
// first closes stop, for a clean end, and the second cancels the context. If leaving
// is not empty, the first one notes that and cancels the context. Release gives the
// signals back.
func Interruptible(ctx context.Context, c *progress.Console, leaving string) (
	_ context.Context, stop <-chan struct{}, release func(),
) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	stopped, released := make(chan struct{}), make(chan struct{})
	signal.Notify(signals, interrupt.Signals()...)
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
		c.Note("stopping after the calls in flight; interrupt again to drop them")
		close(stopped)
		select {
		case <-signals:
			cancel()
		case <-released:
		}
	}()
	return ctx, stopped, func() { signal.Stop(signals); close(released); cancel() }
}
