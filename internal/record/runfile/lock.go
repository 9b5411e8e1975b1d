package runfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ErrWritten says that another process holds the lock of a run file.
var ErrWritten = errors.New("it is being written")

// lockPath is a file beside the run file: a lock on the run file itself would keep readers on Windows from reading it.
func lockPath(path string) string { return path + ".lock" }

// tryLock takes the lock of the file at path. It returns nil where another process has it.
func tryLock(path string) (*flock.Flock, error) {
	lock := flock.New(lockPath(path))
	if isLocked, err := lock.TryLock(); err != nil || !isLocked {
		return nil, err
	}
	return lock, nil
}

// unlock releases the lock and removes its file. That a file stays, as it does on Windows while another process has it
// open, does no harm.
func unlock(l *flock.Flock) error {
	err := l.Unlock()
	_ = os.Remove(l.Path())
	return err
}

// whileLocked calls do under the lock of the file at path. It returns [ErrWritten] where another process has the lock.
func whileLocked(path string, do func() error) error {
	lock, err := tryLock(path)
	if err != nil {
		return err
	}
	if lock == nil {
		return ErrWritten
	}
	return errors.Join(do(), unlock(lock))
}

// Written reports whether a process holds the lock of the run file at path.
func Written(path string) bool {
	if _, err := os.Stat(lockPath(path)); err != nil {
		return false // the lock comes before the file
	}
	return errors.Is(whileLocked(path, func() error { return nil }), ErrWritten)
}

// Remove deletes the run file at path, unless a process writes it.
func Remove(path string) error {
	if err := whileLocked(path, func() error { return os.Remove(path) }); err != nil {
		return fmt.Errorf("removing run file %s: %w", path, cause(err))
	}
	return nil
}

// Reserve takes a lock with a name in a directory of run files, which is made where it is missing, for what only one
// process may do at a time. The process has it until it calls release or ends. isReserved is false where another
// process has it.
func Reserve(dir, name string) (release func() error, isReserved bool, err error) {
	if err := makeDir(dir); err != nil {
		return nil, false, err
	}
	if release, isReserved, err = Lock(filepath.Join(dir, name)); err != nil {
		return nil, false, cannotWrite(dir, err)
	}
	return release, isReserved, nil
}

// Lock takes the lock of the file at path, which need not exist. The process has it until it calls release or ends.
// isLocked is false where another process has it.
func Lock(path string) (release func() error, isLocked bool, err error) {
	lock, err := tryLock(path)
	if err != nil || lock == nil {
		return nil, false, err
	}
	return func() error { return unlock(lock) }, true, nil
}
