package runfile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"promptbench/internal/input/inputfile"
)

// A Found is a run file that [Find] read the header and the end of.
type Found struct {
	Path   string
	Header Header
	Status Status
	Errors int  // trials that ended in an error
	End    *End // nil where the run was killed, or is still being written
}

// Find lists the runs in dir and its subfolders whose header fits, newest first, ties by run id. Those that a wrong
// clock dates in the future come last. Files that are no run files are passed over.
func Find(dir string, fits func(Header) bool) ([]Found, error) {
	return find(dir, fits, func(string) bool { return true })
}

// FindSince is [Find] for runs that are being written, or whose id says that they started at a time or later. It opens
// no other file.
func FindSince(dir string, since time.Time, fits func(Header) bool) ([]Found, error) {
	least := since.UTC().Format(moment)
	return find(dir, fits, func(path string) bool {
		name := filepath.Base(path)
		if IsID(name) && name >= least {
			return true
		}
		_, err := os.Stat(lockPath(path))
		return err == nil
	})
}

func find(dir string, fits func(Header) bool, isWanted func(path string) bool) ([]Found, error) {
	paths, err := Files(dir)
	if err != nil {
		return nil, err
	}
	var found []Found
	for _, path := range paths {
		if !isWanted(path) {
			continue
		}
		if f, ok := inspect(path, fits); ok {
			found = append(found, f)
		}
	}
	now := time.Now()
	slices.SortStableFunc(found, func(a, b Found) int {
		return cmp.Or(compareAge(a.Header.Started, b.Header.Started, now), cmp.Compare(b.Header.Run, a.Header.Run))
	})
	return found, nil
}

// skew is how far the clocks of two machines may differ.
const skew = 5 * time.Minute

// compareAge is negative where a is newer than b. What is dated in the future has no age, and is older than all else.
func compareAge(a, b, now time.Time) int {
	if x, y := a.After(now.Add(skew)), b.After(now.Add(skew)); x != y {
		if x {
			return 1
		}
		return -1
	}
	return b.Compare(a)
}

func inspect(path string, fits func(Header) bool) (Found, bool) {
	f, err := inputfile.Open(path)
	if err != nil {
		return Found{}, false
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	h, err := readHeader(f)
	if err != nil || !fits(h) {
		return Found{}, false
	}
	end, _, err := readEnd(f)
	found := Found{Path: path, Header: h, Status: Incomplete, End: end}
	if end != nil {
		found.Errors = end.Errors
		found.Status = end.statusOf(end.Trials, end.planned(h.Cases)*max(1, h.Trials))
	}
	return found, err == nil
}

// ReadHeader reads the header of the run file at path and nothing else.
func ReadHeader(path string) (Header, error) {
	f, err := inputfile.Open(path)
	if err != nil {
		return Header{}, fmt.Errorf("opening run file: %w", err)
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	h, err := readHeader(f)
	if err != nil {
		return Header{}, fmt.Errorf("reading run file %s: %w", path, err)
	}
	return h, nil
}

// errEnough ends a scan that has what it came for.
var errEnough = errors.New("enough")

func readHeader(r io.Reader) (h Header, err error) {
	_, err = Scan(r, func(first Header) error { h = first; return errEnough }, nil)
	if errors.Is(err, errEnough) {
		err = nil
	}
	return h, err
}

// tailSize holds any end line, which is a few hundred bytes long.
const tailSize = 64 << 10

// readEnd reads the end line from the end of a file, and the file's size. The last whole line is the end line, or the
// run has none, and the result is nil.
func readEnd(f *os.File) (*End, int64, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	tail := make([]byte, min(info.Size(), tailSize))
	if _, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	whole := bytes.LastIndexByte(tail, '\n')
	if whole < 0 {
		return nil, info.Size(), nil
	}
	last := bytes.TrimSpace(tail[:whole])
	last = last[bytes.LastIndexByte(last, '\n')+1:]
	return endOf(last), info.Size(), nil
}

// endOf decodes an end line; nil where it is none.
func endOf(line []byte) *End {
	kind, err := kindOf(line)
	var e End
	if err == nil && kind == KindEnd && json.Unmarshal(line, &e) == nil {
		return &e
	}
	return nil
}
