package graders_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
)

// requireSound holds a score to the contract: exactly one of value, unscored
// and not applicable; a value in [0,1]; no pass without a value.
func requireSound(t require.TestingT, s graders.Score) {
	states := 0
	if s.Value != nil {
		states++
		require.GreaterOrEqual(t, *s.Value, 0.0)
		require.LessOrEqual(t, *s.Value, 1.0)
	} else {
		require.False(t, s.Pass)
	}
	if s.Unscored != "" {
		states++
	}
	if s.NotApplicable != "" {
		states++
	}
	require.Equal(t, 1, states, "%+v", s)
	require.NotEmpty(t, s.Grader)
}

func TestFail(t *testing.T) {
	t.Parallel()
	one := 1.0
	before := []graders.Score{
		{Grader: "case_type", Value: &one, Pass: true, Answer: "answer", Reason: "fine"},
		{Grader: "rubric/tone", Unscored: "judge down"},
		{Grader: "subtodo_count", NotApplicable: "no range"},
	}
	after := graders.Fail(before, "cut off by the length limit")
	require.Len(t, after, 3)
	for _, s := range after {
		requireSound(t, s)
	}
	require.Zero(t, *after[0].Value)
	require.False(t, after[0].Pass)
	require.Equal(t, "answer", after[0].Answer)
	require.Equal(t, "cut off by the length limit", after[0].Reason)
	require.Zero(t, *after[1].Value)
	require.Empty(t, after[1].Unscored)
	require.Equal(t, before[2], after[2])
	require.InDelta(t, 1, *before[0].Value, 0, "the scores passed in stay as they were")
	require.Empty(t, graders.Fail(nil, "x"))
}
