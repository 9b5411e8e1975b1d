package stats_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

// overTables adds up the probabilities of all outcomes of n units that hold.
func overTables(n int, worse, better float64, holds func(worse, better int) bool) float64 {
	logFactorial := func(k int) float64 {
		v, _ := math.Lgamma(float64(k + 1))
		return v
	}
	total := 0.0
	for w := 0; w <= n; w++ {
		for b := 0; b <= n-w; b++ {
			if !holds(w, b) {
				continue
			}
			p := math.Exp(logFactorial(n) - logFactorial(w) - logFactorial(b) - logFactorial(n-w-b))
			total += p * math.Pow(worse, float64(w)) * math.Pow(better, float64(b)) *
				math.Pow(math.Max(0, 1-worse-better), float64(n-w-b))
		}
	}
	return total
}

func TestPowerAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	// SciPy 1.17.1: binom.pmf over all outcomes whose p-value, from binom.cdf,
	// lies below alpha.
	for _, c := range []struct {
		n                          int
		worse, better, alpha, want float64
	}{
		{60, 0.2, 0.05, 0.05, 0.5808549092029067},
		{20, 0.5, 0.1, 0.05, 0.5725369533713197},
		{5, 1, 0, 0.05, 0}, // five one-way flips are never significant
		{6, 1, 0, 0.05, 1}, // six always are
		{150, 0.16, 0.06, 0.05, 0.7000925377095522},
		{100, 0.1, 0.1, 0.05, 0.029440205993088293}, // an exact test errs on the safe side
		{200, 0.1, 0.02, 0.01, 0.7435406481682201},
	} {
		require.InDelta(t, c.want, stats.Power(c.n, c.worse, c.better, c.alpha), 1e-10, "%+v", c)
	}
}

func TestPowerAgreesWithEnumeration(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		worse := rapid.Float64Range(0, 1).Draw(t, "worse")
		better := rapid.Float64Range(0, 1-worse).Draw(t, "better")
		alpha := rapid.SampledFrom([]float64{0.001, 0.01, 0.05, 0.0625, 0.3, 0.9}).Draw(t, "alpha")
		want := overTables(n, worse, better, func(w, b int) bool { return stats.McNemar(b, w) < alpha })
		require.InDelta(t, want, stats.Power(n, worse, better, alpha), 1e-9)
		require.InDelta(t, want, stats.Power(n, better, worse, alpha), 1e-9, "swap of the runs")
	})
}

func TestPowerOfManyUnitsIsTheNormalOne(t *testing.T) {
	t.Parallel()
	// R. S. Connor, Biometrics 43 (1987) 207: the asymptotic power of McNemar.
	const z = 1.959963984540054
	for _, c := range []struct {
		n             int
		worse, better float64
	}{{100_000, 0.0520, 0.05}, {10_000_000, 0.3002, 0.3}, {100_000_000, 1e-4, 1.02e-4}} {
		flip, drop := c.worse+c.better, math.Abs(c.worse-c.better)
		x := (drop*math.Sqrt(float64(c.n)) - z*math.Sqrt(flip)) / math.Sqrt(flip-drop*drop)
		require.InDelta(t, math.Erfc(-x/math.Sqrt2)/2, stats.Power(c.n, c.worse, c.better, 0.05), 0.01, "%+v", c)
	}
}

func TestPowerOfImpossibleArgumentsIsUndefined(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n                    int
		worse, better, alpha float64
	}{
		{-1, 0.1, 0.1, 0.05}, {math.MaxInt, 0.1, 0.1, 0.05}, {10, -0.1, 0.1, 0.05}, {10, 0.6, 0.5, 0.05},
		{10, 0.1, math.NaN(), 0.05}, {10, 0.1, 0.1, 0}, {10, 0.1, 0.1, 1}, {10, 0.1, 0.1, math.NaN()},
	} {
		require.True(t, math.IsNaN(stats.Power(c.n, c.worse, c.better, c.alpha)), "%+v", c)
	}
	require.Zero(t, stats.Power(100, 0, 0, 0.05))
	require.Zero(t, stats.Power(0, 0.5, 0.5, 0.05))
	require.False(t, math.IsNaN(stats.Power(100, 0.7, 0.3, 0.05)), "0.7 + 0.3 is 1 but for rounding")
}

func TestDetectableDropIsWherePowerIsReached(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "n")
		better := rapid.Float64Range(0, 0.3).Draw(t, "better")
		power := rapid.SampledFrom([]float64{0.5, 0.8, 0.9}).Draw(t, "power")
		drop := stats.DetectableDrop(n, better, power, 0.05)
		if math.IsNaN(drop) {
			require.Less(t, stats.Power(n, 1-better, better, 0.05), power)
			return
		}
		require.GreaterOrEqual(t, drop, 0.0)
		require.LessOrEqual(t, drop, 1-2*better)
		require.InDelta(t, power, stats.Power(n, better+drop, better, 0.05), 1e-6)
	})
}

func TestDetectableDropOfOneWayFlips(t *testing.T) {
	t.Parallel()
	// With no unit ever getting better, six or more falls are needed:
	// P(Binomial(60, w) >= 6) = 0.8. SciPy 1.17.1: brentq over binom.sf(5, 60, w).
	require.InDelta(t, 0.12857447930530339, stats.DetectableDrop(60, 0, 0.8, 0.05), 1e-9)
	require.True(t, math.IsNaN(stats.DetectableDrop(5, 0, 0.8, 0.05)), "five cases can show nothing")
	require.True(t, math.IsNaN(stats.DetectableDrop(6, 0.1, 0.8, 0.05)))
	require.False(t, math.IsNaN(stats.DetectableDrop(6, 0, 0.8, 0.05)))
}

func TestDetectableDropShrinksWithTheSuite(t *testing.T) {
	t.Parallel()
	last := 1.0
	for _, n := range []int{20, 50, 150, 500, 5000, 100_000, 10_000_000} {
		drop := stats.DetectableDrop(n, 0.05, 0.8, 0.05)
		require.Less(t, drop, last, "%d cases", n)
		last = drop
	}
}

func TestDetectableDropOfImpossibleArgumentsIsUndefined(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n                    int
		better, power, alpha float64
	}{
		{-1, 0.1, 0.8, 0.05}, {math.MaxInt, 0.1, 0.8, 0.05}, {100, 0.6, 0.8, 0.05}, {100, -0.1, 0.8, 0.05},
		{100, math.NaN(), 0.8, 0.05}, {100, 0.1, 0, 0.05}, {100, 0.1, 1, 0.05}, {100, 0.1, 0.8, 1}, {0, 0, 0.8, 0.05},
	} {
		require.True(t, math.IsNaN(stats.DetectableDrop(c.n, c.better, c.power, c.alpha)), "%+v", c)
	}
}

func BenchmarkDetectableDrop(b *testing.B) {
	for b.Loop() {
		stats.DetectableDrop(100_000, 0.05, 0.8, 0.05)
	}
}
