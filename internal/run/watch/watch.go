package watch

import (
	"context"
	"os"
	"os/signal"
	"time"

	"promptbench/internal/output/progress"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/interrupt"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
)

// How long an editor may take over one save, and how long saves may follow each other before a round begins.
const (
	quietSave = 100 * time.Millisecond
	longSave  = time.Second
)

// Options say what is run at each save.
type Options struct {
	Revision  string // a prompt file
	Base      string // a revision or a run file to compare with; may be empty
	Baseline  string // a run file to compare with; may be empty
	MaxErrors int    // of a run of the base
	Project   project.Options
	Job       func() job.Options // of a job that begins now
}

// A watcher lasts from save to save.
type watcher struct {
	Options
	console *progress.Console
	blocks  progress.Blocks
	files   *files

	saves int
	known *runfile.Run // what is known of the cases before the save
	calls int          // made over all saves
	cost  float64
}

// Watch runs the revision at each save until it is interrupted.
func Watch(ctx context.Context, c *progress.Console, o Options) error {
	p := &project.Project{Options: o.Project}
	paths, err := p.Files(o.Revision)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, interrupt.Signals()...)
	defer signal.Stop(interrupts)
	files := watchFiles(ctx, c)
	defer files.close()
	files.add(paths)
	w := &watcher{Options: o, console: c, blocks: c.Blocks(), files: files}
	return w.loop(ctx, cancel, interrupts)
}

// loop runs a round for each save. A save during a round ends the round early, an interrupt ends all of them.
func (w *watcher) loop(ctx context.Context, cancel func(), interrupts <-chan os.Signal) error {
	events := Debounce(ctx, w.files.events, quietSave, longSave)
	var saved []string
	for {
		stop, ended := make(chan struct{}), make(chan error, 1)
		go func(saved []string) { ended <- w.round(ctx, saved, stop) }(saved)
		running, stopped, over := true, false, false
		halt := func(message string) {
			if running && !stopped {
				w.blocks.Say(message)
			}
			if !stopped {
				stopped = true
				close(stop)
			}
		}
		for saved = nil; running || saved == nil && !over; {
			select {
			case err := <-ended:
				if err != nil {
					return err
				}
				running = false
			case _, ok := <-events:
				if !ok {
					events = nil // the context is cancelled
				} else if changed := w.files.changed(); len(changed) > 0 {
					saved = changed
					halt("saved again: the calls in flight are finished and kept, then a new run starts")
				}
			case <-interrupts:
				if over {
					cancel() // drops the calls in flight
				}
				over = true
				halt("stopping after the calls in flight; interrupt again to drop them")
			}
		}
		if over {
			return nil
		}
	}
}
