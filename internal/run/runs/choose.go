package runs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
)

// CasesOf returns the cases of a run that --case and --tag leave. An id or tags
// that no case of the run has are a problem, with what was perhaps meant.
func CasesOf(run *runfile.Run, s suite.Selection) ([]runfile.Case, error) {
	for _, id := range s.Cases {
		if _, ok := run.Case(id); !ok && !s.IsDrawn() { // nobody named a drawn one
			return nil, UnknownCase(run, id)
		}
	}
	var out []runfile.Case
	for _, c := range run.Cases {
		if s.Selects(c.Case, c.Tags) {
			out = append(out, c)
		}
	}
	if len(out) == 0 && len(s.Tags) > 0 {
		tags := map[string]bool{}
		for _, c := range run.Cases {
			for _, tag := range c.Tags {
				tags[tag] = true
			}
		}
		return nil, problem.List{{
			Message: fmt.Sprintf("--tag %s: no such case of run %s has it", strings.Join(s.Tags, " or "), run.Header.Run),
			Hint:    project.HintFor(s.Tags[0], slices.Sorted(maps.Keys(tags))),
		}}
	}
	return out, nil
}

// UnknownCase is the problem of a case id that a run lacks.
func UnknownCase(run *runfile.Run, id string) error {
	ids := make([]string, len(run.Cases))
	for i, c := range run.Cases {
		ids[i] = c.Case
	}
	hint := strictyaml.DidYouMean(id, ids)
	if hint == "" && run.Header.Selected != nil {
		hint = "that run has only a selection of the cases; name another run file, or run the case"
	}
	if hint == "" {
		hint = project.HintFor(id, ids)
	}
	return problem.List{{Message: fmt.Sprintf("--case %s: run %s has no such case", id, run.Header.Run), Hint: hint}}
}

// Unsealed returns the run without the cases that a suite seals, unless the run opened its
// seal. Runs of another suite, or from before the cases were sealed, may have them. A nil
// suite seals none.
func Unsealed(run *runfile.Run, s *suite.Suite) *runfile.Run {
	if s == nil || s.Sealed() == 0 || run.Header.HasOpened() {
		return run
	}
	n := len(run.Cases)
	out := run.Only(func(c *runfile.Case) bool { return !s.IsSealed(c.Case) })
	if len(out.Cases) == n {
		return run
	}
	out.Header.Sealed = &runfile.Sealed{Cases: n - len(out.Cases)}
	return out
}

// Narrow returns the run with only the cases that --case and --tag leave, or
// the run itself where they say nothing.
func Narrow(run *runfile.Run, s suite.Selection) (*runfile.Run, error) {
	if len(s.Cases)+len(s.Tags) == 0 {
		return run, nil
	}
	if _, err := CasesOf(run, s); err != nil {
		return nil, err
	}
	return run.Only(func(c *runfile.Case) bool { return s.Selects(c.Case, c.Tags) }), nil
}
