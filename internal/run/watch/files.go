package watch

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"promptbench/internal/output/progress"
)

// betweenLooks is how often files are looked at without an event: network mounts send none, and neither does a
// directory that is replaced.
const betweenLooks = 2 * time.Second

// files sends an event at each save. It watches directories, because editors replace a file with another one of the
// same name.
type files struct {
	events chan struct{}
	notify *fsnotify.Watcher // nil if the system provides no more

	mu     sync.Mutex
	paths  map[string]bool
	before Contents
	seen   map[string]fileState
}

// watchFiles begins to watch, without a file yet, until ctx ends.
func watchFiles(ctx context.Context, c *progress.Console) *files {
	f := &files{
		events: make(chan struct{}), paths: map[string]bool{}, before: Contents{}, seen: map[string]fileState{},
	}
	var events <-chan fsnotify.Event
	var failed <-chan error
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		c.Note("this system reports no saves (%v): files are checked every %s instead", err, betweenLooks)
	} else {
		f.notify, events, failed = notify, notify.Events, notify.Errors
	}
	go func() {
		ticker := time.NewTicker(betweenLooks)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case _, ok := <-events:
				if !ok {
					events = nil
					continue
				}
			case _, ok := <-failed: // some events are lost
				if !ok {
					failed = nil
					continue
				}
			case <-ticker.C:
				if !f.areTouched() {
					continue
				}
			}
			select {
			case f.events <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return f
}

func (f *files) close() {
	if f.notify != nil {
		_ = f.notify.Close()
	}
}

// add watches more files, and takes them as they are now for unchanged.
func (f *files) add(paths []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var further []string
	for _, path := range paths {
		path = filepath.Clean(path)
		if !f.paths[path] {
			f.paths[path] = true
			further = append(further, path)
		}
	}
	f.listen()
	for _, path := range further {
		f.seen[path] = fileStateOf(path)
	}
	maps.Copy(f.before, ContentsOf(further, os.ReadFile))
}

// listen asks the system for events of the directories, and of those that links lead to. A directory that is watched
// already, or is missing, changes nothing.
func (f *files) listen() {
	if f.notify == nil {
		return
	}
	for path := range f.paths {
		_ = f.notify.Add(filepath.Dir(path))
		if target, err := filepath.EvalSymlinks(path); err == nil && target != path {
			_ = f.notify.Add(filepath.Dir(target))
		}
	}
}

// changed lists the files whose contents differ from those at the last call.
func (f *files) changed() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listen()
	f.seen = f.states()
	now := ContentsOf(slices.Collect(maps.Keys(f.paths)), os.ReadFile)
	out := now.Since(f.before)
	f.before = now
	return out
}

// areTouched reports whether a file has another time or size than when it was last read, which is cheap to ask.
func (f *files) areTouched() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !maps.Equal(f.states(), f.seen)
}

// A fileState is what a file system says of a file; zero if there is none.
type fileState struct {
	changed time.Time
	size    int64
}

func (f *files) states() map[string]fileState {
	out := make(map[string]fileState, len(f.paths))
	for path := range f.paths {
		out[path] = fileStateOf(path)
	}
	return out
}

func fileStateOf(path string) fileState {
	info, err := os.Stat(path)
	if err != nil {
		return fileState{}
	}
	return fileState{info.ModTime(), info.Size()}
}
