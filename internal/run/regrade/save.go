package regrade

import (
	"context"
	"errors"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/rubric"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// SaveRegraded grades a run again and writes the result as a run of its own,
// whose calls say where they were recorded. It returns the new file's path.
func SaveRegraded(
	ctx context.Context, p *project.Project, old *runfile.Run, tool string, now time.Time,
) (string, error) {
	run, err := Regrade(ctx, p, old)
	if err != nil {
		return "", err
	}
	h := run.Header
	h.Source, h.Tool, h.Started = old.Header.Run, tool, now.UTC().Truncate(time.Millisecond)
	h.Run = runfile.NewID(now, h.Prompt.Name, h.Model.ID)
	if h.Judge != nil { // what it was not asked then is unscored now
		judged := *h.Judge
		judged.RubricHash = rubric.Hash(graders.Questions(h.Graders))
		h.Judge = &judged
	}
	w, err := runfile.Create(p.RunsDir, h)
	if err != nil {
		return "", err
	}
	end, err := copyRun(w, run, old.Header.Run)
	if err != nil {
		return "", errors.Join(err, w.Discard()) // it can be had again for nothing
	}
	if old.End == nil || old.End.Status != runfile.Complete {
		end.Status, end.Reason = runfile.Incomplete, "the run that was graded again is not complete"
	}
	if old.Stopped() { // by the scores that it had then
		end.Decided = old.End.Decided.Without(len(run.Cases))
	}
	end.Ended = h.Started.Truncate(time.Second)
	return w.Path(), w.Close(end)
}

func copyRun(w *runfile.Writer, run *runfile.Run, source string) (runfile.End, error) {
	end := runfile.End{Status: runfile.Complete}
	for _, c := range run.Cases {
		if err := w.Case(c); err != nil {
			return end, err
		}
	}
	for _, c := range run.Calls {
		if c.ReplayedFrom == "" {
			c.ReplayedFrom = source
		}
		end.Replayed++
		if err := w.Call(c); err != nil {
			return end, err
		}
	}
	for _, t := range run.Trials {
		end.Trials++
		if t.Failure() != "" {
			end.Errors++
		}
		for _, s := range t.Scores {
			if s.Unscored != "" {
				end.Unscored++
			}
		}
		if err := w.Trial(t); err != nil {
			return end, err
		}
	}
	return end, nil
}
