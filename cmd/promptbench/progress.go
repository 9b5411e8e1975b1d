package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"promptbench/internal/model"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/runner"
)

// A progress shows how far a job is: a bar on a terminal, else a line now and
// then, so that a log stays readable. It goes on while nothing comes back, as a
// run that waits for the endpoint is not one that hangs.
type progress struct {
	a     *app
	bar   *progressbar.ProgressBar
	width int // of the terminal
	stats func() model.Stats
	ended chan struct{}
	over  sync.WaitGroup

	mu    sync.Mutex
	tally tally

	failures []failure // by kind of error, in order of appearance
	open     undecided
}

// A failure is what trials without a reply have in common.
type failure struct {
	kind, message string // the message of the first
	trials        int
	cases         map[string]bool
}

// How often progress is shown.
const (
	betweenLines = 5 * time.Second
	betweenBars  = 200 * time.Millisecond

	betweenBatchLines = 5 * time.Minute
)

// barRoom is what a bar takes of a line, beside its description.
const barRoom = 34

func (a *app) progress(job *job.Job) *progress {
	every := betweenLines
	if job.Batched() {
		every = betweenBatchLines
	}
	return a.progressOf(job.Cases*job.Trials*len(job.Revisions), job.Stats, every)
}

// progressOf shows how far a job of so many trials is; in a log, every now and
// then.
func (a *app) progressOf(total int, stats func() model.Stats, every time.Duration) *progress {
	g := &progress{a: a, stats: stats, ended: make(chan struct{}), tally: tally{total: total}}
	if f, ok := a.err.(*os.File); ok && !a.quiet && term.IsTerminal(int(f.Fd())) {
		every = betweenBars
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			g.width = width
		}
		g.bar = progressbar.NewOptions(g.tally.total, progressbar.OptionSetWriter(f), progressbar.OptionSetWidth(10),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(betweenBars/2))
		a.bar.Store(g.bar)
	}
	g.tally.mark(time.Now())
	g.over.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		marked := time.Now()
		for {
			select {
			case now := <-ticker.C:
				g.show(now)
				if now.Sub(marked) >= betweenLines {
					marked = now
					g.mark(now)
				}
			case <-g.ended:
				return
			}
		}
	})
	return g
}

// done counts a trial that has its outcome.
func (g *progress) done(e runner.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tally.add(e)
	g.open.add(e.Trial)
	if e.Trial.Error != nil {
		g.failed(e.Trial)
	}
}

func (g *progress) mark(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tally.mark(now)
}

// parts says how far the job is, the most important first.
func (g *progress) parts(now time.Time) []string {
	stats := g.stats()
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string{fmt.Sprintf("%d of %s", g.tally.trials, count(g.tally.total, "trial"))}, g.tally.parts(now, stats)...)
}

func (g *progress) show(now time.Time) {
	stats := g.stats()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.bar == nil {
		g.a.note("%s", g.tally.line(now, stats))
		return
	}
	// A bar that can't be drawn must not stop a run.
	g.bar.Describe(fit(g.tally.parts(now, stats), g.width-barRoom))
	_ = g.bar.Set(g.tally.trials)
}

// fit joins as many parts as there is room for.
func fit(parts []string, room int) string {
	line := ""
	for _, part := range parts {
		if line != "" {
			part = " · " + part
		}
		if len([]rune(line))+len([]rune(part)) > room {
			break
		}
		line += part
	}
	return line
}

func (g *progress) failed(t runfile.Trial) {
	i := slices.IndexFunc(g.failures, func(f failure) bool { return f.kind == t.Error.Kind })
	if i < 0 {
		i = len(g.failures)
		g.failures = append(g.failures, failure{kind: t.Error.Kind, message: t.Error.Message, cases: map[string]bool{}})
	}
	f := &g.failures[i]
	f.trials++
	f.cases[t.Case] = true
}

// why says for each kind of error what it was, and which trials have no reply
// for it; then what could not be scored.
func (g *progress) why() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	const most = 10
	var out []string
	for _, f := range g.failures {
		names := slices.Sorted(maps.Keys(f.cases)) // replies arrive in any order
		more := ""
		if len(names) > most {
			names, more = names[:most], fmt.Sprintf(" and %d more", len(f.cases)-most)
		}
		out = append(out, f.message, fmt.Sprintf("no reply in %s: %s%s", count(f.trials, "trial"), strings.Join(names, ", "), more))
	}
	if open := g.open.why(); open != "" {
		out = append(out, open)
	}
	return out
}

// finish ends the display and takes the bar off the screen.
func (g *progress) finish() {
	close(g.ended)
	g.over.Wait()
	if g.bar != nil {
		g.a.bar.Store(nil)
		_ = g.bar.Clear()
		_ = g.bar.Exit()
	}
}
