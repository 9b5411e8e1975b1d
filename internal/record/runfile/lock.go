package runfile

import "path/filepath"

// Reserve takes a lock with a name in a directory of run files, which is made
// where it is missing, for what only one process may do at a time. It is held
// until release is called or the process ends; held is false where another
// process has it.
func Reserve(dir, name string) (release func() error, held bool, err error) {
	if err := makeDir(dir); err != nil {
		return nil, false, err
	}
	lock, err := tryLock(filepath.Join(dir, name))
	if err != nil {
		return nil, false, cannotWrite(dir, err)
	}
	if lock == nil {
		return nil, false, nil
	}
	return func() error { return unlock(lock) }, true, nil
}
