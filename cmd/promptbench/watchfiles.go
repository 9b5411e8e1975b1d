package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"promptbench/internal/run/watch"
)

// betweenLooks is how often files are looked at without being told: mounts of
// other machines tell nothing, and a directory that is replaced is silent.
const betweenLooks = 2 * time.Second

// watchedFiles tells of saves. It watches the directories, since editors replace
// a file by another one of the same name.
type watchedFiles struct {
	events chan struct{}
	notify *fsnotify.Watcher // nil where the system has no more to give

	mu     sync.Mutex
	paths  map[string]bool
	before watch.Contents
	seen   map[string]fileState
}

// watchFiles begins to watch, without a file yet, until ctx ends.
func watchFiles(ctx context.Context, a *app) *watchedFiles {
	f := &watchedFiles{events: make(chan struct{}), paths: map[string]bool{}}
	var told <-chan fsnotify.Event
	var failed <-chan error
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		a.note("this system does not tell of saves (%v): files are looked at every %s instead", err, betweenLooks)
	} else {
		f.notify, told, failed = notify, notify.Events, notify.Errors
	}
	go func() {
		ticker := time.NewTicker(betweenLooks)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case _, ok := <-told:
				if !ok {
					told = nil
					continue
				}
			case _, ok := <-failed: // some events are lost: look
				if !ok {
					failed = nil
					continue
				}
			case <-ticker.C:
				if !f.touched() {
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

func (f *watchedFiles) close() {
	if f.notify != nil {
		_ = f.notify.Close()
	}
}

// add watches further files, and takes those as they are now for unchanged.
func (f *watchedFiles) add(paths []string) {
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
	if f.before == nil {
		f.before, f.seen = watch.Contents{}, map[string]fileState{}
	}
	for _, path := range further {
		f.seen[path] = fileStateOf(path)
	}
	maps.Copy(f.before, watch.ContentsOf(further, os.ReadFile))
}

// listen has the system tell of the directories, and of those that links lead to.
// One that is listened to already, or is not there, changes nothing.
func (f *watchedFiles) listen() {
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

// changed lists the files that hold something else than when this was last asked.
func (f *watchedFiles) changed() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listen()
	f.seen = f.states()
	now := watch.ContentsOf(slices.Collect(maps.Keys(f.paths)), os.ReadFile)
	out := now.Since(f.before)
	f.before = now
	return out
}

// touched reports whether a file has another time or size than when it was last
// read, which costs nothing to ask.
func (f *watchedFiles) touched() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !maps.Equal(f.states(), f.seen)
}

// A fileState is what a file system says of a file; zero where it is not there.
type fileState struct {
	changed time.Time
	size    int64
}

func (f *watchedFiles) states() map[string]fileState {
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
