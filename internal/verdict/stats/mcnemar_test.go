package stats_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

func TestMcNemarAgreesWithStatsmodels(t *testing.T) {
	t.Parallel()
	// statsmodels 0.15.0: mcnemar([[0, better], [worse, 0]], exact=True).pvalue.
	for _, c := range []struct {
		better, worse int
		want          float64
	}{
		{1, 10, 0.01171875},
		{9, 24, 0.013530986849218607},
		{6, 0, 0.03125},
		{0, 7, 0.015625},
		{30, 14, 0.022628841205914796},
		{100, 140, 0.01166409231767769},
		{400, 600, 2.728464156065947e-10},
		{5000, 5200, 0.04878796312682234},
		{49_000, 50_100, 0.0004809976422752088},
		{3, 3, 1},
		{1, 0, 1},
		{0, 0, 1},
	} {
		got := stats.McNemar(c.better, c.worse)
		require.InDelta(t, c.want, got, 1e-11, "%d better, %d worse", c.better, c.worse)
		require.InEpsilon(t, c.want, got, 1e-8, "%d better, %d worse", c.better, c.worse)
	}
}

func TestMcNemarProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		better := rapid.IntRange(0, math.MaxInt).Draw(t, "better")
		worse := rapid.IntRange(0, math.MaxInt).Draw(t, "worse")
		p := stats.McNemar(better, worse)
		require.GreaterOrEqual(t, p, 0.0)
		require.LessOrEqual(t, p, 1.0)
		requireSame(t, p, stats.McNemar(worse, better))
	})
}

func TestMcNemarOfHugeCountsIsTheNormalTest(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1 << 37, 1 << 42, 1 << 60} {
		lead := 3 * int(math.Sqrt(float64(n))) // z = 3/sqrt(2)
		require.InEpsilon(t, math.Erfc(1.5), stats.McNemar(n+lead, n), 1e-3, "%d", n)
	}
}

func TestMcNemarFallsWithEveryFurtherOneWayFlip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		better := rapid.IntRange(0, 300).Draw(t, "better")
		worse := better + rapid.IntRange(0, 300).Draw(t, "more")
		require.LessOrEqual(t, stats.McNemar(better, worse+1), stats.McNemar(better, worse)+1e-13)
	})
}

func TestLeastFlips(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		alpha float64
		want  int
	}{
		{0.05, 6},
		{0.05 / 2, 7},
		{0.05 / 5, 8},
		{0.03125, 7}, // p equals alpha at six
		{0.999, 2},
		{math.SmallestNonzeroFloat64, 1076},
		{0, 0},
		{1, 0},
		{math.NaN(), 0},
	} {
		require.Equal(t, c.want, stats.LeastFlips(c.alpha), "alpha %g", c.alpha)
	}
}

func TestTangoAgreesWithPublishedIntervals(t *testing.T) {
	t.Parallel()
	// Airway hyper-responsiveness: Fagerland, Lydersen and Laake, Statistics in
	// Medicine 33 (2014) 2850, where the first treatment passes 1 of 8 flips.
	lo, hi := stats.Tango(1, 7, 21, 0.95)
	require.InDelta(t, -0.517, lo, 5e-4)
	require.InDelta(t, -0.026, hi, 5e-4)
}

func TestTangoAgreesWithDirectMaximisation(t *testing.T) {
	t.Parallel()
	// Computed with SciPy 1.17.1: at each difference the likelihood of the
	// trinomial was maximised with brentq, without Tango's closed form, and the
	// statistic then solved for z, again with brentq.
	for _, c := range []struct {
		better, worse, n int
		level, lo, hi    float64
	}{
		{1, 10, 60, 0.95, -0.26750615702526215, -0.0510958150929013},
		{1, 7, 21, 0.95, -0.5172322764213773, -0.026003032480868573},
		{6, 16, 161, 0.95, -0.124023432464069, -0.005433395731677095},
		{0, 0, 73, 0.95, -0.04999200795573113, 0.04999200795573113},
		{0, 0, 10, 0.95, -0.27753279986288926, 0.27753279986288926},
		{0, 10, 10, 0.95, -1, -0.44493440027422154},
		{3, 7, 10, 0.95, -0.7844174651873981, 0.20644370507770934},
		{9, 24, 150, 0.95, -0.177078317950342, -0.026296355751384472},
		{0, 5, 50, 0.90, -0.19153751415157097, -0.043533495635102816},
		{12, 9, 36, 0.99, -0.24218204199607166, 0.3900188480665347},
		{500, 900, 100_000, 0.95, -0.0047390999654161135, -0.0032713992972683704},
		{1, 0, 44, 0.95, -0.059393231116628524, 0.11807709698213215},
	} {
		lo, hi := stats.Tango(c.better, c.worse, c.n, c.level)
		require.InDelta(t, c.lo, lo, 1e-10, "%+v", c)
		require.InDelta(t, c.hi, hi, 1e-10, "%+v", c)
	}
}

// quartic is the polynomial whose roots are Tango's limits: Z. Yang, X. Sun and
// J. W. Hardin, Statistics in Medicine 32 (2013) 1336.
func quartic(better, worse, n int, z2, d float64) float64 {
	N, diff, flips := float64(n), float64(better-worse), float64(better+worse)
	r := N / z2
	c0 := N * N * (r + 1) * (r + 1)
	c1 := -N * diff * (r + 1) * (4*r + 1)
	c2 := 2*N*diff*diff*(3*r+2)/z2 - N*N*(flips/z2+1)
	c3 := N*diff*(2*flips/z2+1) - diff*diff*diff*(4*r+1)/z2
	c4 := diff * diff * (diff*diff/z2 - flips) / z2
	return ((((d+c1/c0)*d+c2/c0)*d)+c3/c0)*d + c4/c0
}

func TestTangoSolvesTheQuartic(t *testing.T) {
	t.Parallel()
	const z = 1.959963984540054
	for n := 1; n <= 25; n++ {
		for better := 0; better <= n; better++ {
			for worse := 0; worse <= n-better; worse++ {
				lo, hi := stats.Tango(better, worse, n, 0.95)
				require.InDelta(t, 0, quartic(better, worse, n, z*z, lo), 1e-12, "%d %d %d", better, worse, n)
				require.InDelta(t, 0, quartic(better, worse, n, z*z, hi), 1e-12, "%d %d %d", better, worse, n)
			}
		}
	}
}

func TestTangoEdges(t *testing.T) {
	t.Parallel()
	const z2 = 1.959963984540054 * 1.959963984540054
	for _, n := range []int{1, 2, 10, 1000, 1_000_000} {
		N := float64(n)
		lo, hi := stats.Tango(0, n, n, 0.95)
		requireSame(t, -1.0, lo)
		require.InDelta(t, (z2-N)/(z2+N), hi, 1e-12)

		lo, hi = stats.Tango(n, 0, n, 0.95)
		require.InDelta(t, (N-z2)/(z2+N), lo, 1e-12)
		requireSame(t, 1.0, hi)

		lo, hi = stats.Tango(0, 0, n, 0.95)
		require.InDelta(t, -z2/(z2+N), lo, 1e-12)
		require.InDelta(t, z2/(z2+N), hi, 1e-12)
	}
	lo, hi := stats.Tango(0, 0, 0, 0.95)
	require.Equal(t, [2]float64{-1, 1}, [2]float64{lo, hi})
}

func TestTangoProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, math.MaxInt).Draw(t, "n")
		better := rapid.IntRange(0, n).Draw(t, "better")
		worse := rapid.IntRange(0, n-better).Draw(t, "worse")
		level := rapid.Float64Range(1e-6, 1-1e-15).Draw(t, "level")
		lo, hi := stats.Tango(better, worse, n, level)
		d := (float64(better) - float64(worse)) / float64(n)
		require.GreaterOrEqual(t, lo, -1.0)
		require.LessOrEqual(t, hi, 1.0)
		require.LessOrEqual(t, lo, d+1e-12)
		require.GreaterOrEqual(t, hi, d-1e-12)

		swappedLo, swappedHi := stats.Tango(worse, better, n, level)
		requireSame(t, -hi, swappedLo)
		requireSame(t, -lo, swappedHi)

		wideLo, wideHi := stats.Tango(better, worse, n, level+(1-level)/2)
		require.LessOrEqual(t, wideLo, lo+1e-12)
		require.GreaterOrEqual(t, wideHi, hi-1e-12)
	})
}
