package runfile

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// A Found is a run file that [Find] read the header and the end of.
type Found struct {
	Path   string
	Header Header
	Status Status
}

// Find lists the runs in dir and its subfolders whose header fits, newest
// first, ties by run id. Files that are no run files are passed over.
func Find(dir string, fits func(Header) bool) ([]Found, error) {
	paths, err := Files(dir)
	if err != nil {
		return nil, err
	}
	var found []Found
	for _, path := range paths {
		f, ok := inspect(path, fits)
		if ok {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b Found) int {
		if c := b.Header.Started.Compare(a.Header.Started); c != 0 {
			return c
		}
		return strings.Compare(b.Header.Run, a.Header.Run)
	})
	return found, nil
}

func inspect(path string, fits func(Header) bool) (Found, bool) {
	f, err := os.Open(path)
	if err != nil {
		return Found{}, false
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	found := Found{Path: path, Status: Incomplete}
	first := true
	_, err = ScanLines(f, func(l Line) error {
		if first {
			first = false
			h, err := checkHeader(l)
			if err != nil {
				return err
			}
			if !fits(h) {
				return errUnfit
			}
			found.Header = h
			return nil
		}
		if l.Kind != KindEnd {
			return nil
		}
		var e End
		if err := l.Decode(&e); err != nil {
			return err
		}
		found.Status = e.Status
		return nil
	})
	return found, err == nil && !first
}

// ReadHeader reads the header of the run file at path and nothing else.
func ReadHeader(path string) (Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return Header{}, fmt.Errorf("opening run file: %w", err)
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	var h Header
	first := true
	_, err = ScanLines(f, func(l Line) error {
		if !first {
			return errUnfit
		}
		first = false
		var err error
		h, err = checkHeader(l)
		return err
	})
	switch {
	case err != nil && first, err != nil && h.Kind == "":
		return Header{}, fmt.Errorf("reading run file %s: %w", path, err)
	case first:
		return Header{}, fmt.Errorf("reading run file %s: %w: no header", path, ErrNotRun)
	}
	return h, nil
}
