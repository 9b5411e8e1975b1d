package main

import (
	"fmt"
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

	unrecorded int
	absent     []string // cases without a recording
	why        string   // they can't be asked
}

// between is how long a log waits for the next line.
const between = 5 * time.Second

func (a *app) progress(p *project.Project, job *project.Job) *progress {
	total := p.Selected() * job.Trials * len(job.Revisions)
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
	switch {
	case e.Call.Error != nil && e.Call.Error.Kind == runner.KindNotRecorded:
		g.notRecorded(e.Call)
	case e.Call.ReplayedFrom == "":
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

// notRecorded notes a reply that only a call could have brought.
func (g *progress) notRecorded(c runfile.Call) {
	g.unrecorded++
	g.why = c.Error.Message
	if !slices.Contains(g.absent, c.Case) {
		g.absent = append(g.absent, c.Case)
	}
}

// missing names the cases whose replies are not recorded and may not be asked
// for.
func (g *progress) missing() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.unrecorded == 0 {
		return nil
	}
	const most = 10
	slices.Sort(g.absent) // replies arrive in any order
	names, more := g.absent, ""
	if len(names) > most {
		names, more = names[:most], fmt.Sprintf(" and %d more", len(names)-most)
	}
	return []string{g.why, fmt.Sprintf("not recorded: %s of %s%s", count(g.unrecorded, "trial"), strings.Join(names, ", "), more)}
}

// finish takes the bar off the screen.
func (g *progress) finish() {
	if g.bar != nil {
		_ = g.bar.Clear()
		_ = g.bar.Exit()
	}
}
