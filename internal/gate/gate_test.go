package gate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/config"
	"promptbench/internal/gate"
	"promptbench/internal/summary"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	half, low := 0.5, 0.8
	s := summary.Summary{Graders: []summary.Grader{
		{Grader: "case_type", Mean: &low, CI: &[2]float64{0.7, 0.9}},
		{Grader: "format", Mean: nil},
	}}
	gates := []config.Gate{
		{Grader: "case_type", Min: &low, Of: config.Mean},
		{Grader: "case_type", Min: &low, Of: config.LowerBound},
		{Grader: "format", Min: &half, Of: config.Mean},
		{Grader: "unheard_of", Min: &half, Of: config.Mean},
		{Regression: []string{"case_type"}},
	}
	results := gate.Check(s, gates)
	require.Len(t, results, 4, "a regression gate is the comparison's")
	passes := []bool{}
	for _, r := range results {
		passes = append(passes, r.Pass)
	}
	require.Equal(t, []bool{true, false, false, false}, passes, "a number that is missing never meets a gate")
	require.True(t, gate.Missed(results))
	require.False(t, gate.Missed(results[:1]))
	require.Equal(t, "gate missed: the lower bound of case_type is 0.700, at least 0.8 is wanted", results[1].String())
	require.Equal(t, "gate missed: the mean of format is no value, at least 0.5 is wanted", results[2].String())
}
