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

	"promptbench/internal/project"
	"promptbench/internal/runfile"
	"promptbench/internal/runner"
)

// A progress shows how far a job is: a bar on a terminal, else a line now and
// then, so that a log stays readable.
type progress struct {
	a   *app
	bar *progressbar.ProgressBar

	mu      sync.Mutex
	total   int
	trials  int
	calls   int
	errors  int
	last    time.Time
	started time.Time

	failures []failure // by kind of error, in order of appearance
}

// A failure is what trials without a reply have in common.
type failure struct {
	kind, message string // the message of the first
	trials        int
	cases         map[string]bool
}

// between is how long a log waits for the next line.
const between = 5 * time.Second

func (a *app) progress(p *project.Project, job *project.Job) *progress {
	total := p.Selected() * job.Trials * len(job.Revisions)
	now := time.Now()
	g := &progress{a: a, total: total, last: now, started: now}
	if f, ok := a.err.(*os.File); ok && !a.quiet && term.IsTerminal(int(f.Fd())) {
		g.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(f), progressbar.OptionSetWidth(30),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("trials"), progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	}
	return g
}

func (g *progress) done(e runner.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trials++
	if e.Call.ReplayedFrom == "" && (e.Call.Error == nil || e.Call.Error.Kind != runner.KindNotRecorded) {
		g.calls++
	}
	if e.Trial.Error != nil {
		g.errors++
		g.failed(e.Trial)
	}
	if g.bar != nil {
		_ = g.bar.Add(1) // a bar that can't be drawn must not stop a run
		return
	}
	if now := time.Now(); now.Sub(g.last) >= between {
		g.last = now
		rate := float64(g.trials) / now.Sub(g.started).Seconds()
		left := time.Duration(float64(g.total-g.trials)/rate) * time.Second
		g.a.note("%d of %d trials, %d calls made, %d errors, %.1f a second, %s left", g.trials, g.total, g.calls, g.errors, rate, left.Round(time.Second))
	}
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
// for it.
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
	return out
}

// finish takes the bar off the screen.
func (g *progress) finish() {
	if g.bar != nil {
		_ = g.bar.Clear()
		_ = g.bar.Exit()
	}
}
