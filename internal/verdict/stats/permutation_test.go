package stats_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

func TestSignFlipAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	// SciPy 1.17.1: permutation_test((d,), sum, permutation_type="samples",
	// n_resamples=inf).pvalue.
	for _, c := range []struct {
		diffs []float64
		want  float64
	}{
		{[]float64{0.5, -0.25, 1, 0.75, 0, 0.25, 0.5, -1, 1.0 / 3}, 0.296875},
		{[]float64{1, 1, 1, 1, 1, -1, 1, 1}, 0.0703125},
		{[]float64{.1, .2, -.3, .4, .5, .6, -.7, .8}, 0.3125},
	} {
		got := stats.SignFlip(c.diffs, stats.Options{Samples: 1})
		require.True(t, got.Exact)
		require.Zero(t, got.StdErr)
		require.InDelta(t, c.want, got.P, 1e-12)
	}
}

// flipAll counts every assignment of signs to integers, without any rounding.
func flipAll(diffs []int) float64 {
	observed := 0
	for _, d := range diffs {
		observed += d
	}
	hits := 0
	for signs := range 1 << len(diffs) {
		s := 0
		for i, d := range diffs {
			if signs>>i&1 == 1 {
				d = -d
			}
			s += d
		}
		if max(s, -s) >= max(observed, -observed) {
			hits++
		}
	}
	return float64(hits) / float64(int(1)<<len(diffs))
}

func TestSignFlipAgreesWithEnumeration(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		diffs := rapid.SliceOfN(rapid.IntRange(-6, 6), 0, 12).Draw(t, "diffs")
		// Thirds and sevenths have no exact binary form, so ties of sums are
		// only seen with a tolerance.
		unit := rapid.SampledFrom([]float64{1, 1.0 / 3, 1.0 / 7, 0.1, 1e300, 1e-300}).Draw(t, "unit")
		scaled := make([]float64, len(diffs))
		for i, d := range diffs {
			scaled[i] = float64(d) * unit
		}
		got := stats.SignFlip(scaled, stats.Options{})
		require.True(t, got.Exact)
		require.InDelta(t, flipAll(diffs), got.P, 1e-12)
	})
}

func TestSignFlipIsExactUpToTwentyDifferences(t *testing.T) {
	t.Parallel()
	diffs := make([]float64, 500) // zeros do not count
	for i := range 20 {
		diffs[25*i] = math.Sqrt(float64(i + 2)) // no two sums tie
	}
	got := stats.SignFlip(diffs, stats.Options{Samples: 1})
	require.Equal(t, stats.Permutation{P: math.Exp2(-19), Exact: true}, got)

	diffs[1] = 0.5
	got = stats.SignFlip(diffs, stats.Options{Samples: 100})
	require.False(t, got.Exact)
	require.Positive(t, got.StdErr)
}

func TestSignFlipOfEqualMagnitudesIsMcNemar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		better := rapid.IntRange(0, 10).Draw(t, "better")
		worse := rapid.IntRange(0, 10).Draw(t, "worse")
		size := rapid.Float64Range(1e-3, 1).Draw(t, "size")
		got := stats.SignFlip(flips(better, worse, 5, size), stats.Options{})
		require.True(t, got.Exact)
		require.InDelta(t, stats.McNemar(better, worse), got.P, 1e-12)
	})
}

// flips returns differences of the size for the better, the negative of it for
// the worse, and zeros.
func flips(better, worse, same int, size float64) []float64 {
	diffs := slices.Repeat([]float64{size}, better)
	diffs = append(diffs, slices.Repeat([]float64{-size}, worse)...)
	return append(diffs, make([]float64, same)...)
}

func TestSignFlipBySamplingIsNearTheTruth(t *testing.T) {
	t.Parallel()
	o := stats.Options{Seed: 3, Samples: 100_000}
	for _, c := range [][2]int{{30, 14}, {100, 140}, {20, 20}} {
		got := stats.SignFlip(flips(c[0], c[1], 100, 1), o)
		want := stats.McNemar(c[0], c[1])
		require.False(t, got.Exact)
		require.InDelta(t, math.Sqrt(want*(1-want)/100_000), got.StdErr, 1e-4)
		require.InDelta(t, want, got.P, 4*got.StdErr+1e-4, "%v", c)
	}
	// 21 distinct magnitudes in a run of ever smaller steps: exactly one half
	// of the assignments shares the sign of the first, and all of these reach.
	steps := make([]float64, 21)
	for i := range steps {
		steps[i] = math.Exp2(-float64(i))
	}
	for i := 1; i < len(steps); i++ {
		steps[i] = -steps[i]
	}
	requireSame(t, 1.0, stats.SignFlip(steps, o).P)
	steps[1] = 0.5 // now the first two must agree, which half of them do
	require.InDelta(t, 0.5, stats.SignFlip(steps, o).P, 0.01)
}

func TestSignFlipNeverClaimsZero(t *testing.T) {
	t.Parallel()
	got := stats.SignFlip(flips(200, 0, 0, 1), stats.Options{Samples: 99})
	requireSame(t, 0.01, got.P)
	require.Positive(t, got.StdErr)
}

func TestSignFlipWithoutDifferences(t *testing.T) {
	t.Parallel()
	for _, diffs := range [][]float64{nil, {}, {0}, make([]float64, 1000), {math.Copysign(0, -1)}} {
		require.Equal(t, stats.Permutation{P: 1, Exact: true}, stats.SignFlip(diffs, stats.Options{}))
	}
	for _, diffs := range [][]float64{{math.NaN()}, {1, math.Inf(1)}, {math.Inf(-1), 0}} {
		require.True(t, math.IsNaN(stats.SignFlip(diffs, stats.Options{}).P))
	}
}

func TestSignFlipIgnoresRoundingDust(t *testing.T) {
	t.Parallel()
	diffs := flips(6, 0, 0, 1)
	for range 30 {
		diffs = append(diffs, 0.1+0.2-0.3)
	}
	got := stats.SignFlip(diffs, stats.Options{})
	require.Equal(t, stats.Permutation{P: 0.03125, Exact: true}, got)
}

func TestSignFlipProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		diffs := drawDiffs(t)
		o := stats.Options{Seed: rapid.Uint64().Draw(t, "seed"), Samples: 200}
		got := stats.SignFlip(diffs, o)
		require.Positive(t, got.P)
		require.LessOrEqual(t, got.P, 1.0)
		require.GreaterOrEqual(t, got.StdErr, 0.0)

		at := rapid.Permutation(indices(len(diffs))).Draw(t, "order")
		require.Equal(t, got, stats.SignFlip(pick(diffs, at), o), "order")
		require.Equal(t, got, stats.SignFlip(negate(diffs), o), "swap of the runs")
	})
}

// drawDiffs draws differences of scores: of few distinct values, as of repeated
// trials, or of many.
func drawDiffs(t *rapid.T) []float64 {
	value := rapid.OneOf(
		rapid.Map(rapid.IntRange(-3, 3), func(i int) float64 { return float64(i) / 3 }),
		rapid.Float64Range(-1, 1))
	return rapid.SliceOfN(value, 1, 60).Draw(t, "diffs")
}

func negate(values []float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = -v
	}
	return out
}

// large returns n differences of the given number of distinct values.
func large(n, distinct int) []float64 {
	rng := rand.New(rand.NewPCG(1, 1))
	diffs := make([]float64, n)
	for i := range diffs {
		diffs[i] = float64(rng.IntN(distinct)-distinct/2) / float64(distinct)
	}
	return diffs
}

func BenchmarkSignFlip(b *testing.B) {
	for name, diffs := range map[string][]float64{
		"n=100000/7-values":   large(100_000, 7),
		"n=100000/continuous": large(100_000, 1<<40),
		"n=20/continuous":     large(20, 1<<40),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				stats.SignFlip(diffs, stats.Options{})
			}
		})
	}
}

// One-sided shares are those of all assignments of signs, at any size.
func TestSignFlipSides(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		diffs := rapid.SliceOfN(rapid.SampledFrom([]float64{-1, -0.5, 0, 0.5, 1, 1.0 / 3}), 0, 9).Draw(t, "diffs")
		observed, atMost, atLeast, all := 0.0, 0, 0, 1<<len(diffs)
		for _, d := range diffs {
			observed += d
		}
		for signs := range all {
			sum := 0.0
			for i, d := range diffs {
				sum += d * float64(2*(signs>>i&1)-1)
			}
			if sum <= observed+1e-9 {
				atMost++
			}
			if sum >= observed-1e-9 {
				atLeast++
			}
		}
		worse, better := stats.SignFlipSides(diffs, stats.Options{})
		require.InDelta(t, float64(atMost)/float64(all), worse, 1e-12)
		require.InDelta(t, float64(atLeast)/float64(all), better, 1e-12)
	})
	// 40 differences of three sizes, too many to enumerate their signs; counted by convolution in whole numbers.
	var sizes []float64
	for _, c := range []struct {
		value float64
		count int
	}{{-1, 11}, {1, 3}, {-2. / 3, 8}, {2. / 3, 4}, {-1. / 3, 9}, {1. / 3, 5}} {
		for range c.count {
			sizes = append(sizes, c.value)
		}
	}
	worse, better := stats.SignFlipSides(sizes, stats.Options{})
	require.InEpsilon(t, 5338802421/math.Exp2(40), worse, 1e-9)
	require.InEpsilon(t, 1096147345108/math.Exp2(40), better, 1e-9)

	var diffs, mirrored []float64
	for i := range 60 {
		diffs = append(diffs, math.Sqrt(float64(i+1))*float64(1-2*(i%3/2))-2) // all of another size: sampled
		mirrored = append(mirrored, -diffs[i])
	}
	worse, better = stats.SignFlipSides(diffs, stats.Options{Seed: 3})
	require.InDelta(t, stats.SignFlip(diffs, stats.Options{Seed: 3}).P, 2*min(worse, better), 0.02)
	mirroredWorse, mirroredBetter := stats.SignFlipSides(mirrored, stats.Options{Seed: 3})
	require.Equal(t, []float64{worse, better}, []float64{mirroredBetter, mirroredWorse})
	worse, _ = stats.SignFlipSides([]float64{math.NaN()}, stats.Options{})
	require.True(t, math.IsNaN(worse))
}
