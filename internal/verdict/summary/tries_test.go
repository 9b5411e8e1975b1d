package summary_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// tryOf is a run of a prompt in which cases 0, 1, … have these values; negative: no score.
func tryOf(prompt string, group func(i int) string, values ...float64) *runfile.Run {
	run := &runfile.Run{Header: runfile.Header{Prompt: runfile.Prompt{Name: prompt}}}
	for i, v := range values {
		id := fmt.Sprintf("c%02d", i)
		run.Cases = append(run.Cases, runfile.Case{Case: id, InputHash: id, Group: group(i)})
		s := graders.Scored(max(v, 0), "")
		if v < 0 {
			s = graders.Unscored("down")
		}
		s.Grader = "case_type"
		run.Trials = append(run.Trials, runfile.Trial{Case: id, Trial: 1, Scores: []graders.Score{s}})
	}
	return run
}

func TestSplitScores(t *testing.T) {
	t.Parallel()
	alone := func(int) string { return "" }
	names := []string{"case_type", "format"}
	good, bad := tryOf("v1", alone, 1, 1, 1, 0, 1, 1), tryOf("v2", alone, 0, 0, 0, 0, 0, 0)
	scores := summary.SplitScores([]*runfile.Run{bad, good}, names)
	require.Len(t, scores, 1, "a grader that no try has gives none")
	require.Equal(t, "v1", scores[0].Prompt)
	require.InDelta(t, 5./6, scores[0].Best, 1e-12)
	require.InDelta(t, 5./6, scores[0].Score, 0.1, "the better one is chosen on every half")
	require.Equal(t, 6, scores[0].Units)
	require.Equal(t, scores, summary.SplitScores([]*runfile.Run{bad, good}, names), "seeded")

	// Each is best where it is chosen, and there alone.
	odd, even := tryOf("v1", alone, 1, 0, 1, 0), tryOf("v2", alone, 0, 1, 0, 1)
	both := summary.SplitScores([]*runfile.Run{odd, even}, names)
	require.InDelta(t, 0.5, both[0].Best, 1e-12)
	require.Less(t, both[0].Score, 0.5)

	// Units are what all tries have a score of, and groups count once.
	pairs := func(i int) string { return []string{"a", "b", "c"}[i/2] }
	scores = summary.SplitScores([]*runfile.Run{
		tryOf("v1", pairs, 1, 0, 1, 1, 1, -1), tryOf("v2", pairs, 0, 0, 1, 1, 0), tryOf("v3", pairs, 0, 0, 0, 0, 0, 0),
	}, names)
	require.Equal(t, 3, scores[0].Units)
	require.Equal(t, 3, scores[0].Tries)
	require.InDelta(t, (0.5+1+1)/3, scores[0].Best, 1e-12)

	changed := tryOf("v2", alone, 1, 1)
	changed.Cases[0].InputHash, changed.Cases[1].InputHash = "x", "y"
	require.Empty(t, summary.SplitScores([]*runfile.Run{tryOf("v1", alone, 1, 1), changed}, names))
	require.Empty(t, summary.SplitScores([]*runfile.Run{good}, names))
	require.Empty(t, summary.SplitScores(nil, names))
}
