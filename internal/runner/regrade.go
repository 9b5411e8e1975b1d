package runner

import (
	"context"
	"fmt"

	"promptbench/internal/runfile"
)

// Regrade grades the stored replies of a run again, with no model call, and
// returns the run with the new trials in place of the old. Of the judge's calls
// it keeps those that answered now. The run must be
// loaded in full. Cases that recase knows get its expectations, tags and notes; those it
// does not know, or whose input changed, keep the recorded ones.
func Regrade(ctx context.Context, run *runfile.Run, g Grading, recase func(id string) (runfile.Case, bool)) (*runfile.Run, error) {
	out := *run
	out.Header.Graders = g.Specs()
	out.Cases = make([]runfile.Case, len(run.Cases))
	out.Trials, out.Calls = nil, nil
	for i, old := range run.Cases {
		c := old
		if now, ok := recase(old.Case); ok && now.InputHash == old.InputHash {
			c = now
		}
		out.Cases[i] = c
		for _, call := range run.CallsOf(c.Case) {
			if call.For != runfile.ForReply {
				continue
			}
			out.Calls = append(out.Calls, call)
			t, err := g.Trial(ctx, c, call, run.Header.Prompt.ReplyFormat, Ledger{Run: run.Header.Run, Keep: func(judged runfile.Call) error {
				if judged.Error == nil { // else it is no call, but the lack of one
					out.Calls = append(out.Calls, judged)
				}
				return nil
			}})
			if err != nil {
				return nil, fmt.Errorf("grading run %s again: %w", run.Header.Run, err)
			}
			out.Trials = append(out.Trials, t)
		}
	}
	return &out, nil
}
