package watch

import (
	"cmp"
	"slices"

	"promptbench/internal/record/runfile"
)

// A Live is a run as far as it is: the cases that have all their trials.
type Live struct{ all runfile.Run }

// NewLive is a run of these cases that has not begun.
func NewLive(header runfile.Header, cases []runfile.Case) *Live {
	return &Live{runfile.Run{Header: header, Cases: slices.Clone(cases)}}
}

// Add takes in a finished trial and its call.
func (l *Live) Add(call runfile.Call, trial runfile.Trial) {
	if begins := l.all.Header.Beginnings(); begins != nil {
		call.Begins = begins(call.Text())
	}
	l.all.Trials, l.all.Calls = append(l.all.Trials, trial), append(l.all.Calls, call)
}

// Run is the run of the cases that are done, in the order that a loaded run has.
func (l *Live) Run() *runfile.Run {
	l.all.Sort()
	run := &runfile.Run{Header: l.all.Header}
	for _, c := range l.all.Cases {
		if trials := l.all.TrialsOf(c.Case); len(trials) >= max(1, l.all.Header.Trials) {
			run.Cases = append(run.Cases, c)
			run.Trials = append(run.Trials, trials...)
			run.Calls = append(run.Calls, l.all.CallsOf(c.Case)...)
		}
	}
	return run
}

// Merge returns what is known of the cases after now. For cases that were not run again, that is what before says.
// Either run may be nil; of two nil runs, the result is nil.
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
