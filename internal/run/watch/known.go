package watch

import (
	"cmp"
	"slices"

	"promptbench/internal/record/runfile"
)

// A Live is a run as far as it is: the cases that have all their trials.
type Live struct {
	header runfile.Header
	cases  map[string]runfile.Case
	trials map[string][]runfile.Trial
	calls  map[string][]runfile.Call
}

// NewLive is a run of these cases that has not begun.
func NewLive(header runfile.Header, cases []runfile.Case) *Live {
	l := &Live{
		header: header, cases: make(map[string]runfile.Case, len(cases)),
		trials: map[string][]runfile.Trial{}, calls: map[string][]runfile.Call{},
	}
	for _, c := range cases {
		l.cases[c.Case] = c
	}
	return l
}

// Add takes in a finished trial and its call.
func (l *Live) Add(call runfile.Call, trial runfile.Trial) {
	l.trials[trial.Case] = append(l.trials[trial.Case], trial)
	l.calls[trial.Case] = append(l.calls[trial.Case], call)
}

// Run is the run of the cases that are done, in the order that a loaded run has.
func (l *Live) Run() *runfile.Run {
	run := &runfile.Run{Header: l.header}
	for id, trials := range l.trials {
		c, ok := l.cases[id]
		if !ok || len(trials) < max(1, l.header.Trials) {
			continue
		}
		run.Cases = append(run.Cases, c)
		run.Trials = append(run.Trials, trials...)
		run.Calls = append(run.Calls, l.calls[id]...)
	}
	run.Sort()
	return run
}

// Merge returns what is known of the cases after now. For cases that were not run
// again, that is what before says. Either run may be nil; of two nil runs, the
// result is nil.
func Merge(before, now *runfile.Run) *runfile.Run {
	if before == nil || now == nil {
		return cmp.Or(now, before)
	}
	run := &runfile.Run{
		Header: now.Header, Cases: slices.Clone(now.Cases), Trials: slices.Clone(now.Trials), Calls: slices.Clone(now.Calls),
	}
	for _, c := range before.Cases {
		if _, again := now.Case(c.Case); !again {
			run.Cases = append(run.Cases, c)
			run.Trials = append(run.Trials, before.TrialsOf(c.Case)...)
			run.Calls = append(run.Calls, before.CallsOf(c.Case)...)
		}
	}
	run.Sort()
	return run
}
