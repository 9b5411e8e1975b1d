package compare_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/config"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// spent makes a run whose replies took these tokens and milliseconds, by case.
// Negative tokens are not reported.
func spent(name string, tokens, ms []int) *runfile.Run {
	cases := map[string][]trial{}
	for i := range tokens {
		cases[fmt.Sprintf("case-%d", i)] = []trial{{1}}
	}
	run := made{graders: []string{"format"}, cases: cases}.run(name)
	for i := range run.Calls {
		run.Calls[i].LatencyMS = int64(ms[i])
		if tokens[i] >= 0 {
			run.Calls[i].Usage = &runfile.Usage{InputTokens: tokens[i] - 10, OutputTokens: 10}
		}
	}
	return run
}

func TestMetricsArePairedByCase(t *testing.T) {
	t.Parallel()
	base := spent("v1", []int{100, 200, 300}, []int{100, 100, 100})
	head := spent("v2", []int{80, 170, 220}, []int{200, 50, 100})
	price := &params.Price{Input: 2, Output: 2}
	c, err := compare.Compare(base, head, compare.Options{BasePrice: price, HeadPrice: price})
	require.NoError(t, err)
	tokens, latency, cost := c.Metrics[0], c.Metrics[1], c.Metrics[2]
	require.Equal(t, []string{"tokens", "latency", "cost"}, []string{tokens.Metric, latency.Metric, cost.Metric})

	// Residuals 1 2/3, 13 1/3, -15 of the ratio 470/600: their standard error is 8.2215,
	// and the tabled t of 2 degrees of freedom 4.302653.
	require.InDelta(t, 200, *tokens.BaseMean, 1e-9)
	require.InDelta(t, 470.0/3, *tokens.HeadMean, 1e-9)
	require.InDelta(t, 470.0/600-1, *tokens.Change, 1e-12)
	require.InDelta(t, 470.0/600-1-4.302653*8.2215/200, tokens.CI[0], 1e-5)
	require.InDelta(t, 470.0/600-1+4.302653*8.2215/200, tokens.CI[1], 1e-5)
	require.Equal(t, compare.RatioOfMeans, tokens.CIMethod)

	// Logarithms ln 2, -ln 2 and 0: their standard error is ln 2/√3.
	require.InDelta(t, 0, *latency.Change, 1e-12, "twice as slow and twice as fast cancel")
	require.InDelta(t, 100, *latency.HeadMean, 1e-9)
	require.InDelta(t, -0.82127, latency.CI[0], 1e-5)
	require.InDelta(t, 4.59500, latency.CI[1], 2e-5)
	require.Equal(t, compare.LogRatio, latency.CIMethod)

	require.InDelta(t, 0.0004, *cost.BaseMean, 1e-12)
	require.InDelta(t, *tokens.Change, *cost.Change, 1e-12)
	require.Equal(t, 3, cost.Units)
}

func TestUnknownMetrics(t *testing.T) {
	t.Parallel()
	base := spent("v1", []int{100, -1, 300}, []int{100, 100, 100})
	head := spent("v2", []int{100, 170, 300}, []int{100, 100, 100})
	for i := range head.Calls {
		head.Calls[i].Batch = "batch-1"
	}
	c, err := compare.Compare(base, head, compare.Options{})
	require.NoError(t, err)
	tokens, latency, cost := c.Metrics[0], c.Metrics[1], c.Metrics[2]
	require.Equal(t, []int{2, 1}, []int{tokens.Cases, tokens.LeftOut})
	require.InDelta(t, 0, *tokens.Change, 1e-12)
	require.Nil(t, latency.Change)
	require.Equal(t, "the reply came in a batch", latency.Unknown)
	require.Nil(t, cost.BaseMean)
	require.Equal(t, "the config has no price of this model", cost.Unknown)

	free := &params.Price{}
	c, err = compare.Compare(base, head, compare.Options{BasePrice: free, HeadPrice: free})
	require.NoError(t, err)
	require.Equal(t, &[2]float64{}, c.Metrics[2].CI)
	c, err = compare.Compare(base, head, compare.Options{BasePrice: free, HeadPrice: &params.Price{Input: 1}})
	require.NoError(t, err)
	require.Nil(t, c.Metrics[2].Change)
	require.Equal(t, "it is 0 at the base", c.Metrics[2].Unknown)
}

func TestGroupsAndTrialsOfMetricsAreAveraged(t *testing.T) {
	t.Parallel()
	grouped := made{
		graders: []string{"format"}, cases: map[string][]trial{"a": {{1}, {1}}, "b": {{1}}, "c": {{1}}},
		change: func(c *runfile.Case) {
			if c.Case != "c" {
				c.Group = "paraphrases"
			}
		},
	}
	base, head := grouped.run("v1"), grouped.run("v2")
	for i, tokens := range []int{100, 300, 400, 50} { // a twice, b, c
		base.Calls[i].Usage = &runfile.Usage{InputTokens: tokens}
		head.Calls[i].Usage = &runfile.Usage{InputTokens: 2 * tokens}
	}
	c, err := compare.Compare(base, head, compare.Options{})
	require.NoError(t, err)
	m := c.Metrics[0]
	require.Equal(t, []int{3, 2}, []int{m.Cases, m.Units})
	require.InDelta(t, (300.0+50)/2, *m.BaseMean, 1e-9)
	require.InDelta(t, 1, *m.Change, 1e-12)
	before, after := c.MetricsOf("a")
	require.InDelta(t, 200, *before[0], 1e-9)
	require.InDelta(t, 400, *after[0], 1e-9)
	require.Nil(t, after[2])
}

func TestMetricGates(t *testing.T) {
	t.Parallel()
	base := spent("v1", []int{100, 200, 300}, []int{100, 100, 100})
	head := spent("v2", []int{120, 230, 350}, []int{100, 100, 100})
	for _, tt := range []struct {
		gate   config.MetricGate
		missed bool
		want   string
	}{
		{
			config.MetricGate{Metric: config.Tokens, Of: config.Mean, MaxIncrease: 0.1}, true,
			"gate missed: the change of tokens is +17% (+13%…+21%), at most +10% is allowed",
		},
		{
			config.MetricGate{Metric: config.Tokens, Of: config.Mean, MaxIncrease: 100.0 / 600}, false,
			"gate met: the change of tokens is +17% (+13%…+21%), at most +17% is allowed",
		},
		{
			config.MetricGate{Metric: config.Tokens, Of: config.LowerBound, MaxIncrease: 0.15}, false,
			"gate met: the lower bound of the change of tokens is +13%, at most +15% is allowed",
		},
		{
			config.MetricGate{Metric: config.Latency, Of: config.Mean}, false,
			"gate met: the change of latency is 0% (0%…0%), at most 0% is allowed",
		},
		{
			config.MetricGate{Metric: config.Cost, Of: config.Mean, MaxIncrease: 0.1}, false,
			"gate ignored: the change of cost is unknown, because the config has no price of this model",
		},
	} {
		c, err := compare.Compare(base, head, compare.Options{MetricGates: []config.MetricGate{tt.gate}})
		require.NoError(t, err)
		require.Len(t, c.Gates, 1)
		require.Equal(t, tt.want, c.Gates[0].String())
		require.Equal(t, tt.missed, summary.Missed(c.Gates), tt.want)
	}
	ms := []int{1, 1, 1}
	few, err := compare.Compare(spent("v1", []int{100, -1, -1}, ms), spent("v2", []int{100, 100, 100}, ms),
		compare.Options{MetricGates: []config.MetricGate{{Metric: config.Tokens, Of: config.Mean}}})
	require.NoError(t, err)
	require.Equal(t, "gate ignored: the change of tokens is unknown, because it is known for 1 of 3 cases only",
		few.Gates[0].String())
	one, err := compare.Compare(spent("v1", []int{100}, []int{100}), spent("v2", []int{200}, []int{100}),
		compare.Options{MetricGates: []config.MetricGate{
			{Metric: config.Tokens, Of: config.LowerBound}, {Metric: config.Tokens, Of: config.Mean, MaxIncrease: 1.5},
		}})
	require.NoError(t, err)
	require.Equal(t, "gate ignored: the change of tokens is unknown, because one case has no interval", one.Gates[0].String())
	require.Equal(t, "gate met: the change of tokens is +100%, at most +150% is allowed", one.Gates[1].String())
}
