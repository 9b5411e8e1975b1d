package runner

import (
	"iter"

	"promptbench/internal/input/suite"
)

const (
	// maxResting is how many calls may wait for another attempt while others are made in their place.
	maxResting = 32
	// failingInRow is how many calls fail in a row before the next cases come from all over the suite.
	failingInRow = 8
)

// spread yields the cases in their order while calls are answered. While they fail
// in a row, it yields a sample from all over the rest of the suite: whether the
// endpoint answers no call at all must not depend on the order of the cases.
func (r *running) spread(cases iter.Seq2[suite.Case, error]) iter.Seq2[suite.Case, error] {
	return func(yield func(suite.Case, error) bool) {
		early, at := map[string]bool{}, 0
		for c, err := range cases {
			at++
			if err == nil && early[c.ID] {
				continue
			}
			for r.failing.Load() >= failingInRow {
				n := len(early)
				if !r.sample(cases, at, early, yield) {
					return
				}
				if len(early) == n { // there is no other
					break
				}
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// sample yields cases behind the first n, as long as calls fail, and adds them to
// early.
func (r *running) sample(
	cases iter.Seq2[suite.Case, error], n int, early map[string]bool, yield func(suite.Case, error) bool,
) bool {
	behind := func(yield func(suite.Case) bool) {
		at := 0
		for c, err := range cases {
			if at++; err == nil && at > n && !early[c.ID] && !yield(c) {
				return
			}
		}
	}
	left := 0
	for range behind {
		left++
	}
	step, at := max(1, left/maxResting), 0
	for c := range behind {
		if r.failing.Load() < failingInRow {
			break
		}
		if at++; at%step != 0 {
			continue
		}
		early[c.ID] = true
		if !yield(c, nil) {
			return false
		}
	}
	return true
}
