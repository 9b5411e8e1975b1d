package runfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// maxOpen is how many run files stay open for lookups. A history may hold more of them than a process may open.
const maxOpen = 64

// Len is how many different keys the index can answer, each once more for each conversation that goes on after it.
func (x *Index) Len() int { return len(x.places) }

// Skipped lists the files that could not be read as run files, as far as it has turned out by now.
func (x *Index) Skipped() []Skipped {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.skipped)
}

// Unfinished lists the run files that fit and have no end line: their run was killed, or still goes on. See [Repair].
func (x *Index) Unfinished() []string { return x.unfinished }

// Has reports whether a recorded call has the key, without reading it.
func (x *Index) Has(key string) bool {
	_, ok := x.placeOf(key)
	return ok
}

func (x *Index) placeOf(key string) (place, bool) {
	k, ok := parseKey([]byte(key))
	p, has := x.places[k]
	return p, ok && has
}

// Lookup returns the recorded call with a key, of several that of the case: conversations that begin alike go on from
// different replies. The call names the run that recorded it in ReplayedFrom, and keeps its own At. A call that turns
// out to be damaged answers nothing, and its file joins [Index.Skipped].
func (x *Index) Lookup(key, caseID string) (Call, bool, error) {
	p, ok := x.placeOf(key)
	if !ok {
		return Call{}, false, nil
	}
	if k, isKey := parseKey([]byte(key)); isKey {
		if own, has := x.places[k.of([]byte(caseID))]; has {
			p = own
		}
	}
	line, err := x.line(p)
	if err != nil {
		return Call{}, false, err
	}
	var c Call
	if err := json.Unmarshal(line, &c); err != nil {
		x.skipDamaged(p, plainly(err))
		return Call{}, false, nil
	}
	if !strings.EqualFold(c.Key, key) {
		return Call{}, false, nil
	}
	if c.ReplayedFrom == "" {
		c.ReplayedFrom = x.files[p.file].run
	}
	return c, true, nil
}

func (x *Index) line(p place) ([]byte, error) {
	f, done, err := x.file(p.file)
	if err != nil {
		return nil, err
	}
	defer done()
	line := make([]byte, p.length)
	if n, err := f.ReadAt(line, p.offset); n < len(line) {
		return nil, fmt.Errorf(
			"reading a recorded call in %s: %w; did the file change while it was in use?", x.files[p.file].path, cause(err))
	}
	return line, nil
}

// file opens a run file, or gives the one that is open. Done must be called after use.
func (x *Index) file(i int32) (f *os.File, done func(), err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if f, ok := x.open[i]; ok {
		return f, func() {}, nil
	}
	if f, err = os.Open(x.files[i].path); err != nil {
		return nil, nil, fmt.Errorf("opening a recorded run: %w", err)
	}
	if len(x.open) == maxOpen {
		return f, func() { _ = f.Close() }, nil // only read
	}
	x.open[i] = f
	return f, func() {}, nil
}

// skipDamaged adds the file of a call line that can't be read to the skipped ones.
func (x *Index) skipDamaged(p place, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	path := x.files[p.file].path
	if !slices.ContainsFunc(x.skipped, func(s Skipped) bool { return s.Path == path }) {
		x.skipped = append(x.skipped, Skipped{Path: path, Err: fmt.Errorf("at byte %d: %w", p.offset, err)})
	}
}

// Close closes the files that lookups opened.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	var errs []error
	for i, f := range x.open {
		errs = append(errs, f.Close())
		delete(x.open, i)
	}
	return errors.Join(errs...)
}
