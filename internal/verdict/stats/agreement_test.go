package stats_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

func TestKappaAgreesWithStatsmodels(t *testing.T) {
	t.Parallel()
	// statsmodels 0.15.0: cohens_kappa([[tp, fp], [fn, tn]]): kappa, std_kappa,
	// kappa_low, kappa_upp; the last two are not cut there.
	for _, c := range []struct {
		tp, fp, fn, tn int
		k, se, lo, hi  float64
	}{
		{20, 5, 10, 15, 0.4, 0.12699606293110033, 0.151092290476661, 0.6489077095233389},
		{45, 15, 25, 15, 0.13043478260869554, 0.0986615376234396, -0.06293827779258965, 0.3238078430099807},
		{25, 35, 5, 35, 0.25925925925925924, 0.07715973174444572, 0.10802896398337367, 0.4104895545351448},
		{118, 5, 2, 75, 0.9266247379454926, 0.02722725876897177, 0.8732602913605556, 0.9799891845304296},
		{40, 9, 6, 45, 0.6995192307692307, 0.07139360269998822, 0.5595903407506923, 0.8394481207877692},
		{99_990, 3, 4, 3, 0.46150366639036894, 0.1715026542442255, 0.12536464081866144, 0.7976426919620765},
		{3, 0, 1, 2, 0.6666666666666667, 0.28688765527462345, 0.10437719471926221, 1},
		{0, 5, 6, 0, -0.9836065573770489, 0.10740388248881214, -1, -0.7730988158992049},
	} {
		k, se, lo, hi := stats.Kappa(c.tp, c.fp, c.fn, c.tn, 0.95)
		require.InDeltaSlice(t, []float64{c.k, c.se, c.lo, c.hi}, []float64{k, se, lo, hi}, 1e-9, "%+v", c)
	}
}

func TestKappaOfPerfectAgreement(t *testing.T) {
	t.Parallel()
	k, se, lo, hi := stats.Kappa(7, 0, 0, 3, 0.95)
	require.Equal(t, []float64{1, 0, 1, 1}, []float64{k, se, lo, hi})
}

func TestKappaIsUndefinedWithoutVariation(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]int{{0, 0, 0, 0}, {9, 0, 0, 0}, {0, 0, 0, 9}, {-1, 2, 3, 4}, {1, 2, 3, -4}} {
		k, se, lo, hi := stats.Kappa(c[0], c[1], c[2], c[3], 0.95)
		for _, v := range []float64{k, se, lo, hi} {
			require.True(t, math.IsNaN(v), "%v", c)
		}
	}
	k, _, _, _ := stats.Kappa(1, 2, 3, 4, 1)
	require.True(t, math.IsNaN(k))
	// One rater varies: agreement is what chance gives.
	k, _, _, _ = stats.Kappa(5, 0, 5, 0, 0.95)
	require.Zero(t, k)
}

func TestKappaProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.OneOf(rapid.IntRange(0, 50), rapid.IntRange(0, 1_000_000_000))
		tp, fp := count.Draw(t, "tp"), count.Draw(t, "fp")
		fn, tn := count.Draw(t, "fn"), count.Draw(t, "tn")
		k, se, lo, hi := stats.Kappa(tp, fp, fn, tn, 0.95)
		if math.IsNaN(k) {
			return
		}
		require.False(t, math.IsNaN(se) || math.IsInf(se, 0))
		require.LessOrEqual(t, -1-1e-9, k)
		require.LessOrEqual(t, k, 1.0)
		require.LessOrEqual(t, lo, k+1e-9)
		require.GreaterOrEqual(t, hi, k-1e-9)
		// It matters neither who is who nor which answer is called a pass.
		swapped, swappedSE, _, _ := stats.Kappa(tp, fn, fp, tn, 0.95)
		require.InDelta(t, k, swapped, 1e-9)
		require.InDelta(t, se, swappedSE, 1e-9)
		turned, turnedSE, _, _ := stats.Kappa(tn, fn, fp, tp, 0.95)
		require.InDelta(t, k, turned, 1e-9)
		require.InDelta(t, se, turnedSE, 1e-9)
	})
}

func TestRoganGladen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rate, sensitivity, specificity, want float64
		ok                                   bool
	}{
		{0.62, 0.9, 0.8, 0.6, true}, // 0.6·0.9 + 0.4·0.2 = 0.62
		{0.5, 1, 1, 0.5, true},
		{0.1, 0.9, 0.8, 0, true},  // below what false passes alone give
		{0.95, 0.9, 0.8, 1, true}, // above what a perfect prompt would reach
		{0.5, 0.5, 0.5, 0, false}, // a coin
		{0.5, 0.7, 0.3, 0, false}, // a coin, but for rounding
		{0.5, 0.2, 0.3, 0, false}, // worse than a coin
		{1.5, 0.9, 0.8, 0, false},
		{0.5, math.NaN(), 0.8, 0, false},
		{0.5, 0.9, -0.8, 0, false},
	} {
		got, ok := stats.RoganGladen(c.rate, c.sensitivity, c.specificity)
		require.Equal(t, c.ok, ok, "%+v", c)
		require.InDelta(t, c.want, got, 1e-12, "%+v", c)
	}
}

func TestRoganGladenUndoesTheJudgesErrors(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		truth := rapid.Float64Range(0, 1).Draw(t, "truth")
		sensitivity := rapid.Float64Range(0.51, 1).Draw(t, "sensitivity")
		specificity := rapid.Float64Range(0.51, 1).Draw(t, "specificity")
		rate := truth*sensitivity + (1-truth)*(1-specificity)
		got, ok := stats.RoganGladen(math.Min(1, rate), sensitivity, specificity)
		require.True(t, ok)
		require.InDelta(t, truth, got, 1e-12)
	})
}
