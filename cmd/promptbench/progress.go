package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"promptbench/internal/project"
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
}

// between is how long a log waits for the next line.
const between = 5 * time.Second

func (a *app) progress(p *project.Project, perCase int) *progress {
	total := 0
	for c, err := range p.Suite.Cases() {
		if err == nil && p.Options.Select.Has(c) {
			total += perCase
		}
	}
	now := time.Now()
	g := &progress{a: a, total: total, last: now, started: now}
	if f, ok := a.err.(*os.File); ok && !a.quiet && term.IsTerminal(int(f.Fd())) {
		g.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(f), progressbar.OptionSetWidth(30),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	}
	return g
}

func (g *progress) done(e runner.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trials++
	if e.Call.ReplayedFrom == "" {
		g.calls++
	}
	if e.Trial.Error != nil {
		g.errors++
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

func (g *progress) finish() {
	if g.bar != nil {
		_ = g.bar.Finish()
		_, _ = fmt.Fprint(g.a.err, "\r")
	}
}
