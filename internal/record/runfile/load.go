package runfile

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sort"

	"promptbench/internal/input/inputfile"
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

// The details. Full keeps everything. Replies keeps cases and calls whole, and of trials what Scores keeps, which is
// enough to grade the replies again. Scores keeps what tables and comparisons need, and shares what recurs, so that
// 100,000 trials take little memory: of a case all but its vars; of a call all but its key, reply and thinking, beside
// [Call.Begins]; of a trial all but its key, the answers and reasons of its scores, and of what was read the texts, so
// that items only have a number and defects only a code, and their words where they left nothing to read. What is
// shared must not be changed.
const (
	Scores Detail = iota
	Replies
	Full
)

// Load reads the run file at path.
func Load(path string, d Detail) (*Run, error) {
	f, err := inputfile.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening run file: %w", err)
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	keep := newCollector(d)
	keep.expectAll(f)
	run, err := decode(f, keep)
	if err != nil {
		return nil, fmt.Errorf("reading run file %s: %w", path, err)
	}
	run.Path = path
	return run, nil
}

// Decode reads a run from r. The same line twice counts once: of several lines for one case, one trial or the reply of
// one trial the last holds.
func Decode(r io.Reader, d Detail) (*Run, error) { return decode(r, newCollector(d)) }

func decode(r io.Reader, keep *collector) (*Run, error) {
	run := &Run{}
	torn, err := Scan(r, func(h Header) error {
		run.Header, keep.begin = h, h.Beginnings()
		return nil
	}, func(l Line) error {
		return run.add(l, keep)
	})
	if err != nil {
		return nil, err
	}
	run.Torn = torn
	keep.into(run)
	return run, run.check()
}

func (run *Run) add(l Line, keep *collector) error {
	switch l.Kind {
	case KindCase:
		return keep.addCase(l)
	case KindCall:
		return keep.addCall(l)
	case KindTrial:
		return keep.addTrial(l)
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

// Only returns the run with only some of its cases, as if it were over no others.
func (run *Run) Only(keep func(*Case) bool) *Run {
	out, kept := *run, make(map[string]bool, len(run.Cases))
	out.Cases = nil
	for i := range run.Cases {
		if c := &run.Cases[i]; keep(c) {
			kept[c.Case] = true
			out.Cases = append(out.Cases, *c)
		}
	}
	if run.Stopped() {
		if len(out.Cases) == len(run.Cases) {
			return run
		}
		end := *run.End
		end.Decided = end.Decided.Without(len(out.Cases))
		out.End = &end
	}
	out.Header.Cases = len(out.Cases)
	out.Trials = slices.DeleteFunc(slices.Clone(run.Trials), func(t Trial) bool { return !kept[t.Case] })
	out.Calls = slices.DeleteFunc(slices.Clone(run.Calls), func(c Call) bool { return !kept[c.Case] })
	return &out
}

// Unsealed returns the run without the cases that its suite seals.
func (run *Run) Unsealed() *Run {
	isSealed := func(c Case) bool { return c.Sealed }
	if !slices.ContainsFunc(run.Cases, isSealed) {
		return run
	}
	return run.Only(func(c *Case) bool { return !isSealed(*c) })
}

// ShareInputs lets a run hold the inputs that it has in common with another one only once. Of two runs of 100,000 cases
// they are some 15 MB.
func (run *Run) ShareInputs(other *Run) {
	at := 0
	for i := range run.Cases {
		c := &run.Cases[i]
		for at < len(other.Cases) && other.Cases[at].Case < c.Case {
			at++
		}
		if at == len(other.Cases) {
			return
		}
		if o := &other.Cases[at]; o.Case == c.Case && o.Input == c.Input && o.InputHash == c.InputHash {
			c.Input, c.InputHash = o.Input, o.InputHash
		}
	}
}

// Case returns the case with an id.
func (run *Run) Case(id string) (Case, bool) {
	found := partOf(run.Cases, id, func(c *Case) string { return c.Case })
	if len(found) == 0 {
		return Case{}, false
	}
	return found[0], true
}

// TrialsOf returns the trials of a case, in order.
func (run *Run) TrialsOf(id string) []Trial {
	return partOf(run.Trials, id, func(t *Trial) string { return t.Case })
}

// CallsOf returns the calls made for a case, in order of trial.
func (run *Run) CallsOf(id string) []Call {
	return partOf(run.Calls, id, func(c *Call) string { return c.Case })
}

// partOf returns the records of a case out of a list that is sorted by case.
func partOf[T any](list []T, id string, caseOf func(*T) string) []T {
	from := sort.Search(len(list), func(i int) bool { return caseOf(&list[i]) >= id })
	to := from
	for to < len(list) && caseOf(&list[to]) == id {
		to++
	}
	return list[from:to]
}

// Sort puts cases, trials and calls in the order of a loaded run.
func (run *Run) Sort() {
	slices.SortFunc(run.Cases, func(a, b Case) int { return cmp.Compare(a.Case, b.Case) })
	slices.SortStableFunc(run.Trials, func(a, b Trial) int {
		return cmp.Or(cmp.Compare(a.Case, b.Case), cmp.Compare(a.Trial, b.Trial))
	})
	slices.SortStableFunc(run.Calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.Case, b.Case), cmp.Compare(a.Trial, b.Trial))
	})
}

// Planned is how many cases the run is over, those that were run if it stopped early. Files whose header does not say
// so know those alone that were begun.
func (run *Run) Planned() int { return run.End.planned(max(run.Header.Cases, len(run.Cases))) }

// Status says how the run ended. Whatever its end line says, a run without one, without a case, or with a trial that
// has no line is incomplete.
func (run *Run) Status() Status {
	if run.End == nil || len(run.Cases) == 0 && run.End.Status == Complete {
		return Incomplete
	}
	return run.End.statusOf(len(run.Trials), run.Planned()*max(1, run.Header.Trials))
}

// statusOf is the status of a run with this end line that has so many of its trials.
func (e *End) statusOf(trials, planned int) Status {
	if e.Status == Complete && trials < planned {
		return Incomplete
	}
	return e.Status
}
