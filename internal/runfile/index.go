package runfile

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// An Index finds recorded calls by their key. Opening one reads the headers of
// all run files under a directory, and reads on only in those that fit; it
// keeps places, not replies. Its methods may be called from many goroutines.
type Index struct {
	places  map[[32]byte]place
	files   []indexed
	skipped []Skipped

	mu   sync.Mutex
	open map[int]*os.File
}

type indexed struct {
	path string
	run  string
}

// A place is where a call line stands, and what decides between two.
type place struct {
	file   int32
	length int32
	offset int64
	at     int64 // Unix nanoseconds
}

// Skipped is a file that looks like a run file and can't be read as one.
type Skipped struct {
	Path string
	Err  error
}

// A Query says which recorded calls may answer.
type Query struct {
	Fits   func(Header) bool // reads on only in runs whose header fits
	Oldest time.Time         // passes over calls older than this; zero: none is too old
}

// OpenIndex indexes the run files in dir and its subfolders. A directory that
// does not exist holds no runs; a file that can't be read, or only up to some
// line, stands in [Index.Skipped], and what was read of it counts. Of several calls with one key the newest wins,
// ties by run id.
func OpenIndex(dir string, q Query) (*Index, error) {
	x := &Index{places: map[[32]byte]place{}, open: map[int]*os.File{}}
	paths, err := Files(dir)
	if err != nil {
		return nil, err
	}
	buffer := bufio.NewReaderSize(nil, bufferSize)
	for _, path := range paths {
		if err := x.add(path, q, buffer); err != nil {
			x.skipped = append(x.skipped, Skipped{Path: path, Err: err})
		}
	}
	return x, nil
}

// errUnfit ends the reading of a file whose header does not fit.
var errUnfit = errors.New("the header does not fit")

func (x *Index) add(path string, q Query, buffer *bufio.Reader) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	file := int32(len(x.files))
	header := false
	buffer.Reset(f)
	_, err = scanLines(buffer, func(l Line) error {
		if !header {
			h, err := checkHeader(l)
			if err != nil {
				return err
			}
			if !q.Fits(h) {
				return errUnfit
			}
			header = true
			x.files = append(x.files, indexed{path: path, run: h.Run})
			return nil
		}
		if l.Kind == KindCall {
			return x.call(l, file, q)
		}
		return nil
	})
	if errors.Is(err, errUnfit) {
		return nil
	}
	return err
}

// call notes where an error-free call stands.
func (x *Index) call(l Line, file int32, q Query) error {
	c, err := signOf(l)
	if err != nil {
		return err
	}
	if c.failed || c.at.Before(q.Oldest) {
		return nil
	}
	key, ok := parseKey(c.key)
	if !ok {
		return fmt.Errorf("line %d: key %.80q is no SHA-256", l.Number, c.key)
	}
	found := place{file: file, length: int32(len(l.Data)), offset: l.Offset, at: c.at.UnixNano()}
	if kept, ok := x.places[key]; !ok || x.newer(found, kept) {
		x.places[key] = found
	}
	return nil
}

// A sign is what decides whether a call can answer: not what it says.
type sign struct {
	key    []byte // in the line's memory
	at     time.Time
	failed bool
}

func signOf(l Line) (sign, error) {
	var s sign
	var met once
	if over(l.Data, func(c *cursor) {
		c.members(func(name []byte) {
			switch string(name) {
			case "key":
				met.first(c, 0)
				s.key = c.text()
			case "at":
				met.first(c, 1)
				if s.at.UnmarshalJSON(c.raw()) != nil {
					c.fail()
				}
			case "error":
				met.first(c, 2)
				s.failed = !c.null()
				if s.failed {
					c.skip()
				}
			default:
				c.skip()
			}
		})
	}) {
		return s, nil
	}
	var c struct {
		Key   string    `json:"key"`
		At    time.Time `json:"at"`
		Error *Error    `json:"error"`
	}
	if err := l.Decode(&c); err != nil {
		return sign{}, err
	}
	return sign{key: []byte(c.Key), at: c.At, failed: c.Error != nil}, nil
}

func (x *Index) newer(a, b place) bool {
	if a.at != b.at {
		return a.at > b.at
	}
	return x.files[a.file].run > x.files[b.file].run
}

func parseKey(s []byte) (key [32]byte, ok bool) {
	if len(s) != hex.EncodedLen(len(key)) {
		return key, false
	}
	_, err := hex.Decode(key[:], s)
	return key, err == nil
}

// Len is how many different keys the index can answer.
func (x *Index) Len() int { return len(x.places) }

// Skipped lists the files that could not be read as run files.
func (x *Index) Skipped() []Skipped { return x.skipped }

// Has reports whether a recorded call has the key, without reading it.
func (x *Index) Has(key string) bool {
	k, ok := parseKey([]byte(key))
	if !ok {
		return false
	}
	_, ok = x.places[k]
	return ok
}

// Lookup returns the recorded call with a key. The call names the run that
// recorded it in ReplayedFrom, and keeps its own At.
func (x *Index) Lookup(key string) (Call, bool, error) {
	k, ok := parseKey([]byte(key))
	if !ok {
		return Call{}, false, nil
	}
	p, ok := x.places[k]
	if !ok {
		return Call{}, false, nil
	}
	f, err := x.file(p.file)
	if err != nil {
		return Call{}, false, err
	}
	line := make([]byte, p.length)
	if n, err := f.ReadAt(line, p.offset); n < len(line) {
		return Call{}, false, fmt.Errorf("reading a recorded call in %s: %w; did the file change while it was in use?", x.files[p.file].path, err)
	}
	var c Call
	if err := json.Unmarshal(line, &c); err != nil {
		return Call{}, false, fmt.Errorf("reading a recorded call in %s: %w", x.files[p.file].path, err)
	}
	if c.ReplayedFrom == "" {
		c.ReplayedFrom = x.files[p.file].run
	}
	return c, true, nil
}

func (x *Index) file(i int32) (*os.File, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if f, ok := x.open[int(i)]; ok {
		return f, nil
	}
	f, err := os.Open(x.files[i].path)
	if err != nil {
		return nil, fmt.Errorf("opening a recorded run: %w", err)
	}
	x.open[int(i)] = f
	return f, nil
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
