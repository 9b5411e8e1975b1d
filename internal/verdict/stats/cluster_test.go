package stats_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

func TestClusteredStdErr(t *testing.T) {
	t.Parallel()
	// statsmodels 0.15.0: OLS(v, ones).fit(cov_type="cluster",
	// cov_kwds={"groups": g, "use_correction": False}).bse.
	for _, c := range []struct {
		values []float64
		groups []int
		want   float64
	}{
		{[]float64{1, 0, 1, 1, 0, 0, 1, 0.5}, []int{1, 1, 2, 2, 3, 3, 4, 4}, 0.18487749322186298},
		{[]float64{0.2, 0.9, 0.4, 0.7, 0.1}, []int{5, 5, 5, -2, 9}, 0.08979977728257454},
		{[]float64{1, 0, 1, 1}, []int{1, 2, 3, 4}, 0.21650635094610965},
	} {
		require.InDelta(t, c.want, stats.ClusteredStdErr(c.values, c.groups), 1e-12)
	}
}

func TestClusteredStdErrGrowsWhereParaphrasesAgree(t *testing.T) {
	t.Parallel()
	values := []float64{1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0}
	alone := stats.ClusteredStdErr(values, indices(len(values)))
	grouped := stats.ClusteredStdErr(values, []int{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3})
	require.InDelta(t, alone*math.Sqrt(3), grouped, 1e-12, "three copies of a case are one case")
}

func TestClusteredStdErrOfInvalidInput(t *testing.T) {
	t.Parallel()
	require.True(t, math.IsNaN(stats.ClusteredStdErr(nil, nil)))
	require.True(t, math.IsNaN(stats.ClusteredStdErr([]float64{1, 2}, []int{1})))
	require.True(t, math.IsNaN(stats.ClusteredStdErr([]float64{1, math.NaN()}, []int{1, 2})))
	require.Zero(t, stats.ClusteredStdErr([]float64{0.3}, []int{1}))
}

func TestClusteredStdErrProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := drawDiffs(t)
		groups := rapid.SliceOfN(rapid.IntRange(0, 5), len(values), len(values)).Draw(t, "groups")
		got := stats.ClusteredStdErr(values, groups)
		at := rapid.Permutation(indices(len(values))).Draw(t, "order")
		requireSame(t, got, stats.ClusteredStdErr(pick(values, at), pick(groups, at)), "order")
		renamed := make([]int, len(groups))
		for i, g := range groups {
			renamed[i] = -g
		}
		requireSame(t, got, stats.ClusteredStdErr(values, renamed), "names of groups")
	})
}
