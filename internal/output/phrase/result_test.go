package phrase_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/output/phrase"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// Where a run was interrupted, the basis says how many cases the verdict counts.
func TestPairs(t *testing.T) {
	t.Parallel()
	for want, graders := range map[string][]compare.Grader{
		"13 cases paired":                          {{Cases: 13}, {Cases: 9}},
		"13 cases paired, 12 scored on both sides": {{Cases: 11, LeftOut: 2}, {Cases: 12, LeftOut: 1}},
	} {
		require.Equal(t, want, phrase.Pairs(&compare.Comparison{Pairs: 13, Graders: graders}))
	}
}

// That no case fails is said only of a run that has all its scores.
func TestFailedCases(t *testing.T) {
	t.Parallel()
	failed := func(n int, why string) (out []summary.Case) {
		for range n {
			out = append(out, summary.Case{Error: why})
		}
		return out
	}
	for want, s := range map[string]summary.Summary{
		"No case fails":                             {Cases: 6, Done: 6},
		"2 of 6 cases fail a grader":                {Cases: 6, Done: 6, Failed: failed(2, "")},
		"1 of 6 cases fails a grader":               {Cases: 6, Done: 6, Failed: failed(1, "")},
		"1 of 6 cases fails a grader or has errors": {Cases: 6, Done: 6, Failed: failed(1, "timeout")},
		"No case fails, but scores are missing": {
			Cases: 6, Done: 6, Graders: []summary.Grader{{Grader: "rubric", Unscored: 6}},
		},
		"No case is finished": {Cases: 6},
		"None of 1 finished case fails; 5 cases are not finished":      {Cases: 6, Done: 1},
		"2 of 5 finished cases fail a grader; 1 case is not finished":  {Cases: 6, Done: 5, Failed: failed(2, "")},
		"1 of 5 finished cases fails a grader; 1 case is not finished": {Cases: 6, Done: 5, Failed: failed(1, "")},
	} {
		require.Equal(t, want, phrase.FailedCases(s))
	}
}
