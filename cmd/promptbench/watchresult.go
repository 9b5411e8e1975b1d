package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/runner"
	"promptbench/internal/run/watch"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/plan"
)

// errUsedUp says that a save has no call left.
var errUsedUp = errors.New("--max-calls or --max-cost is used up, over all saves, and this one needs calls; end watch and start it again to go on")

// within takes what earlier saves used from what all may use, and reports whether
// nothing is left; then only recordings answer.
func (w *watcher) within(settings *job.Run) bool {
	used := false
	if settings.MaxCalls > 0 {
		settings.MaxCalls -= w.calls
		used = settings.MaxCalls <= 0
	}
	if settings.MaxCost > 0 {
		settings.MaxCost -= w.cost
		used = used || settings.MaxCost <= 0
	}
	if used {
		settings.MaxCalls, settings.MaxCost, settings.Offline = 0, 0, true
	}
	return used
}

// run runs the job and shows it on the way.
func (r *round) run(ctx context.Context, stop <-chan struct{}) error {
	w, prepared := r.w, r.job
	ahead, err := job.Ahead(r.p, prepared, w.known)
	if err == nil && r.usedUp && ahead.New > 0 {
		err = errUsedUp
	}
	if err != nil {
		return errors.Join(err, prepared.Abandon())
	}
	for _, text := range prepared.Remarks() {
		r.note(text)
	}
	r.block.plan = planParts(ahead, watch.Urgent(prepared.Rank), len(r.cases))
	if err := w.face.show(r.block); err != nil {
		return &outputError{errors.Join(err, prepared.Abandon())}
	}
	f := r.follow()
	prepared.Progress = f.done
	ends, runErr := runner.Run(ctx, prepared.Job, stop)
	f.end()
	stats := prepared.Stats()
	w.calls += stats.Calls
	if stats.Cost != nil {
		w.cost += *stats.Cost
	}
	err = errors.Join(runErr, prepared.Close(), f.err)
	w.known = watch.Merge(r.before, r.live.Run())
	r.outcomes(ends, f.progress)
	if err != nil {
		return err
	}
	r.block.result, err = r.result(ctx, ends[r.head].Status == runfile.Complete)
	return err
}

// planParts say what a save needs, the most important first.
func planParts(ahead plan.Revision, first, cases int) []string {
	out := []string{"no call to make"}
	if ahead.New > 0 {
		out[0] = count(ahead.New, "call") + " to make"
		if ahead.Cost != nil {
			out = append(out, "cost about "+amount(ahead.Cost.High))
		}
		if ahead.Tokens != nil {
			out = append(out, fmt.Sprintf("about %s tokens", thousands(int(ahead.Tokens.High))))
		}
		if ahead.Judging > 0 {
			out = append(out, "and up to "+count(ahead.Judging, "question")+" to the judge")
		}
	}
	out = append(out, fmt.Sprintf("%d of %d replies replayed", ahead.Replayed, ahead.Replies))
	if first > 0 && first < cases {
		out = append(out, fmt.Sprintf("first %s that failed or changed", count(first, "case")))
	}
	return out
}

// outcomes notes what went wrong in a run, and where it is. One that was stopped
// before it made a call leaves no file behind.
func (r *round) outcomes(ends []runfile.End, g *progress) {
	for i, end := range ends {
		name := r.job.Revisions[i].Prompt.Name
		switch end.Status {
		case runfile.Complete:
		case runfile.Interrupted:
			if end.Calls == 0 {
				_ = os.Remove(r.job.Paths[i]) // an empty run is no loss, and no harm either
				continue
			}
			r.note(fmt.Sprintf("the run of %s was stopped: %d of %s done and kept", name, end.Trials-end.Errors, count(r.job.Trials*len(r.cases), "trial")))
		default:
			r.note(end.Reason)
			r.note(fmt.Sprintf("the run of %s is %s: %d of %s done and kept", name, end.Status, end.Trials-end.Errors, count(r.job.Trials*len(r.cases), "trial")))
		}
	}
	for _, why := range g.why() {
		r.note(why)
	}
}

// result is what the round has come to, or where cases are missing what it has
// come to so far.
func (r *round) result(ctx context.Context, whole bool) (func(io.Writer, report.Options) error, error) {
	shown := report.WatchResult{Incomplete: !whole, File: r.path}
	run := r.live.Run()
	if r.before != nil {
		shown.Before = r.since
		for _, row := range compare.Rows(r.before, run) {
			if row.Change != compare.Unchanged {
				shown.Changed = append(shown.Changed, row)
			}
		}
	}
	shown.Summary = r.p.Summary(run)
	if !whole {
		return printed(shown), nil
	}
	loaded, err := loadResult(r.p, r.path, runfile.Scores)
	if err != nil {
		return nil, err
	}
	shown.Summary = loaded.Summary
	base := r.base
	if base == "" && r.head > 0 {
		base = r.job.Paths[0]
	}
	if base != "" {
		pair, err := comparePair(ctx, r.p, base, r.path, pairing{detail: runfile.Scores, drift: r.w.flags.baseline != ""})
		if err != nil {
			r.note(r.w.a.explain(err))
			return printed(shown), nil
		}
		shown.Comparison = pair.Comparison
	}
	return printed(shown), nil
}

func printed(shown report.WatchResult) func(io.Writer, report.Options) error {
	return func(w io.Writer, o report.Options) error { return report.WatchText(w, shown, o) }
}

// A following shows a round while it runs.
type following struct {
	r        *round
	progress *progress
	over     sync.WaitGroup
	ended    chan struct{}
	err      error // of the output

	mu sync.Mutex // of the round's live run
}

// follow begins to show the round: on a screen its table, else how far it is.
func (r *round) follow() *following {
	f := &following{r: r, ended: make(chan struct{})}
	total := len(r.cases) * r.job.Trials * len(r.job.Revisions)
	if !r.w.face.live() {
		f.progress = r.w.a.progressOf(total, r.job.Stats, betweenLines)
		return f
	}
	f.progress = &progress{a: r.w.a, stats: r.job.Stats, ended: make(chan struct{}), tally: tally{total: total}}
	f.progress.mark(time.Now())
	f.over.Go(f.draw)
	return f
}

// draw draws the block now and then.
func (f *following) draw() {
	ticker := time.NewTicker(betweenBars)
	defer ticker.Stop()
	marked := time.Now()
	for {
		select {
		case now := <-ticker.C:
			if now.Sub(marked) >= betweenLines {
				marked = now
				f.progress.mark(now)
			}
			b := f.r.block
			b.progress = f.progress.parts(now)
			f.mu.Lock()
			b.result, _ = f.r.result(context.Background(), false)
			f.mu.Unlock()
			if err := f.r.w.face.show(b); err != nil {
				f.err = &outputError{err}
				return
			}
		case <-f.ended:
			return
		}
	}
}

func (f *following) done(e runner.Event) {
	f.progress.done(e)
	if e.Revision == f.r.head {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.r.live.Add(e.Call, e.Trial)
	}
}

func (f *following) end() {
	close(f.ended)
	f.over.Wait()
	f.progress.finish()
}
