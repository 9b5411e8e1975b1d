package stats_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

func TestMeanIntervalAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	// SciPy 1.17.1: t.interval(level, n-1, loc=mean(v), scale=sem(v)).
	for _, c := range []struct {
		values        []float64
		level, lo, hi float64
	}{
		{[]float64{1, 2, 3, 4, 10}, 0.95, -0.3899451654254138, 8.389945165425413},
		{[]float64{0.5, 0.75}, 0.95, -0.9632755920218368, 2.2132755920218368},
		{[]float64{0, 0, 1, 0, 1, 1, 0.5, 0.25, 1, 0}, 0.90, 0.19791952446915606, 0.7520804755308439},
		{append(make([]float64, 999), 1), 0.99, -0.0015807596372676364, 0.0035807596372676364},
	} {
		lo, hi := stats.MeanInterval(c.values, c.level)
		require.InDelta(t, c.lo, lo, 1e-12)
		require.InDelta(t, c.hi, hi, 1e-12)
	}
}

func TestMeanIntervalUsesStudentsQuantiles(t *testing.T) {
	t.Parallel()
	// SciPy 1.17.1: t.ppf((1+level)/2, df).
	for _, c := range []struct {
		df                 int
		half, usual, tight float64 // at levels 0.5, 0.95, 0.999
	}{
		{1, 1, 12.706204736174694, 636.6192487687897},
		{2, 0.8164965809277261, 4.302652729749462, 31.599054576445365},
		{3, 0.7648923284043444, 3.1824463052837078, 12.923978636687961},
		{29, 0.6830438608216131, 2.045229642132703, 3.6594050194663748},
		{999, 0.6747354103467192, 1.9623414611334493, 3.3002924403987666},
		{99_999, 0.6744922035778262, 1.9599877077718442, 3.290624032384949},
	} {
		// -1 and 1, and zeros, have mean 0 and squares that add up to 2.
		values := make([]float64, c.df+1)
		values[0], values[1] = -1, 1
		n := float64(len(values))
		stdErr := math.Sqrt(2 / float64(c.df) / n)
		for level, want := range map[float64]float64{0.5: c.half, 0.95: c.usual, 0.999: c.tight} {
			_, hi := stats.MeanInterval(values, level)
			require.InEpsilon(t, want, hi/stdErr, 1e-9, "%d degrees at %g", c.df, level)
		}
	}
}

func TestMeanAndIntervalOfTooLittle(t *testing.T) {
	t.Parallel()
	for _, values := range [][]float64{nil, {0.5}, {0.5, math.NaN()}, {0.5, math.Inf(1)}} {
		lo, hi := stats.MeanInterval(values, 0.95)
		require.True(t, math.IsNaN(lo) && math.IsNaN(hi))
	}
	require.True(t, math.IsNaN(stats.Mean(nil)))
	require.True(t, math.IsNaN(stats.Mean([]float64{0, math.NaN()})))
	requireSame(t, 0.5, stats.Mean([]float64{0.5}))

	lo, hi := stats.MeanInterval([]float64{0.1, 0.1, 0.1}, 0.95)
	require.Equal(t, [2]float64{0.1, 0.1}, [2]float64{lo, hi})
}

func TestMeanProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := drawDiffs(t)
		m := stats.Mean(values)
		lo, hi := stats.MeanInterval(append(values, 0), 0.95)
		require.LessOrEqual(t, lo, hi)
		require.GreaterOrEqual(t, m, slices.Min(values))
		require.LessOrEqual(t, m, slices.Max(values))

		at := rapid.Permutation(indices(len(values))).Draw(t, "order")
		requireSame(t, m, stats.Mean(pick(values, at)))
		againLo, againHi := stats.MeanInterval(append(pick(values, at), 0), 0.95)
		require.Equal(t, [2]float64{lo, hi}, [2]float64{againLo, againHi})
	})
}

// requireSame demands floats that are equal to the last bit: what is sorted,
// seeded or mirrored may not differ at all.
func requireSame(t require.TestingT, want, got float64, msg ...any) {
	if h, ok := t.(interface{ Helper() }); ok {
		h.Helper()
	}
	require.Equal(t, [1]float64{want}, [1]float64{got}, msg...)
}
