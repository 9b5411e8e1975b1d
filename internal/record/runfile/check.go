package runfile

import "fmt"

// check refuses values that no run of ours holds: a score outside [0,1] or a trial of no case would go into every mean
// without a word.
func (run *Run) check() error {
	for i := range run.Trials {
		t := &run.Trials[i]
		if t.Trial < 1 {
			return fmt.Errorf("case %q has a trial %d; trials count from 1", t.Case, t.Trial)
		}
		if _, ok := run.Case(t.Case); !ok {
			return fmt.Errorf("trial %d is of case %q, which has no line", t.Trial, t.Case)
		}
		for _, s := range t.Scores {
			if s.Value != nil && !(*s.Value >= 0 && *s.Value <= 1) {
				return fmt.Errorf(
					"case %q, trial %d: %s scores %v; scores lie between 0 and 1", t.Case, t.Trial, s.Grader, *s.Value)
			}
		}
	}
	if run.End == nil {
		return nil
	}
	switch run.End.Status {
	case Complete, Incomplete, Interrupted:
		return run.End.Decided.check()
	}
	return fmt.Errorf("the end line says %q, which is no way for a run to end", run.End.Status)
}
