package runfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// syncGap is how long lies between the beginnings of two fsyncs at least. A fast disk could do many more, and each
// takes processor time; a trial waits half of it on average, which is little against the time that a reply takes.
const syncGap = 4 * time.Millisecond

// A round is one fsync, and everybody who waits for it.
type round struct {
	over chan struct{} // closed when it is
	err  error
}

// Sync returns once all that was appended before is on disk. Callers that wait at the same time share one fsync, so
// that many of them cost little more than one: a caller that comes while the disk is busy joins the next round.
//
// It fails where the file is not at its path any more, since everything that was paid for from then on would be lost.
func (w *Writer) Sync() error {
	w.mu.Lock()
	if w.err != nil || w.durable == w.size && len(w.held) == 0 {
		defer w.mu.Unlock()
		return w.err
	}
	r, first := w.next, w.next == nil
	if first {
		r = &round{over: make(chan struct{})}
		w.next = r
	}
	w.mu.Unlock()
	if first {
		w.lead(r)
	}
	<-r.over
	return r.err
}

// lead waits for its turn, and makes the file durable for all who have joined by then.
func (w *Writer) lead(r *round) {
	w.syncing.Lock()
	defer w.syncing.Unlock()
	if rest := syncGap - time.Since(w.synced); rest > 0 {
		<-time.After(rest)
	}
	w.synced = time.Now()
	w.mu.Lock()
	w.next = nil
	err := w.err
	if err == nil && len(w.held) > 0 {
		err = w.write()
	}
	size := w.size
	w.mu.Unlock()
	if err == nil {
		err = w.flush()
	}
	w.mu.Lock()
	if err == nil {
		w.durable = size
	} else {
		r.err = w.fail(err)
	}
	w.mu.Unlock()
	close(r.over)
}

// flush makes what is in the file durable, the first time its name as well.
func (w *Writer) flush() error {
	err := w.file.Sync()
	// Some file systems can't make a file durable at all.
	if err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return fmt.Errorf("making run file %s durable: %w", w.path, cause(err))
	}
	if !w.named {
		w.named = true
		syncDir(filepath.Dir(w.path))
	}
	now, err := os.Stat(w.path)
	if errors.Is(err, os.ErrNotExist) || err == nil && !os.SameFile(now, w.info) {
		return fmt.Errorf(
			"run file %s was deleted or moved while it was being written; stopped, as further replies would be lost", w.path)
	}
	return nil
}

// syncDir makes the name of a new file durable where the system has a way to.
func syncDir(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = d.Sync() // Windows has none
	_ = d.Close()
}
