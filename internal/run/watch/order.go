package watch

import (
	"cmp"
	"reflect"
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// The ranks of cases, the higher the sooner an author wants to know; any other
// case has none.
const (
	differs = 1 // did otherwise than at the base
	urgent  = 2 // failed, had no reply, is new or was changed
)

// Rank gives the cases that an author waits for a rank: first those that failed
// or had no reply when they were last run, or that are new or changed since; then
// those that did otherwise than at the base. Either run may be nil; where nothing
// is known of the last one, the base stands for it.
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
		if !settled(c, known) {
			out[c.Case] = urgent
		}
	}
	return out
}

// Urgent is how many cases have the highest rank.
func Urgent(ranks map[string]int) int {
	n := 0
	for _, rank := range ranks {
		if rank == urgent {
			n++
		}
	}
	return n
}

// settled reports whether a run has this very case, and it passes.
func settled(c runfile.Case, run *runfile.Run) bool {
	was, ok := run.Case(c.Case)
	if !ok || was.InputHash != c.InputHash || !reflect.DeepEqual(was.Expect, c.Expect) {
		return false
	}
	trials := run.TrialsOf(c.Case)
	return len(trials) > 0 && !slices.ContainsFunc(trials, func(t runfile.Trial) bool { return t.Error != nil || fails(t) })
}

func fails(t runfile.Trial) bool {
	for _, s := range t.Scores {
		if s.Value != nil && !s.Pass {
			return true
		}
	}
	return false
}
