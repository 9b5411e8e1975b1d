package progress

import (
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"promptbench/internal/text/textsafe"
)

// Progress shows how far a job is: a bar on a terminal, else a line at growing
// intervals, so that a log stays readable. It goes on while no reply arrives, so that a run
// that waits for the endpoint does not look like one that hangs.
type Progress struct {
	*Tally
	console *Console
	bar     *progressbar.ProgressBar // nil if there is no terminal
	width   int                      // of the terminal
	stop    func()
}

// How often progress is shown.
const (
	BetweenLines      = 5 * time.Second // in a log, at first
	BetweenBatchLines = 5 * time.Minute // in a log, at first, while a provider works on batches
	betweenBars       = 200 * time.Millisecond
	betweenUpdates    = time.Second // for programs
)

// mostGrowth is how many times longer the intervals of a log become.
const mostGrowth = 12

// barRoom is the width of a bar without its description.
const barRoom = 34

// NewProgress begins to show a tally; every is the first interval between the
// lines of a log.
func (c *Console) NewProgress(t *Tally, every time.Duration) *Progress {
	p := &Progress{Tally: t, console: c}
	most := mostGrowth * every
	if f := terminalOf(c.Err); c.Progress != nil {
		every, most = betweenUpdates, betweenUpdates
		p.show(time.Now())
	} else if f != nil && !c.Quiet {
		every, most, p.width = betweenBars, betweenBars, c.Display(f, false).Width
		p.bar = progressbar.NewOptions(t.total, progressbar.OptionSetWriter(f), progressbar.OptionSetWidth(10),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(betweenBars/2))
		c.bar.Store(p.bar)
	}
	p.stop = repeat(every, most, p.show)
	return p
}

// repeat calls do at intervals that double from every to most, until stop is called.
// Stop waits for the last call.
func repeat(every, most time.Duration, do func(now time.Time)) (stop func()) {
	ended, over := make(chan struct{}), sync.WaitGroup{}
	over.Go(func() {
		timer := time.NewTimer(every)
		defer timer.Stop()
		for {
			select {
			case now := <-timer.C:
				do(now)
				every = min(2*every, most)
				timer.Reset(every)
			case <-ended:
				return
			}
		}
	})
	return func() {
		close(ended)
		over.Wait()
	}
}

func (p *Progress) show(now time.Time) {
	if tell := p.console.Progress; tell != nil {
		tell(p.Update())
		return
	}
	parts := p.Parts(now)
	if p.bar == nil {
		p.console.Note("%s", strings.Join(parts, ", "))
		return
	}
	p.bar.Describe(textsafe.Cell(fitParts(parts[1:], p.width-barRoom))) // the bar counts the trials itself
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.bar.Set(p.trials) // a bar that can't be drawn must not stop a run
}

// fitParts joins as many parts as fit into room columns.
func fitParts(parts []string, room int) string {
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

// Finish ends the display and removes the bar from the terminal. Programs are told where the job ended.
func (p *Progress) Finish() {
	p.stop()
	if p.console.Progress != nil {
		p.show(time.Now())
	}
	if p.bar != nil {
		p.console.bar.Store(nil)
		_ = p.bar.Clear()
		_ = p.bar.Exit()
	}
}
