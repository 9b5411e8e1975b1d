package phrase_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/output/phrase"
	"promptbench/internal/record/runfile"
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
		s.Basis.Replies = s.Done
		require.Equal(t, want, phrase.FailedCases(s))
	}
}

// Where no reply came, the most frequent error is named once, whatever the number of attempts.
func TestNoReply(t *testing.T) {
	t.Parallel()
	s := summary.Summary{Status: runfile.Complete, Cases: 3, Done: 3, Errors: 3, Failed: []summary.Case{
		{Error: "it is unknown (404)."}, {Error: "it is down (after 5 attempts)"}, {Error: "it is down (after 2 attempts)"},
	}}
	require.Equal(t, "No reply came for 3 cases", phrase.FailedCases(s))
	require.Equal(t, []string{"Every call failed, most often: it is down."}, phrase.RunTroubles(s))
	s.Status, s.Reason = runfile.Incomplete, "it is down (after 8 attempts)"
	require.Equal(t, []string{"This run is incomplete: it is down (after 8 attempts)."}, phrase.RunTroubles(s))
	s.Reason = "3 of 3 calls are made"
	require.Equal(t, []string{
		"This run is incomplete: 3 of 3 calls are made.", "Every call failed, most often: it is down.",
	}, phrase.RunTroubles(s))
	s.Status, s.Reason, s.Basis.Replies = runfile.Complete, "", 1
	require.Equal(t, "3 of 3 cases fail a grader or have errors", phrase.FailedCases(s))
	require.Equal(t, []string{"3 trials have no score because the call failed."}, phrase.RunTroubles(s))
}
