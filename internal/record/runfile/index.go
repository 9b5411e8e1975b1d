package runfile

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"sync"
	"time"

	"promptbench/internal/input/inputfile"
)

// An Index finds recorded calls by their key. Opening one reads the headers of all run files under a directory, and
// reads on only in those that fit and are not redacted; it keeps places, not replies. Its methods may be called from
// many goroutines.
type Index struct {
	places     map[digest]place
	files      []indexed
	skipped    []Skipped
	unfinished []string
	pieces     map[string]*Piece
	failed     map[failure]bool
	queued     []QueuedRun

	mu   sync.Mutex
	open map[int32]*os.File
}

// A digest is the second half of a key: enough to tell any two apart, and with a million calls the half counts.
// [Index.Lookup] looks at the rest.
type digest [16]byte

type indexed struct {
	path string
	run  string
}

// A place is the position of a call line, and its time, which decides between two.
type place struct {
	file   int32
	length int32
	offset int64
	at     int64 // Unix nanoseconds; of a call that is dated in the future, less than of any other
}

// Skipped is a file that looks like a run file and can't be read as one.
type Skipped struct {
	Path string
	Err  error
}

// A Query says which recorded calls may answer.
type Query struct {
	Fits   func(Header) bool      // reads on only in runs whose header fits
	Oldest func(Header) time.Time // passes over calls of a run older than this; nil or zero: none is too old
}

// OpenIndex indexes the run files in dir and its subfolders. A directory that does not exist holds no runs; a file that
// can't be read, or only up to some line, is listed in [Index.Skipped], and what was read of it counts. Of several
// calls with one key the newest wins, ties by run id; of those before the last of a conversation, the newest of the
// case. One that a wrong clock dates in the future wins over none, and is passed over where the age counts.
func OpenIndex(dir string, q Query) (*Index, error) {
	x := &Index{
		places: map[digest]place{}, open: map[int32]*os.File{}, pieces: map[string]*Piece{}, failed: map[failure]bool{},
	}
	paths, err := Files(dir)
	if err != nil {
		return nil, err
	}
	buffers := sync.Pool{New: func() any { return bufio.NewReaderSize(nil, bufferSize) }}
	// Files are read at the same time, and taken in their order.
	results := make(chan chan indexedFile, runtime.GOMAXPROCS(0))
	go func() {
		defer close(results)
		for _, path := range paths {
			one := make(chan indexedFile, 1)
			results <- one
			go func() {
				buffer, _ := buffers.Get().(*bufio.Reader)
				one <- readForIndex(path, q, buffer)
				buffers.Put(buffer)
			}()
		}
	}()
	for one := range results {
		x.take(<-one)
	}
	return x, nil
}

type indexedFile struct {
	path    string
	fits    bool // and so it was read on
	header  Header
	calls   []callPlace
	batches []batchLine
	failed  []failure // calls that a batch brought back as errors
	queued  []QueuedRun
	oldest  time.Time // older calls are passed over
	latest  time.Time // later calls are in the future
	ended   bool      // the last line is the end line
	err     error     // what kept it from being read, or read on
}

type callPlace struct {
	digest digest
	place  place // but for the file
}

// errUnfit ends the reading of a file whose header does not fit.
var errUnfit = errors.New("the header does not fit")

func readForIndex(path string, q Query, buffer *bufio.Reader) indexedFile {
	s := indexedFile{path: path}
	f, err := inputfile.Open(path)
	if err != nil {
		s.err = cause(err)
		return s
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	buffer.Reset(f)
	torn, err := Scan(buffer, func(h Header) error {
		if h.Redacted != nil || !q.Fits(h) { // what is redacted answers nothing
			return errUnfit
		}
		s.fits, s.header, s.latest = true, h, time.Now().Add(skew)
		if q.Oldest != nil {
			s.oldest = q.Oldest(h)
		}
		return nil
	}, s.line)
	s.ended = s.ended && !torn
	if !errors.Is(err, errUnfit) && !(errors.Is(err, errNoHeader) && Written(path)) {
		s.err = err
	}
	return s
}

func (s *indexedFile) line(l Line) error {
	s.ended = l.Kind == KindEnd
	switch l.Kind {
	case KindCall:
	case KindBatch:
		return s.addBatch(l)
	case KindQueue:
		return s.addQueue(l)
	case KindEnd:
		e := endOf(l.Data)
		for i := range s.queued {
			s.queued[i].Complete = e != nil && e.Status == Complete
		}
		return nil
	default:
		return nil
	}
	c, err := callStateOf(l)
	if err != nil {
		return err
	}
	at, isFuture := c.at.UnixNano(), c.at.After(s.latest)
	if isFuture {
		at = math.MinInt64 + c.at.Unix()
	}
	if !c.failed && (c.at.Before(s.oldest) || isFuture && !s.oldest.IsZero()) {
		return nil
	}
	key, ok := parseKey(c.key)
	if !ok {
		return fmt.Errorf("line %d: key %.80q is no SHA-256", l.Number, c.key)
	}
	if c.failed {
		if len(c.batch) > 0 {
			s.failed = append(s.failed, failure{key, string(c.batch)})
		}
		return nil
	}
	found := callPlace{key, place{length: int32(len(l.Data)), offset: l.Offset, at: at}}
	s.calls = append(s.calls, found)
	if c.isTurn {
		found.digest = key.of(c.caseID)
		s.calls = append(s.calls, found)
	}
	return nil
}

func (x *Index) take(s indexedFile) {
	if s.err != nil {
		x.skipped = append(x.skipped, Skipped{Path: s.path, Err: s.err})
	}
	if !s.fits {
		return
	}
	if s.err == nil && !s.ended {
		x.unfinished = append(x.unfinished, s.path)
	}
	file := int32(len(x.files))
	x.files = append(x.files, indexed{path: s.path, run: s.header.Run})
	x.takeBatches(s, file)
	x.queued = append(x.queued, s.queued...)
	for _, c := range s.calls {
		c.place.file = file
		if kept, ok := x.places[c.digest]; !ok || x.newer(c.place, kept) {
			x.places[c.digest] = c.place
		}
	}
}

// A callState is what decides whether a call can answer: not what it says.
type callState struct {
	key    []byte // in the line's memory
	batch  []byte // there, too
	caseID []byte // there, too
	at     time.Time
	isTurn bool // other calls of its conversation rest on it
	failed bool
}

func callStateOf(l Line) (callState, error) {
	var s callState
	if readFast(l.Data, func(c *cursor) {
		c.members(callMembers, func(name string) {
			switch name {
			case "key":
				s.key = c.text()
			case "at":
				if s.at.UnmarshalJSON(c.raw()) != nil {
					c.fail()
				}
			case "batch":
				s.batch = c.text()
			case "case":
				s.caseID = c.text()
			case "for":
				s.isTurn = string(c.text()) == ForTurn
			case "error":
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
		Batch string    `json:"batch"`
		Case  string    `json:"case"`
		For   string    `json:"for"`
		At    time.Time `json:"at"`
		Error *Error    `json:"error"`
	}
	if err := l.Decode(&c); err != nil {
		return callState{}, err
	}
	return callState{
		key: []byte(c.Key), batch: []byte(c.Batch), caseID: []byte(c.Case), at: c.At, isTurn: c.For == ForTurn,
		failed: c.Error != nil,
	}, nil
}

func (x *Index) newer(a, b place) bool {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(x.files[a.file].run, x.files[b.file].run)) > 0
}

func parseKey(s []byte) (digest, bool) {
	var key [sha256.Size]byte
	if len(s) != hex.EncodedLen(len(key)) {
		return digest{}, false
	}
	_, err := hex.Decode(key[:], s)
	return digest(key[len(key)-len(digest{}):]), err == nil
}

// of returns the digest of the key where it is asked for on behalf of a case.
func (d digest) of(caseID []byte) digest {
	hash := sha256.Sum256(append(d[:], caseID...))
	return digest(hash[:len(d)])
}

// Answered calls visit with the key of every call in the run file at path that has an answer, in order.
func Answered(path string, visit func(key string)) error {
	f, err := inputfile.Open(path)
	if err != nil {
		return cause(err)
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	_, err = ScanLines(f, func(l Line) error {
		if l.Kind != KindCall {
			return nil
		}
		c, err := callStateOf(l)
		if err == nil && !c.failed {
			visit(string(c.key))
		}
		return err
	})
	return err
}
