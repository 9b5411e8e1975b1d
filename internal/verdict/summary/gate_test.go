package summary_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
	"promptbench/internal/verdict/summary"
)

func TestHoldRunToGates(t *testing.T) {
	t.Parallel()
	mean := 0.8
	s := summary.Summary{Graders: []summary.Grader{
		{Grader: "case_type", Mean: &mean, CI: &[2]float64{0.7, 0.9}},
		{Grader: "format"},
	}}
	gates := s.CheckGates([]config.Gate{
		{Grader: "case_type", Min: 0.8, Of: config.Mean},
		{Grader: "case_type", Min: 0.8, Of: config.LowerBound},
		{Grader: "format", Min: 0.5, Of: config.Mean},
		{Grader: "unheard_of", Min: 0.5, Of: config.Mean},
	})
	passes := []bool{}
	for _, g := range gates {
		passes = append(passes, g.Pass)
	}
	require.Equal(t, []bool{true, false, false, false}, passes, "a number that is missing never meets a gate")
	require.True(t, summary.Missed(gates))
	require.False(t, summary.Missed(gates[:1]))
	require.Equal(t, "gate missed: the lower bound of case_type is 0.700, at least 0.8 is required", gates[1].String())
	require.Equal(t, "gate missed: the mean of format is unknown, at least 0.5 is required", gates[2].String())
}

func TestGateRestsOnHalfOfItsCases(t *testing.T) {
	t.Parallel()
	mean := 1.0
	for cases, want := range map[int]string{
		0:  "missed: the mean of tone is 1.000 over 0 of 30 applicable cases (fewer than half)",
		14: "missed: the mean of tone is 1.000 over 14 of 30 applicable cases (fewer than half)",
		15: "met: the mean of tone is 1.000 over 15 of 30 applicable cases",
		30: "met: the mean of tone is 1.000",
	} {
		s := summary.Summary{Graders: []summary.Grader{{Grader: "tone", Mean: &mean, Cases: cases, Applicable: 30}}}
		gates := s.CheckGates([]config.Gate{{Grader: "tone", Min: 0.9, Of: config.Mean}})
		require.Equal(t, "gate "+want+", at least 0.9 is required", gates[0].String())
		require.Equal(t, cases < 15, summary.Missed(gates))
	}
}
