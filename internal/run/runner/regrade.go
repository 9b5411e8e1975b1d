package runner

import (
	"context"
	"fmt"

	"promptbench/internal/record/runfile"
)

// Regrade grades the stored replies of a run again, so many cases at once, with
// no model call, and returns the run with the new trials in place of the old. Of
// the judge's calls it keeps those that answered now. The run must be loaded in
// full. Cases that recase knows get its expectations, tags and notes; those it does
// not know, or whose input changed, keep the recorded ones.
func Regrade(ctx context.Context, run *runfile.Run, g Grading, workers int, recase func(id string) (runfile.Case, bool)) (*runfile.Run, error) {
	out := *run
	out.Header.Graders = g.Specs()
	out.Cases = make([]runfile.Case, len(run.Cases))
	out.Trials, out.Calls = nil, nil
	type graded struct {
		calls  []runfile.Call
		trials []runfile.Trial
	}
	parts := make([]graded, len(run.Cases)) // in order, whichever case is done first
	one := func(ctx context.Context, i int) error {
		c, part := run.Cases[i], &parts[i]
		if now, ok := recase(c.Case); ok && now.InputHash == c.InputHash {
			c = now
		}
		out.Cases[i] = c
		for _, call := range run.CallsOf(c.Case) {
			if call.For != runfile.ForReply {
				continue
			}
			part.calls = append(part.calls, call)
			t, err := g.Trial(ctx, c, call, run.Header.Prompt.ReplyFormat, JudgeCalls{Run: run.Header.Run, Record: func(judged runfile.Call) error {
				if judged.Error == nil { // else it is no call, but the lack of one
					part.calls = append(part.calls, judged)
				}
				return nil
			}})
			if err != nil {
				return fmt.Errorf("grading run %s again: %w", run.Header.Run, err)
			}
			part.trials = append(part.trials, t)
		}
		return nil
	}
	interrupted, err := Each(ctx, indexes(len(run.Cases)), workers, nil, one)
	switch {
	case err != nil:
		return nil, err
	case interrupted:
		return nil, fmt.Errorf("grading run %s again: %w", run.Header.Run, context.Cause(ctx))
	}
	for _, part := range parts {
		out.Calls, out.Trials = append(out.Calls, part.calls...), append(out.Trials, part.trials...)
	}
	return &out, nil
}
