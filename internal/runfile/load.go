package runfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// A Run is a run file in memory: cases sorted by id, trials by case and trial.
type Run struct {
	Path   string
	Header Header
	Cases  []Case
	Trials []Trial
	Calls  []Call
	End    *End // nil where the run was killed, or is still being written
	Torn   bool // the last line was cut off and is passed over
}

// Detail says how much of a run [Load] keeps.
type Detail int

// Scores keeps what tables and comparisons need; Full keeps replies, thinking
// and reasons, too.
const (
	Scores Detail = iota
	Full
)

// Load reads the run file at path.
func Load(path string, d Detail) (*Run, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening run file: %w", err)
	}
	run, err := Decode(f, d)
	if closeErr := f.Close(); closeErr != nil && err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, fmt.Errorf("reading run file %s: %w", path, err)
	}
	run.Path = path
	return run, nil
}

// Decode reads a run from r. The same line twice counts once: of several
// trial lines for one trial the last holds.
func Decode(r io.Reader, d Detail) (*Run, error) {
	run := &Run{}
	intern := interner{}
	header := false
	torn, err := ScanLines(r, func(l Line) error {
		if !header {
			h, err := checkHeader(l)
			run.Header, header = h, true
			return err
		}
		return run.add(l, d, intern)
	})
	if err != nil {
		return nil, err
	}
	if !header {
		return nil, fmt.Errorf("%w: no header", ErrNotRun)
	}
	run.Torn = torn
	run.sort()
	return run, nil
}

func (run *Run) add(l Line, d Detail, intern interner) error {
	switch l.Kind {
	case KindCase:
		var c Case
		if err := l.Decode(&c); err != nil {
			return err
		}
		run.Cases = append(run.Cases, c)
	case KindCall:
		var c Call
		if err := l.Decode(&c); err != nil {
			return err
		}
		if d == Scores {
			c.Reply, c.Thinking = "", ""
		}
		intern.call(&c)
		run.Calls = append(run.Calls, c)
	case KindTrial:
		var t Trial
		if err := l.Decode(&t); err != nil {
			return err
		}
		if d == Scores {
			for i := range t.Scores {
				t.Scores[i].Reason = ""
			}
		}
		intern.trial(&t)
		run.Trials = append(run.Trials, t)
	case KindEnd:
		var e End
		if err := l.Decode(&e); err != nil {
			return err
		}
		run.End = &e
	case KindHeader:
		return errors.New("a second header: two runs in one file")
	}
	return nil
}

func (run *Run) sort() {
	slices.SortStableFunc(run.Cases, func(a, b Case) int { return strings.Compare(a.Case, b.Case) })
	run.Cases = lastOf(run.Cases, func(a, b Case) bool { return a.Case == b.Case })
	slices.SortStableFunc(run.Trials, func(a, b Trial) int {
		if c := strings.Compare(a.Case, b.Case); c != 0 {
			return c
		}
		return a.Trial - b.Trial
	})
	run.Trials = lastOf(run.Trials, func(a, b Trial) bool { return a.Case == b.Case && a.Trial == b.Trial })
	slices.SortStableFunc(run.Calls, func(a, b Call) int {
		if c := strings.Compare(a.Case, b.Case); c != 0 {
			return c
		}
		return a.Trial - b.Trial
	})
}

// lastOf keeps the last of each stretch of equal elements.
func lastOf[T any](s []T, equal func(a, b T) bool) []T {
	out := s[:0]
	for i, v := range s {
		if i+1 < len(s) && equal(v, s[i+1]) {
			continue
		}
		out = append(out, v)
	}
	return out
}

// Case returns the case with an id.
func (run *Run) Case(id string) (Case, bool) {
	i, ok := slices.BinarySearchFunc(run.Cases, id, func(c Case, id string) int { return strings.Compare(c.Case, id) })
	if !ok {
		return Case{}, false
	}
	return run.Cases[i], true
}

// TrialsOf returns the trials of a case, in order.
func (run *Run) TrialsOf(id string) []Trial {
	i, _ := slices.BinarySearchFunc(run.Trials, id, func(t Trial, id string) int { return strings.Compare(t.Case, id) })
	j := i
	for j < len(run.Trials) && run.Trials[j].Case == id {
		j++
	}
	return run.Trials[i:j]
}

// CallsOf returns the calls made for a case, in order of trial.
func (run *Run) CallsOf(id string) []Call {
	i, _ := slices.BinarySearchFunc(run.Calls, id, func(c Call, id string) int { return strings.Compare(c.Case, id) })
	j := i
	for j < len(run.Calls) && run.Calls[j].Case == id {
		j++
	}
	return run.Calls[i:j]
}

// Status says how the run ended; a run without an end line is incomplete.
func (run *Run) Status() Status {
	if run.End == nil {
		return Incomplete
	}
	return run.End.Status
}
