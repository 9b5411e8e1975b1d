package runfile

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Repair repairs a run file whose writer was killed. It removes the text after the last line break, or adds the break
// if that text is a whole record, and removes the lock file. It returns the number of bytes that it removed. It does
// not change a file that a process still writes.
func Repair(path string) (cut int64, err error) {
	err = whileLocked(path, func() error {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		cut, err = mend(f)
		return errors.Join(err, f.Close())
	})
	if err != nil && !errors.Is(err, ErrWritten) {
		return cut, fmt.Errorf("repairing run file %s: %w", path, cause(err))
	}
	return cut, nil
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

func afterLastBreak(f *os.File) (tail []byte, at int64, err error) {
	br := bufio.NewReaderSize(f, bufferSize)
	for {
		line, err := readLine(br)
		if errors.Is(err, io.EOF) {
			return line, at, nil
		}
		if err != nil {
			return nil, 0, err
		}
		at += int64(len(line))
	}
}
