package stats_test

import (
	"math"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

// subsets counts, among all k-subsets of n trials whose first c passed,
// the shares with at least one pass and with nothing but passes.
func subsets(n, c, k int) (some, all float64) {
	total := 0.0
	for set := range uint(1) << n {
		if bits.OnesCount(set) != k {
			continue
		}
		total++
		passed := bits.OnesCount(set & (1<<c - 1))
		if passed > 0 {
			some++
		}
		if passed == k {
			all++
		}
	}
	return some / total, all / total
}

func TestPassAtAndPassHatCountSubsets(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 10; n++ {
		for c := 0; c <= n; c++ {
			for k := 1; k <= n; k++ {
				some, all := subsets(n, c, k)
				require.InDelta(t, some, stats.PassAt(n, c, k), 1e-14, "n=%d c=%d k=%d", n, c, k)
				require.InDelta(t, all, stats.PassHat(n, c, k), 1e-14, "n=%d c=%d k=%d", n, c, k)
			}
		}
	}
}

func TestPassAtAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	// SciPy 1.17.1: 1 - comb(n-c, k, exact=True)/comb(n, k, exact=True), and
	// comb(c, k, exact=True)/comb(n, k, exact=True).
	for _, c := range []struct {
		n, c, k int
		at, hat float64
	}{
		{200, 3, 1, 0.015, 0.015},
		{200, 3, 10, 0.1433074463225217, 0},
		{200, 3, 100, 0.8768844221105527, 0},
		{200, 150, 100, 1, 2.2229697512078617e-19},
		{1000, 900, 25, 1, 0.06939556596337185},
		{100_000, 10, 5000, 0.40127724212719806, 0},
	} {
		require.InDelta(t, c.at, stats.PassAt(c.n, c.c, c.k), 1e-12, "%+v", c)
		require.InDelta(t, c.hat, stats.PassHat(c.n, c.c, c.k), 1e-12, "%+v", c)
	}
}

func TestPassOfImpossibleTrialsIsUndefined(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int{{5, 3, 6}, {5, 3, 0}, {5, 6, 1}, {5, -1, 1}, {0, 0, 1}, {-1, 0, 1}} {
		require.True(t, math.IsNaN(stats.PassAt(c[0], c[1], c[2])), "%v", c)
		require.True(t, math.IsNaN(stats.PassHat(c[0], c[1], c[2])), "%v", c)
	}
}

func TestPassProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, math.MaxInt).Draw(t, "n")
		c := rapid.IntRange(0, n).Draw(t, "c")
		k := rapid.IntRange(1, n).Draw(t, "k")
		at, hat := stats.PassAt(n, c, k), stats.PassHat(n, c, k)
		rate := float64(c) / float64(n)
		require.LessOrEqual(t, 0.0, hat)
		require.LessOrEqual(t, hat, rate+1e-12)
		require.LessOrEqual(t, rate-1e-12, at)
		require.LessOrEqual(t, at, 1.0)
		if k == 1 {
			require.InDelta(t, rate, at, 1e-12)
			require.InDelta(t, rate, hat, 1e-12)
		}
	})
}

func TestPassOfHugeCountsIsQuick(t *testing.T) {
	t.Parallel()
	// One pass in 2^31 of 2^62 trials, looked for 2^31 times: 1 - 1/e.
	require.InDelta(t, -math.Expm1(-1), stats.PassAt(1<<62, 1<<31, 1<<31), 1e-9)
}
