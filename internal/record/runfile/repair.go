package runfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Repair repairs a run file whose writer was killed. It removes the text after the
// last line break, or adds the break if that text is a whole record, and removes the
// lock file. It returns the number of bytes that it removed. It does not change a
// file that a process still writes.
func Repair(path string) (cut int64, err error) {
	lock, err := tryLock(path)
	if err != nil {
		return 0, fmt.Errorf("locking run file %s: %w", path, cause(err))
	}
	if lock == nil {
		return 0, nil
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, errors.Join(fmt.Errorf("repairing run file %s: %w", path, cause(err)), unlock(lock))
	}
	cut, err = mend(f)
	if err != nil {
		err = fmt.Errorf("repairing run file %s: %w", path, cause(err))
	}
	return cut, errors.Join(err, f.Close(), unlock(lock))
}

func mend(f *os.File) (cut int64, err error) {
	tail, at, err := afterLastBreak(f)
	switch {
	case err != nil || len(tail) == 0:
		return 0, err
	case json.Valid(tail):
		_, err = f.WriteAt([]byte("\n"), at+int64(len(tail)))
	default:
		cut = int64(len(tail))
		err = f.Truncate(at)
	}
	return cut, errors.Join(err, f.Sync())
}

// afterLastBreak returns the text after the last line break of a file, and its
// offset.
func afterLastBreak(f *os.File) (tail []byte, at int64, err error) {
	at, err = f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, err
	}
	for at > 0 {
		part := make([]byte, min(at, tailSize))
		if _, err := f.ReadAt(part, at-int64(len(part))); err != nil {
			return nil, 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return append(part[i+1:], tail...), at - int64(len(part)-i-1), nil
		}
		at -= int64(len(part))
		tail = append(part, tail...)
	}
	return tail, 0, nil
}

// Written reports whether a process holds the lock of the run file at path.
func Written(path string) bool {
	if _, err := os.Stat(lockPath(path)); err != nil {
		return false // the lock comes before the file
	}
	lock, err := tryLock(path)
	if lock != nil {
		_ = unlock(lock)
	}
	return lock == nil && err == nil
}
