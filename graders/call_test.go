package graders_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
)

// What is not known is never 0, and the bound itself passes.
func TestLatencyAndCost(t *testing.T) {
	t.Parallel()
	latency, err := graders.Latency(2 * time.Second)
	require.NoError(t, err)
	cost, err := graders.Cost(0.002)
	require.NoError(t, err)
	for _, tt := range []struct {
		name   string
		grader graders.Grader
		call   graders.Call
		want   graders.Score
	}{
		{
			"just in time", latency, graders.Call{LatencyMS: new(int64(2000))},
			graders.Score{Value: new(1.0), Pass: true, Answer: "2000", Reason: "2000 ms, expected at most 2s"},
		},
		{
			"too slow", latency, graders.Call{LatencyMS: new(int64(2001)), Cost: new(0.0)},
			graders.Score{Value: new(0.0), Answer: "2001", Reason: "2001 ms, expected at most 2s"},
		},
		{
			"a batch", latency, graders.Call{NoLatency: "it came in a batch", Cost: new(0.0)},
			graders.Score{Unscored: "the latency is unknown: it came in a batch"},
		},
		{
			"just cheap enough", cost, graders.Call{Cost: new(0.002)},
			graders.Score{Value: new(1.0), Pass: true, Answer: "0.002", Reason: "cost 0.002, expected at most 0.002"},
		},
		{
			"too dear", cost, graders.Call{Cost: new(0.0123456)},
			graders.Score{Value: new(0.0), Answer: "0.01235", Reason: "cost 0.01235, expected at most 0.002"},
		},
		{
			"free", cost, graders.Call{Cost: new(0.0)},
			graders.Score{Value: new(1.0), Pass: true, Answer: "0", Reason: "cost 0, expected at most 0.002"},
		},
		{"no reason", cost, graders.Call{}, graders.Score{Unscored: "the cost is unknown: no reason given"}},
	} {
		s := answered("치과 예약")
		s.Call = tt.call
		tt.want.Grader = tt.grader.Spec().Name
		require.Equal(t, []graders.Score{tt.want}, grade(t, tt.grader, s), tt.name)
	}
}
