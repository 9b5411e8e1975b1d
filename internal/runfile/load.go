package runfile

import (
	"cmp"
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

// The details. Full keeps everything. Scores keeps what tables and comparisons
// need, and shares what recurs, so that 100,000 trials take little memory: of a
// case all but its vars; of a call all but its key, reply and thinking; of a
// trial all but its key, the answers and reasons of its scores, and of what was
// read the texts, so that items only have a number and defects only a code.
// What [Scores] gives must not be changed.
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

// Decode reads a run from r. The same line twice counts once: of several lines
// for one case, one trial or the reply of one trial the last holds.
func Decode(r io.Reader, d Detail) (*Run, error) {
	run := &Run{}
	keep := newLean()
	header := false
	torn, err := ScanLines(r, func(l Line) error {
		if !header {
			h, err := checkHeader(l)
			run.Header, header = h, true
			return err
		}
		return run.add(l, d, keep)
	})
	if err != nil {
		return nil, err
	}
	if !header {
		return nil, errNoHeader
	}
	run.Torn = torn
	run.sort()
	return run, nil
}

func (run *Run) add(l Line, d Detail, keep *lean) error {
	switch l.Kind {
	case KindCase:
		return keep.addCase(run, l, d)
	case KindCall:
		return keep.addCall(run, l, d)
	case KindTrial:
		return keep.addTrial(run, l, d)
	case KindEnd:
		var e End
		if err := l.Decode(&e); err != nil {
			return err
		}
		run.End = &e
	case KindHeader:
		return fmt.Errorf("line %d: a second header: two runs in one file", l.Number)
	}
	return nil
}

func (run *Run) sort() {
	run.Cases = sorted(run.Cases, func(a, b *Case) int { return strings.Compare(a.Case, b.Case) }, func(*Case) bool { return true })
	run.Trials = sorted(run.Trials, func(a, b *Trial) int {
		return cmp.Or(strings.Compare(a.Case, b.Case), cmp.Compare(a.Trial, b.Trial))
	}, func(*Trial) bool { return true })
	run.Calls = sorted(run.Calls, func(a, b *Call) int {
		return cmp.Or(strings.Compare(a.Case, b.Case), cmp.Compare(a.Trial, b.Trial), strings.Compare(a.For, b.For))
	}, func(c *Call) bool { return c.For == ForReply }) // a judge is asked several times about one trial
}

// sorted returns the records in order and, where there can be only one, the
// last of several that are equal. It sorts their numbers, because a record is
// large.
func sorted[T any](records []T, compare func(a, b *T) int, only func(*T) bool) []T {
	ordered := true
	for i := 1; i < len(records) && ordered; i++ {
		ordered = compare(&records[i-1], &records[i]) < 0
	}
	if ordered {
		return records
	}
	order := make([]int32, len(records))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int { return cmp.Or(compare(&records[i], &records[j]), cmp.Compare(i, j)) })
	out := make([]T, 0, len(records))
	for k, i := range order {
		if k+1 < len(order) && only(&records[i]) && compare(&records[i], &records[order[k+1]]) == 0 {
			continue
		}
		out = append(out, records[i])
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
