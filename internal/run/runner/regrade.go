package runner

import (
	"context"
	"fmt"
	"slices"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// Regrade grades the stored replies of a run again, up to workers cases at once,
// with no model call, and returns the run with the new trials in place of the old. Of
// the judge's calls it keeps those that answered now. The run must be loaded in
// full. Cases take their expectations, tags and notes from cases, by id, if their
// input is the same; the others keep the recorded ones.
func Regrade(
	ctx context.Context, run *runfile.Run, g Grading, workers int, cases map[string]runfile.Case,
) (*runfile.Run, error) {
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
		if now, ok := cases[c.Case]; ok && now.InputHash == c.InputHash {
			c = now
		}
		out.Cases[i] = c
		judged := JudgeCalls{Run: run.Header.Run, Record: func(call runfile.Call) error {
			if call.Error == nil { // else it is no call, but the lack of one
				part.calls = append(part.calls, call)
			}
			return nil
		}}
		for replies := range runfile.RepliesIn(run.CallsOf(c.Case)) {
			part.calls = append(part.calls, replies...)
			t, err := g.Trial(ctx, c, replies, run.Header.Prompt.ReplyFormat, judged)
			if err != nil {
				return fmt.Errorf("grading run %s again: %w", run.Header.Run, err)
			}
			keepBroken(t.Scores, run.TrialsOf(c.Case), t.Trial, out.Header.Graders)
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

// keepBroken keeps the scores that a judge failed to give: it is not asked again. Those of
// a command, which is, are its own.
func keepBroken(scores []graders.Score, before []runfile.Trial, trial int, specs []graders.Spec) {
	i := slices.IndexFunc(before, func(t runfile.Trial) bool { return t.Trial == trial })
	if i < 0 {
		return
	}
	for k, s := range scores {
		old := summary.ScoreOf(&before[i], s.Grader, k)
		isCommand := slices.ContainsFunc(specs, func(spec graders.Spec) bool {
			return spec.Name == s.Grader && spec.Kind != ""
		})
		if s.Unscored != "" && old != nil && old.Broken && !isCommand {
			scores[k] = *old
		}
	}
}
