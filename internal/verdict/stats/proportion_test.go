package stats_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

func TestWilsonAgreesWithPublishedIntervals(t *testing.T) {
	t.Parallel()
	// Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3.
	for _, c := range []struct {
		x, n   int
		lo, hi float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0.0000, 0.1611},
		{1, 29, 0.0061, 0.1718},
	} {
		lo, hi := stats.Wilson(c.x, c.n, 0.95)
		require.InDelta(t, c.lo, lo, 5e-5, "%d of %d", c.x, c.n)
		require.InDelta(t, c.hi, hi, 5e-5, "%d of %d", c.x, c.n)
	}
}

func TestWilsonAgreesWithStatsmodels(t *testing.T) {
	t.Parallel()
	// statsmodels 0.15.0: proportion_confint(x, n, 1-level, method="wilson").
	for _, c := range []struct {
		x, n          int
		level, lo, hi float64
	}{
		{81, 263, 0.95, 0.2552885198782742, 0.36620957698280004},
		{0, 20, 0.95, 0, 0.16112515805281938},
		{1, 29, 0.95, 0.006113214292762653, 0.17175521879320288},
		{29, 29, 0.95, 0.8830302015002593, 1},
		{120, 150, 0.90, 0.7411774595992868, 0.8481921072432868},
		{99999, 100000, 0.99, 0.9999148308185044, 0.9999988259442703},
		{1, 1, 0.50, 0.6873152559174167, 1},
	} {
		lo, hi := stats.Wilson(c.x, c.n, c.level)
		require.InDelta(t, c.lo, lo, 1e-12, "%d of %d", c.x, c.n)
		require.InDelta(t, c.hi, hi, 1e-12, "%d of %d", c.x, c.n)
	}
}

func TestWilsonOfNothingIsTheWholeRange(t *testing.T) {
	t.Parallel()
	lo, hi := stats.Wilson(0, 0, 0.95)
	require.Zero(t, lo)
	requireSame(t, 1.0, hi)
}

func TestWilsonProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, math.MaxInt).Draw(t, "n")
		x := rapid.IntRange(0, n).Draw(t, "x")
		level := rapid.Float64Range(1e-9, 1-1e-15).Draw(t, "level")
		lo, hi := stats.Wilson(x, n, level)
		rate := float64(x) / float64(n)
		require.GreaterOrEqual(t, lo, 0.0)
		require.LessOrEqual(t, hi, 1.0)
		require.LessOrEqual(t, lo, rate+1e-15)
		require.GreaterOrEqual(t, hi, rate-1e-15)
		// The fails of a run are the mirror image of its passes.
		failLo, failHi := stats.Wilson(n-x, n, level)
		require.InDelta(t, 1-hi, failLo, 1e-15)
		require.InDelta(t, 1-lo, failHi, 1e-15)
	})
}

func TestClopperPearsonUpperAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	// SciPy 1.17.1: beta.ppf(level, x+1, n-x).
	for _, c := range []struct {
		x, n        int
		level, want float64
	}{
		{0, 20, 0.975, 0.1684334709830853},
		{1, 20, 0.975, 0.24873276277202777},
		{3, 60, 0.975, 0.13924324672107277},
		{10, 60, 0.975, 0.2852192548287028},
		{59, 60, 0.975, 0.999578125547658},
		{7, 12, 0.6, 0.6557295409168762},
		{5, 100_000, 0.975, 0.00011667943042027703},
		{50_000, 100_000, 0.975, 0.5031039375081996},
		{2, 1_000_000, 0.999, 1.1228820427634348e-05},
		{8, 8, 0.975, 1},
		{0, 0, 0.975, 1},
	} {
		require.InDelta(t, c.want, stats.ClopperPearsonUpper(c.x, c.n, c.level), 1e-11, "%d of %d", c.x, c.n)
	}
}

func TestClopperPearsonUpperOfHugeCountsIsTheScoreBound(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1 << 39, 1 << 42, 1 << 62} {
		_, want := stats.Wilson(n/4, n, 0.95)
		require.InEpsilon(t, want, stats.ClopperPearsonUpper(n/4, n, 0.975), 1e-6, "%d", n)
	}
}

func TestFlipIntervalBoundsBothDirections(t *testing.T) {
	t.Parallel()
	lo, hi := stats.FlipInterval(1, 3, 60, 0.95)
	require.InDelta(t, -0.13924324672107277, lo, 1e-11)
	requireSame(t, stats.ClopperPearsonUpper(1, 60, 0.975), hi)

	lo, hi = stats.FlipInterval(0, 0, 0, 0.95)
	require.Equal(t, [2]float64{-1, 1}, [2]float64{lo, hi})

	swappedLo, swappedHi := stats.FlipInterval(3, 1, 60, 0.95)
	lo, hi = stats.FlipInterval(1, 3, 60, 0.95)
	require.Equal(t, [2]float64{-hi, -lo}, [2]float64{swappedLo, swappedHi})
}

func TestIntervalsOfImpossibleCountsAreUndefined(t *testing.T) {
	t.Parallel()
	undefined := func(name string, values ...float64) {
		for _, v := range values {
			require.True(t, math.IsNaN(v), name)
		}
	}
	pair := func(lo, hi float64) []float64 { return []float64{lo, hi} }
	for _, level := range []float64{0, 1, -1, 95, math.NaN(), math.Inf(1)} {
		undefined("level", pair(stats.Wilson(1, 2, level))...)
		undefined("level", pair(stats.Tango(1, 2, 5, level))...)
		undefined("level", pair(stats.FlipInterval(1, 2, 5, level))...)
		undefined("level", stats.ClopperPearsonUpper(1, 2, level))
	}
	for _, c := range [][2]int{{-1, 5}, {6, 5}, {0, -1}, {math.MinInt, math.MaxInt}} {
		undefined("counts", pair(stats.Wilson(c[0], c[1], 0.95))...)
		undefined("counts", stats.ClopperPearsonUpper(c[0], c[1], 0.95))
	}
	for _, c := range [][3]int{{-1, 0, 5}, {0, -1, 5}, {3, 3, 5}, {0, 0, -1}, {math.MaxInt, math.MaxInt, math.MaxInt}} {
		undefined("flips", pair(stats.Tango(c[0], c[1], c[2], 0.95))...)
		undefined("flips", pair(stats.FlipInterval(c[0], c[1], c[2], 0.95))...)
	}
}
