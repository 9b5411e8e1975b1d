package stats_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

func TestBCaAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	thirds := slices.Concat(
		make([]float64, 30),
		slices.Repeat([]float64{1.0 / 3}, 6), slices.Repeat([]float64{-1.0 / 3}, 5),
		slices.Repeat([]float64{2.0 / 3}, 4), slices.Repeat([]float64{-1}, 8), []float64{1})
	skewed := []float64{
		0.094, 0.242, -0.046, -0.1, 0.274, -0.045, -0.057, 0.025, 1.945, 0.092,
		-0.078, -0.097, 0.03, 0.591, 0.03, -0.072, -0.07, -0.1, -0.079, 0.454,
		0.368, 0.199, 0.043, 0.428, 0.076, -0.08, -0.023, 0.071, 0.103, -0.08,
		-0.061, -0.089, -0.067, -0.046, 0.122, 0.363, 0.535, -0.081, 0.646, -0.074,
	}
	// SciPy 1.17.1: bootstrap((d,), mean, n_resamples=1_000_000, method="BCa",
	// random_state=1). Limits are tied to a
	// lattice of step 1/162 in the first, so the tolerance is one step.
	for name, c := range map[string]struct {
		diffs  []float64
		lo, hi float64
	}{
		"few values, n=54":  {thirds, -0.2037037037037037, 0.043209876543209874},
		"many values, n=40": {skewed, 0.056675, 0.307625},
	} {
		lo, hi := stats.BCa(c.diffs, 0.95, stats.Options{Seed: 1, Samples: 100_000})
		require.InDelta(t, c.lo, lo, 0.007, name)
		require.InDelta(t, c.hi, hi, 0.007, name)
	}
}

func TestBCaOfManyUnitsIsTheNormalInterval(t *testing.T) {
	t.Parallel()
	// With this many units the mean is normal, whichever way resamples are drawn.
	for name, diffs := range map[string][]float64{
		"counts of values": large(20_000, 7),
		"values":           large(2000, 1<<40),
		"cells":            large(20_000, 1<<40),
	} {
		m := stats.Mean(diffs)
		normalLo, normalHi := stats.MeanInterval(diffs, 0.95)
		lo, hi := stats.BCa(diffs, 0.95, stats.Options{Seed: 5})
		require.InEpsilon(t, m-normalLo, m-lo, 0.05, name)
		require.InEpsilon(t, normalHi-m, hi-m, 0.05, name)
	}
}

func TestBCaOfEqualDifferencesIsThatValue(t *testing.T) {
	t.Parallel()
	for _, diffs := range [][]float64{{0.25}, slices.Repeat([]float64{0.25}, 1000)} {
		lo, hi := stats.BCa(diffs, 0.95, stats.Options{})
		require.Equal(t, [2]float64{0.25, 0.25}, [2]float64{lo, hi})
	}
}

func TestBCaOfNothingIsUndefined(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		diffs []float64
		level float64
	}{
		{nil, 0.95},
		{[]float64{0, math.NaN()}, 0.95},
		{[]float64{0, math.Inf(1)}, 0.95},
		{[]float64{0, 1}, 0},
		{[]float64{0, 1}, 1},
		{[]float64{0, 1}, math.NaN()},
	} {
		lo, hi := stats.BCa(c.diffs, c.level, stats.Options{})
		require.True(t, math.IsNaN(lo))
		require.True(t, math.IsNaN(hi))
	}
}

func TestBCaSurvivesExtremeSkew(t *testing.T) {
	t.Parallel()
	for name, diffs := range map[string][]float64{
		"one in 30":     append(make([]float64, 29), 1),
		"one in 100000": append(make([]float64, 99_999), 1),
		"two":           {0, 1},
		"huge":          {math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64 / 2},
		"tiny":          {math.SmallestNonzeroFloat64, 0, 0},
		"tiny and huge": {math.SmallestNonzeroFloat64, math.MaxFloat64, 1},
	} {
		for _, level := range []float64{1e-9, 0.95, 1 - 1e-16} {
			for _, samples := range []int{1, 2, 300} {
				lo, hi := stats.BCa(diffs, level, stats.Options{Samples: samples})
				require.LessOrEqual(t, lo, hi, name)
				require.GreaterOrEqual(t, lo, slices.Min(diffs), name)
				require.LessOrEqual(t, hi, slices.Max(diffs), name)
			}
		}
	}
}

func TestBCaProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		diffs := drawDiffs(t)
		o := stats.Options{Seed: rapid.Uint64().Draw(t, "seed"), Samples: 200}
		lo, hi := stats.BCa(diffs, 0.9, o)
		require.LessOrEqual(t, lo, hi)
		require.GreaterOrEqual(t, lo, slices.Min(diffs))
		require.LessOrEqual(t, hi, slices.Max(diffs))

		at := rapid.Permutation(indices(len(diffs))).Draw(t, "order")
		againLo, againHi := stats.BCa(pick(diffs, at), 0.9, o)
		require.Equal(t, [2]float64{lo, hi}, [2]float64{againLo, againHi}, "order")

		swappedLo, swappedHi := stats.BCa(negate(diffs), 0.9, o)
		require.Equal(t, [2]float64{-hi, -lo}, [2]float64{swappedLo, swappedHi}, "swap of the runs")

		wideLo, wideHi := stats.BCa(diffs, 0.99, o)
		require.LessOrEqual(t, wideLo, lo)
		require.GreaterOrEqual(t, wideHi, hi)
	})
}

func BenchmarkBCa(b *testing.B) {
	for name, diffs := range map[string][]float64{
		"n=100000/7-values":   large(100_000, 7),
		"n=100000/continuous": large(100_000, 1<<40),
		"n=2000/continuous":   large(2000, 1<<40),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				stats.BCa(diffs, 0.95, stats.Options{})
			}
		})
	}
}
