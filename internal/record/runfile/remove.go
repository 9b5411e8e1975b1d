package runfile

import (
	"errors"
	"fmt"
	"os"
)

// ErrWritten says that another process holds the lock of a run file.
var ErrWritten = errors.New("it is being written")

// Remove deletes the run file at path, unless a process writes it.
func Remove(path string) error {
	lock, err := tryLock(path)
	if err != nil {
		return fmt.Errorf("removing run file %s: %w", path, cause(err))
	}
	if lock == nil {
		return fmt.Errorf("removing run file %s: %w", path, ErrWritten)
	}
	err = os.Remove(path)
	if err != nil {
		err = fmt.Errorf("removing run file %s: %w", path, cause(err))
	}
	return errors.Join(err, unlock(lock))
}
