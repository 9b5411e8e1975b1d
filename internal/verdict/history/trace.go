package history

import (
	"cmp"
	"slices"
	"time"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// A Trace is one case over the runs, the oldest first.
type Trace struct {
	Schema  int          `json:"schema"`
	Case    string       `json:"case"`
	Suite   string       `json:"suite"`
	Model   string       `json:"model"`
	Runs    []Appearance `json:"runs"`
	Graders []Streak     `json:"graders"`
	Input   string       `json:"input"` // of the newest run
	LeftOut LeftOut      `json:"left_out"`
	Changed []string     `json:"changed"` // runs from which on its input is another
}

// A State is what a grader made of a case in one run.
type State string

// The states.
const (
	Passes        State = "passes"
	Fails         State = "fails"
	Unscored      State = "unscored"
	NotApplicable State = "not_applicable"
)

// An Appearance is the case in one run.
type Appearance struct {
	Run     string    `json:"run"`
	Started time.Time `json:"started"`
	Prompt  string    `json:"prompt"`
	Hash    string    `json:"prompt_hash"`
	summary.Said
	Error  string           `json:"error,omitempty"` // why it has no reply
	States map[string]State `json:"states"`          // by grader

	input string // its hash
}

// A Streak is the current state of a case by one grader, and since which run it holds.
type Streak struct {
	Grader string `json:"grader"`
	State  State  `json:"state"`  // in the newest run that scored it; Unscored where none did
	Since  string `json:"since"`  // the first run of those that agree with it without a break
	Before string `json:"before"` // the run before that one; empty where it was always so
}

// AppearanceOf finds a case in a run.
func AppearanceOf(run *runfile.Run, id string) (Appearance, bool) {
	c, ok := run.Case(id)
	if !ok {
		return Appearance{}, false
	}
	h := run.Header
	s := Appearance{
		Run: h.Run, Started: h.Started, Prompt: h.Prompt.Name, Hash: h.Prompt.Hash,
		States: map[string]State{}, input: c.InputHash,
	}
	trials := run.TrialsOf(id)
	s.Said = summary.SaidOf(run, trials)
	for i := range trials {
		if t := &trials[i]; t.Error != nil {
			s.Error = cmp.Or(s.Error, t.Error.Kind)
		}
	}
	for k, name := range summary.GraderNames(run) {
		s.States[name] = stateOf(summary.CellOf(trials, name, k))
	}
	return s, true
}

func stateOf(c summary.Cell) State {
	switch {
	case c.Excluded:
		return NotApplicable
	case c.Scored == 0:
		return Unscored
	case c.Pass():
		return Passes
	}
	return Fails
}

// TraceOf sorts the appearances of a case by time and finds the streak of each
// grader. A run that did not score the case does not end a streak.
func TraceOf(id string, graders []string, seen []Appearance) Trace {
	slices.SortStableFunc(seen, func(a, b Appearance) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Run, b.Run))
	})
	t := Trace{Schema: Schema, Case: id, Runs: seen, Graders: []Streak{}, Changed: []string{}}
	for i := 1; i < len(seen); i++ {
		if seen[i].input != seen[i-1].input {
			t.Changed = append(t.Changed, seen[i].Run)
		}
	}
	for _, g := range graders {
		t.Graders = append(t.Graders, since(g, seen))
	}
	return t
}

func since(grader string, seen []Appearance) Streak {
	s := Streak{Grader: grader, State: Unscored}
	for _, run := range slices.Backward(seen) {
		switch state := run.States[grader]; {
		case state != Passes && state != Fails:
		case s.State == Unscored:
			s.State, s.Since = state, run.Run
		case state == s.State:
			s.Since = run.Run
		default:
			s.Before = run.Run
			return s
		}
	}
	return s
}

// Names are the graders.
func (t *Trace) Names() []string {
	names := make([]string, len(t.Graders))
	for i, g := range t.Graders {
		names[i] = g.Grader
	}
	return names
}

// Find returns the appearance in a run.
func (t *Trace) Find(run string) *Appearance {
	i := slices.IndexFunc(t.Runs, func(s Appearance) bool { return s.Run == run })
	if i < 0 {
		return nil
	}
	return &t.Runs[i]
}
