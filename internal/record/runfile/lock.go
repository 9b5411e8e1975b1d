package runfile

import (
	"path/filepath"

	"github.com/gofrs/flock"
)

// Reserve takes a lock with a name in a directory of run files, which is made
// where it is missing, for what only one process may do at a time. It is held
// until release is called or the process ends; held is false where another
// process has it.
func Reserve(dir, name string) (release func() error, held bool, err error) {
	if err := makeDir(dir); err != nil {
		return nil, false, err
	}
	lock := flock.New(filepath.Join(dir, name+".lock"))
	if held, err = lock.TryLock(); err != nil {
		return nil, false, cannotWrite(dir, err)
	}
	if !held {
		return nil, false, nil
	}
	return func() error { return unlock(lock) }, true, nil
}
