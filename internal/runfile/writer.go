package runfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
)

// A Writer appends records to one run file. It holds the file's lock until it
// is closed; its methods may be called from many goroutines. A record is one
// write, so a kill leaves at most one torn line, the last.
type Writer struct {
	path string
	lock *flock.Flock

	mu   sync.Mutex
	file *os.File
	err  error // the first failed write; nothing is written after it
}

// Create makes a new run file in dir, which is made where it is missing, and
// writes the header. The file is named after h.Run.
func Create(dir string, h Header) (*Writer, error) {
	if h.Run == "" || h.Run != filepath.Base(h.Run) {
		return nil, fmt.Errorf("creating run file: %q is no run id", h.Run)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the runs directory: %w", err)
	}
	path := filepath.Join(dir, h.Run+Ext)
	lock := flock.New(lockPath(path))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking run file %s: %w", path, err)
	}
	if !held {
		return nil, fmt.Errorf("run file %s is being written by another process", path)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o644)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("creating run file: %w", err), unlock(lock))
	}
	w := &Writer{path: path, lock: lock, file: file}
	h.Kind, h.Schema = KindHeader, Schema
	if err := w.append(h); err != nil {
		return nil, errors.Join(err, w.release(), os.Remove(path))
	}
	return w, nil
}

// Path is where the run file is.
func (w *Writer) Path() string { return w.path }

// Case appends a case line.
func (w *Writer) Case(c Case) error { c.Kind = KindCase; return w.append(c) }

// Call appends a call line.
func (w *Writer) Call(c Call) error { c.Kind = KindCall; return w.append(c) }

// Trial appends a trial line.
func (w *Writer) Trial(t Trial) error { t.Kind = KindTrial; return w.append(t) }

// Close appends the end line, makes the file durable and gives the lock back.
func (w *Writer) Close(e End) error {
	e.Kind = KindEnd
	err := w.append(e)
	if err == nil {
		if syncErr := w.file.Sync(); syncErr != nil {
			err = fmt.Errorf("making run file %s durable: %w", w.path, syncErr)
		}
	}
	return errors.Join(err, w.release())
}

func (w *Writer) append(record any) error {
	line, err := encode(record)
	if err != nil {
		return fmt.Errorf("encoding a record for %s: %w", w.path, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if _, err := w.file.Write(line); err != nil {
		w.err = fmt.Errorf("writing run file %s: %w; what was written before is kept", w.path, err)
		return w.err
	}
	return nil
}

func (w *Writer) release() error {
	return errors.Join(w.file.Close(), unlock(w.lock))
}

// lockPath is a file beside the run file: a lock on the run file itself would
// keep readers on Windows from reading it.
func lockPath(path string) string { return path + ".lock" }

// unlock gives the lock back and clears its file away. That a file stays, as it
// does on Windows while another process has it open, does no harm.
func unlock(l *flock.Flock) error {
	err := l.Unlock()
	_ = os.Remove(l.Path())
	return err
}
