package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"promptbench/internal/input/suite"
	"promptbench/internal/output/progress"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/result"
	"promptbench/internal/run/runner"
	"promptbench/internal/run/session"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/plan"
)

// errUsedUp says that a save has no call left.
var errUsedUp = errors.New("--max-calls or --max-cost is used up by earlier saves, and this save needs calls; " +
	"end watch and start it again to go on")

// limit takes what earlier saves used from what all saves may use, and reports whether nothing is left; then only
// recordings answer.
func (w *watcher) limit(settings *job.Options) (usedUp bool) {
	if calls := settings.MaxCalls; calls != nil {
		settings.MaxCalls = new(*calls - w.calls)
		usedUp = *settings.MaxCalls <= 0
	}
	if cost := settings.MaxCost; cost != nil {
		settings.MaxCost = new(*cost - w.cost)
		usedUp = usedUp || *settings.MaxCost <= 0 && w.cost > 0
	}
	if usedUp {
		settings.MaxCalls, settings.MaxCost, settings.Offline = nil, nil, true
	}
	return usedUp
}

func (r *round) run(ctx context.Context, stop <-chan struct{}) error {
	w, prepared := r.w, r.job
	ahead, err := prepared.Ahead(r.p, w.known)
	if err == nil && r.usedUp && ahead.New > 0 {
		err = errUsedUp
	}
	if err != nil {
		return errors.Join(err, prepared.Abandon())
	}
	for _, text := range prepared.Remarks() {
		r.note(text)
	}
	r.block.Plan = planParts(ahead, Urgent(prepared.Work.Rank), len(r.cases))
	if err := w.blocks.Show(r.block); err != nil {
		return &outputError{errors.Join(err, prepared.Abandon())}
	}
	tally, finish := r.follow(ctx)
	ends, runErr := prepared.Run(ctx, stop)
	drawErr := finish()
	stats := prepared.Stats()
	w.calls += stats.Calls
	if stats.Cost != nil {
		w.cost += *stats.Cost
	}
	err = errors.Join(runErr, prepared.Close(), drawErr)
	w.known = Merge(r.before, r.live.Run())
	r.noteOutcomes(ends, tally)
	if err != nil {
		return err
	}
	r.block.Result, err = r.result(ctx, ends[r.head].Status == runfile.Complete)
	return err
}

// planParts says what a save needs, the most important first.
func planParts(ahead plan.Revision, first, cases int) []string {
	out := []string{"no call to make"}
	if ahead.New > 0 {
		out[0] = wording.Count(ahead.New, "call") + " to make"
		if ahead.Rounds > 0 {
			out[0] += fmt.Sprintf(", and up to %d more with results of tools", ahead.Rounds)
		}
		if ahead.Cost != nil {
			out = append(out, "cost about "+progress.ShortAmount(ahead.Cost.High))
		}
		if ahead.Tokens != nil {
			out = append(out, fmt.Sprintf("about %s tokens", progress.ShortNumber(int(ahead.Tokens.High))))
		}
		if ahead.Judging > 0 {
			out = append(out, "and up to "+wording.Count(ahead.Judging, "question")+" to the judge")
		}
	}
	out = append(out, fmt.Sprintf("%d of %d replies replayed", ahead.Replayed, ahead.Replies))
	if first > 0 && first < cases {
		out = append(out, fmt.Sprintf("first %s that failed or changed", wording.Count(first, "case")))
	}
	return out
}

// noteOutcomes notes what went wrong in each run. A run that was stopped before it made a call leaves no file behind.
func (r *round) noteOutcomes(ends []runfile.End, tally *progress.Tally) {
	for i, end := range ends {
		status := "was stopped"
		switch end.Status {
		case runfile.Complete:
			continue
		case runfile.Interrupted:
			if end.Calls == 0 {
				_ = os.Remove(r.job.Runs[i].Path) // an empty run file does no harm either
				continue
			}
		default:
			r.note(end.Reason)
			status = "is " + string(end.Status)
		}
		r.note(fmt.Sprintf("the run of %s %s: %d of %s done and kept", r.job.Runs[i].Name, status,
			end.Trials-end.Errors, wording.Count(r.job.Work.Trials*len(r.cases), "trial")))
	}
	for _, failure := range tally.Failures() {
		r.note(failure)
	}
}

// result returns what prints the round, or while cases are missing what is known of it so far.
func (r *round) result(ctx context.Context, complete bool) (func(io.Writer, report.Options) error, error) {
	run := r.live.Run()
	shown := report.WatchResult{Incomplete: !complete, File: r.path, Run: run}
	show := func(w io.Writer, o report.Options) error { return report.WatchText(w, shown, o) }
	if r.before != nil {
		shown.Before = r.since
		for _, row := range compare.Rows(r.before, run) {
			if row.Change != compare.Unchanged {
				shown.Changed = append(shown.Changed, row)
			}
		}
	}
	if !complete {
		shown.Summary = r.p.Summary(run)
		return show, nil
	}
	loaded, err := result.Load(r.p, r.path, runfile.Scores, suite.Selection{}, nil)
	if err != nil {
		return nil, err
	}
	shown.Summary = loaded.Summary
	base := r.base
	if base == "" && r.head > 0 {
		base = r.job.Runs[0].Path
	}
	if base != "" {
		how := result.Pairing{Detail: runfile.Scores, Alone: true, Drift: r.w.Baseline != ""}
		pair, err := result.NewBase(r.p, base, how).Compare(ctx, r.path)
		if err != nil {
			r.noteError(err)
		}
		shown.Comparison = pair.Comparison
	}
	return show, nil
}

// follow shows the job while it runs: on a screen its table, else how far it is. Finish ends that; its error is one of
// the output.
func (r *round) follow(ctx context.Context) (tally *progress.Tally, finish func() error) {
	state := func() progress.State { return session.StateOf(r.job.Stats()) }
	tally = progress.NewTally(r.job.Trials, state, time.Now())
	var mu sync.Mutex // of the live run
	r.job.Progress = func(e runner.Event) {
		tally.Add(e.Trial, e.Call.ReplayedFrom != "")
		if e.Revision == r.head {
			mu.Lock()
			defer mu.Unlock()
			r.live.Add(e.Call, e.Trial)
		}
	}
	if !r.w.blocks.IsLive() {
		bar := r.w.console.NewProgress(tally, progress.BetweenLines)
		return tally, func() error { bar.Finish(); return nil }
	}
	return tally, progress.Animate(func(now time.Time) error {
		b := r.block
		b.Progress = tally.Parts(now)
		mu.Lock()
		b.Result, _ = r.result(ctx, false)
		mu.Unlock()
		if err := r.w.blocks.Show(b); err != nil {
			return &outputError{err}
		}
		return nil
	})
}
