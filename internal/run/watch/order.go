package watch

import (
	"cmp"
	"reflect"
	"slices"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// The ranks of cases: a higher one is asked sooner. Other cases have rank 0.
const (
	differs = 1 // its result was another one than at the base
	urgent  = 2 // failed, had no reply, is new or changed
)

// Rank returns the ranks of the cases that are asked first: those that failed or had no reply in the last run, or that
// are new or changed since; then those with another result than at the base. Either run may be nil; without a last run,
// the base takes its place.
func Rank(cases []runfile.Case, last, base *runfile.Run) map[string]int {
	out := map[string]int{}
	if last != nil && base != nil {
		for _, row := range compare.Rows(base, last) {
			if row.Change != compare.Unchanged {
				out[row.Case.Case] = differs
			}
		}
	}
	known := cmp.Or(last, base)
	if known == nil {
		return out
	}
	for _, c := range cases {
		if !passes(c, known) {
			out[c.Case] = urgent
		}
	}
	return out
}

// Urgent returns how many cases have the highest rank.
func Urgent(ranks map[string]int) int {
	n := 0
	for _, rank := range ranks {
		if rank == urgent {
			n++
		}
	}
	return n
}

// passes reports whether a run has this very case, and it passes.
func passes(c runfile.Case, run *runfile.Run) bool {
	was, ok := run.Case(c.Case)
	if !ok || was.InputHash != c.InputHash || !reflect.DeepEqual(was.Expect, c.Expect) {
		return false
	}
	trials := run.TrialsOf(c.Case)
	return len(trials) > 0 && !slices.ContainsFunc(trials, func(t runfile.Trial) bool {
		return t.Failure() != "" ||
			slices.ContainsFunc(t.Scores, func(s graders.Score) bool { return s.Value != nil && !s.Pass })
	})
}
