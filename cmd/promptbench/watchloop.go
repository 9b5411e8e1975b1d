package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/watch"
)

// How long an editor may take over a save, and how long one may go on.
const (
	quietSave = 100 * time.Millisecond
	longSave  = time.Second
)

// A watcher is what lasts from save to save.
type watcher struct {
	a        *app
	revision string
	options  project.Options
	flags    watchFlags
	face     face
	files    *watchedFiles
	log      *slog.Logger // of --log-file; may be nil

	saves int
	known *runfile.Run // what is known of the cases before the save
	calls int          // made so far, over all saves
	cost  float64
}

// watch runs the revision at each save until it is interrupted.
func (a *app) watch(ctx context.Context, revision string, o project.Options, f watchFlags) error {
	p := &project.Project{Options: o}
	paths, err := p.Files(revision)
	if err != nil {
		return err
	}
	log, logFile, err := openLog(f.how.logFile)
	if err != nil {
		return err
	}
	defer logFile.Close() //nolint:errcheck // of diagnostics; the run files have their own
	profiles, err := a.profile(f.how.pprof)
	if err != nil {
		return err
	}
	defer profiles.Close() //nolint:errcheck // serves no more
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// From here on an interrupt is the way to end.
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	files := watchFiles(ctx, a)
	defer files.close()
	files.add(paths)
	w := &watcher{a: a, revision: revision, options: o, flags: f, face: a.face(), files: files, log: log}
	return w.loop(ctx, cancel, interrupts)
}

// loop runs a round for each save. A save during a round ends it early, an
// interrupt all of them.
func (w *watcher) loop(ctx context.Context, drop func(), interrupts <-chan os.Signal) error {
	events := watch.Debounce(ctx, w.files.events, quietSave, longSave)
	var saved []string
	for {
		stop, ended := make(chan struct{}), make(chan error, 1)
		go func(saved []string) { ended <- w.round(ctx, saved, stop) }(saved)
		running, stopped, over := true, false, false
		halt := func() {
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
					events = nil // all is given up
				} else if changed := w.files.changed(); len(changed) > 0 {
					saved = changed
					if running && !stopped {
						w.face.say("saved again: the calls under way are finished and kept, then it begins anew")
					}
					halt()
				}
			case <-interrupts:
				if over {
					drop() // the calls under way, too
				} else if running && !stopped {
					w.face.say("stopping: the calls under way are finished and kept; interrupt again to drop them")
				}
				over = true
				halt()
			}
		}
		if over {
			return nil
		}
	}
}
