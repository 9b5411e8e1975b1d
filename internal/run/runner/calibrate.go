package runner

import (
	"context"
	"errors"
	"slices"

	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
)

// A Calibration has judges grade replies that exist already. The first grading
// writes the trials of its run. The trials of the others go to Results only, but
// the calls of their judges are recorded, too.
type Calibration struct {
	Cases    []runfile.Case // of the replies, each once
	Replies  []Reply
	Gradings []Grading
	Judge    *Judge // one of those that the gradings ask; all of them ask the same models
	ID       string // of the run
	Run      Recorder
	Workers  int
	Progress func(Event) // as in [Job]

	// Results are the trials in the order of the replies, one for each grading;
	// those of a reply that was not finished are nil. [Calibrate] sets them.
	Results [][]runfile.Trial
}

// A Reply is a recorded reply. The trial of its call tells it from others of the
// same case.
type Reply struct {
	Case   runfile.Case
	Call   runfile.Call
	Format reply.Format

	Earlier []runfile.Call // the replies before it, of a conversation
}

// Calibrate grades every reply by every grading, and closes the recorder. It ends
// early as [Run] does.
func Calibrate(ctx context.Context, c *Calibration, stop <-chan struct{}) (runfile.End, error) {
	c.Results = make([][]runfile.Trial, len(c.Replies))
	return record(c.Run, c.Cases, len(c.Replies), c.Judge, func(counts *counter) (bool, error) {
		return Each(ctx, indexes(len(c.Replies)), c.Workers, stop, func(ctx context.Context, i int) error {
			graded, err := c.grade(ctx, c.Replies[i], counts)
			if err == nil {
				c.Results[i] = graded
			}
			return unlessOver(ctx, err)
		})
	})
}

// record writes a run whose cases are known beforehand: the cases, what work
// writes, and the end.
func record(
	run Recorder, cases []runfile.Case, n int, judge *Judge, work func(*counter) (interrupted bool, err error),
) (runfile.End, error) {
	var counts counter
	for _, c := range cases {
		if err := run.Case(c); err != nil {
			return runfile.End{}, errors.Join(err, run.Close(runfile.End{Status: runfile.Incomplete, Reason: err.Error()}))
		}
	}
	interrupted, err := work(&counts)
	end := endOf(&counts, n, err, judge.Fatal(), interrupted)
	return end, errors.Join(err, run.Close(end))
}

func (c *Calibration) grade(ctx context.Context, r Reply, counts *counter) ([]runfile.Trial, error) {
	w := trialWriter{run: c.Run, counts: counts}
	if err := w.call(r.Call); err != nil {
		return nil, err
	}
	out := make([]runfile.Trial, len(c.Gradings))
	for i, g := range c.Gradings {
		t, err := g.Trial(
			ctx,
			r.Case,
			append(slices.Clone(r.Earlier), r.Call),
			r.Format,
			JudgeCalls{Run: c.ID, Record: w.call},
		)
		if err != nil {
			return nil, err
		}
		out[i] = t
	}
	if err := w.trial(out[0]); err != nil {
		return nil, err
	}
	if c.Progress != nil {
		c.Progress(Event{Call: r.Call, Trial: out[0]})
	}
	return out, nil
}
