package runfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// A Writer appends records to one run file. It holds the file's lock until it is closed; its methods may be called from
// many goroutines. A trial, and a call that was made, is in the file when [Writer.Trial] or [Writer.Call] returns;
// cases and replayed calls wait for them, to be written with them. A kill leaves at most one torn line, the last; what
// was appended before [Writer.Sync] was called outlives the machine, too.
//
// After the first failure every method returns that failure, and nothing more than the end line is written. What was
// written of the line that failed is taken away again, so that a full disk leaves whole lines.
type Writer struct {
	path string
	lock *flock.Flock
	info os.FileInfo // of the file, to see whether it is still at path

	lines sync.Pool // of *bytes.Buffer: the memory of a line is most of what writing it takes

	mu      sync.Mutex
	file    file
	held    []byte // lines that wait to be written
	size    int64  // of the whole lines in the file
	durable int64  // so much of them is on disk
	next    *round // the round that new callers join; nil where nobody waits
	torn    bool   // the file ends in a part of a line that could not be removed
	err     error  // the first failure

	syncing sync.Mutex // held by who leads a round
	synced  time.Time  // when the last one began
	named   bool       // the file's name is on disk
}

// A file is what a Writer needs of an *os.File.
type file interface {
	Write(p []byte) (int, error)
	Sync() error
	Truncate(size int64) error
	Stat() (os.FileInfo, error)
	Close() error
}

// Create makes a new run file in dir, which is made where it is missing, and writes the header. The file is named after
// h.Run.
func Create(dir string, h Header) (*Writer, error) {
	if h.Run == "" || h.Run != filepath.Base(h.Run) {
		return nil, fmt.Errorf("creating run file: %q is no run id", h.Run)
	}
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, h.Run+Ext)
	lock, err := tryLock(path)
	if err != nil {
		return nil, cannotWrite(dir, err)
	}
	if lock == nil {
		return nil, fmt.Errorf("run file %s is being written by another process", path)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o644)
	if err != nil {
		return nil, errors.Join(cannotWrite(dir, err), unlock(lock))
	}
	w, err := newWriter(path, lock, f)
	if err != nil {
		return nil, errors.Join(err, f.Close(), unlock(lock))
	}
	h.Kind, h.Schema = KindHeader, Schema
	if err := w.append(h, true); err != nil {
		return nil, errors.Join(err, w.Discard())
	}
	return w, nil
}

func newWriter(path string, lock *flock.Flock, f file) (*Writer, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("creating run file: %w", err)
	}
	return &Writer{path: path, lock: lock, info: info, file: f, lines: sync.Pool{
		New: func() any { return &bytes.Buffer{} },
	}}, nil
}

func makeDir(dir string) error {
	if err := CheckDir(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the runs directory %s: %w; name another with --runs", dir, cause(err))
	}
	return nil
}

func cannotWrite(dir string, err error) error {
	return fmt.Errorf("writing in the runs directory %s: %w; name another with --runs", dir, cause(err))
}

// cause is an error without its path, which the message names already.
func cause(err error) error {
	if of, ok := errors.AsType[*os.PathError](err); ok {
		return of.Err
	}
	return err
}

// Path is where the run file is.
func (w *Writer) Path() string { return w.path }

// Case appends a case line.
func (w *Writer) Case(c Case) error { c.Kind = KindCase; return w.append(c, false) }

// Call appends a call line.
func (w *Writer) Call(c Call) error { c.Kind = KindCall; return w.append(c, c.Made()) }

// Trial appends a trial line.
func (w *Writer) Trial(t Trial) error { t.Kind = KindTrial; return w.append(t, true) }

// Close appends the end line, makes the file durable and gives the lock back. A run that failed before can't be
// complete: its end line says the failure, and Close does not return it again.
func (w *Writer) Close(e End) error {
	e.Kind = KindEnd
	w.mu.Lock()
	failed := w.err
	w.mu.Unlock()
	if failed != nil && e.Status == Complete {
		e.Status, e.Reason, e.Decided = Incomplete, failed.Error(), nil
	}
	err := w.append(e, true)
	switch {
	case failed != nil:
		err = nil
		_ = w.file.Sync() // as far as it goes
	case err == nil:
		err = w.Sync()
	}
	return errors.Join(err, w.release())
}

// Discard closes the file without an end line and removes it.
func (w *Writer) Discard() error { return errors.Join(w.release(), os.Remove(w.path)) }

// maxHeld is how many bytes of lines wait at most.
const maxHeld = 64 << 10

// append appends a record, at once or when others are written. After a failure it appends only an end line, and that
// not behind a torn line. There may be room for it, since what failed was taken away.
func (w *Writer) append(record any, atOnce bool) error {
	line, _ := w.lines.Get().(*bytes.Buffer)
	defer w.lines.Put(line)
	line.Reset()
	enc := json.NewEncoder(line)
	enc.SetEscapeHTML(false) // so that <, > and & stay readable
	if err := enc.Encode(record); err != nil {
		return fmt.Errorf("encoding a record for %s: %w", w.path, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, last := record.(End); w.torn || w.err != nil && !last {
		return w.err
	}
	w.held = append(w.held, line.Bytes()...)
	if atOnce || len(w.held) > maxHeld {
		return w.write()
	}
	return nil
}

// write writes the lines that wait, or nothing of them.
func (w *Writer) write() error {
	n, err := w.file.Write(w.held)
	w.held = w.held[:0]
	if err == nil {
		w.size += int64(n)
		return nil
	}
	if n > 0 && w.file.Truncate(w.size) != nil {
		w.torn = true
	}
	if w.size == 0 {
		return w.fail(cannotWrite(filepath.Dir(w.path), err))
	}
	return w.fail(fmt.Errorf("writing run file %s: %w; what was written before is kept", w.path, cause(err)))
}

func (w *Writer) fail(err error) error {
	if w.err == nil {
		w.err = err
	}
	return w.err
}

func (w *Writer) release() error {
	return errors.Join(w.file.Close(), unlock(w.lock))
}
