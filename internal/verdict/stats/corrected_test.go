package stats_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

func TestCorrectedRateAgreesWithThePaper(t *testing.T) {
	t.Parallel()
	// The examples of Lang and Reiczigel 2014, as R's asht::prevSeSp documents
	// them, to the digits printed there.
	for _, c := range []struct {
		rate   float64
		n      int
		a      stats.Agreement
		lo, hi float64
		digits float64
	}{
		{4060. / 11284, 11284, stats.Agreement{TP: 178, FN: 1, TN: 358, FP: 1}, 0.349, 0.372, 0.0005},
		{51. / 2971, 2971, stats.Agreement{TP: 32, FN: 1, TN: 20}, 0, 0.053, 0.0005},
		{0.06, 11862, stats.Agreement{TP: 8, FN: 2, TN: 12}, 0, 0.147, 0.0005},
		{259. / 509, 509, stats.Agreement{TP: 84, FN: 43, TN: 96, FP: 13}, 0.58, 0.87, 0.005},
		{51. / 509, 509, stats.Agreement{TP: 23, FN: 18, TN: 187, FP: 8}, 0.037, 0.195, 0.0005},
	} {
		_, lo, hi, ok := stats.CorrectedRate(c.rate, c.n, c.a, 0.95)
		require.True(t, ok)
		require.InDelta(t, c.lo, lo, c.digits)
		require.InDelta(t, c.hi, hi, c.digits)
	}
}

func TestCorrectedRateAgreesWithTheFormula(t *testing.T) {
	t.Parallel()
	// The published formula in 40 digits of mpmath 1.3; cut to [0, 1] here.
	for _, c := range []struct {
		rate             float64
		n                int
		a                stats.Agreement
		level            float64
		estimate, lo, hi float64
	}{
		{
			4060. / 11284, 11284, stats.Agreement{TP: 178, FN: 1, TN: 358, FP: 1}, 0.95, 0.36003018492452348,
			0.34867354566713837, 0.37208295456108538,
		},
		{51. / 2971, 2971, stats.Agreement{TP: 32, FN: 1, TN: 20}, 0.95, 0.017702372938404578, 0, 0.05334507647473192},
		{
			259. / 509, 509, stats.Agreement{TP: 84, FN: 43, TN: 96, FP: 13}, 0.95, 0.7185721634169231, 0.58486786835900954,
			0.8664582088205245,
		},
		{
			51. / 509, 509, stats.Agreement{TP: 23, FN: 18, TN: 187, FP: 8}, 0.95, 0.11380099276293496, 0.036609810510873925,
			0.19469406216302661,
		},
		{
			98. / 168, 168, stats.Agreement{TP: 30, FN: 5, TN: 20, FP: 5}, 0.95, 0.58333333333333333, 0.38388083515791041,
			0.7752018339218634,
		},
		{
			98. / 168, 168, stats.Agreement{TP: 30, FN: 5, TN: 20, FP: 5}, 0.9, 0.58333333333333333, 0.41728097504272681,
			0.74603515850344249,
		},
		{160. / 168, 168, stats.Agreement{TP: 10, FN: 2, TN: 9, FP: 3}, 0.95, 1, 0.8817480930762866, 1},
	} {
		estimate, lo, hi, ok := stats.CorrectedRate(c.rate, c.n, c.a, c.level)
		require.True(t, ok)
		require.InDeltaSlice(t, []float64{c.estimate, c.lo, c.hi}, []float64{estimate, lo, hi}, 1e-9, "%+v", c)
	}
}

func TestSensitivityAndSpecificity(t *testing.T) {
	t.Parallel()
	a := stats.Agreement{TP: 30, FN: 5, TN: 20, FP: 5}
	require.InDelta(t, 30./35, a.Sensitivity(), 1e-15)
	require.InDelta(t, 0.8, a.Specificity(), 1e-15)
	require.True(t, math.IsNaN(stats.Agreement{TN: 1}.Sensitivity()))
	// statsmodels 0.15.0: proportion_confint(method="wilson").
	lo, hi := stats.Wilson(30, 35, 0.95)
	require.InDeltaSlice(t, []float64{0.7062444591340484, 0.9373976892056628}, []float64{lo, hi}, 1e-9)
	lo, hi = stats.Wilson(20, 25, 0.95)
	require.InDeltaSlice(t, []float64{0.6086904963045966, 0.9113941531319744}, []float64{lo, hi}, 1e-9)
}

func TestNothingIsCorrectedByAJudgeThatTellsNothing(t *testing.T) {
	t.Parallel()
	for _, a := range []stats.Agreement{
		{}, {TP: 5, FN: 5}, {TN: 5, FP: 5}, {TP: 5, FN: 5, TN: 5, FP: 5}, {TP: 1, FN: 9, TN: 2, FP: 8},
		{TP: -1, FN: 3, TN: 3},
	} {
		_, _, _, ok := stats.CorrectedRate(0.5, 100, a, 0.95)
		require.False(t, ok, "%+v", a)
	}
	good := stats.Agreement{TP: 9, FN: 1, TN: 9, FP: 1}
	for _, rate := range []float64{-0.1, 1.1, math.NaN()} {
		_, _, _, ok := stats.CorrectedRate(rate, 100, good, 0.95)
		require.False(t, ok)
	}
	_, _, _, ok := stats.CorrectedRate(0.5, 0, good, 0.95)
	require.False(t, ok)
}

func TestCorrectedRateProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 200)
		a := stats.Agreement{
			TP: count.Draw(t, "tp"), FP: count.Draw(t, "fp"), FN: count.Draw(t, "fn"), TN: count.Draw(t, "tn"),
		}
		n := rapid.IntRange(1, 2000).Draw(t, "n")
		x := rapid.IntRange(0, n).Draw(t, "x")
		estimate, lo, hi, ok := stats.CorrectedRate(float64(x)/float64(n), n, a, 0.95)
		if !ok {
			return
		}
		for _, v := range []float64{estimate, lo, hi} {
			require.True(t, v >= 0 && v <= 1, "%v", v)
		}
		require.LessOrEqual(t, lo, hi)
		// To count fails instead of passes turns everything round.
		turned := stats.Agreement{TP: a.TN, FP: a.FN, FN: a.FP, TN: a.TP}
		other, otherLo, otherHi, ok := stats.CorrectedRate(float64(n-x)/float64(n), n, turned, 0.95)
		require.True(t, ok)
		require.InDeltaSlice(t, []float64{1 - estimate, 1 - hi, 1 - lo}, []float64{other, otherLo, otherHi}, 1e-9)
		// Fewer labels of the same quality say less.
		more := stats.Agreement{TP: 9 * a.TP, FP: 9 * a.FP, FN: 9 * a.FN, TN: 9 * a.TN}
		_, moreLo, moreHi, ok := stats.CorrectedRate(float64(x)/float64(n), n, more, 0.95)
		require.True(t, ok)
		if lo > 0 && hi < 1 {
			require.Less(t, moreHi-moreLo, hi-lo)
		}
	})
}

func TestClopperPearsonAgreesWithSciPy(t *testing.T) {
	t.Parallel()
	// SciPy 1.17.1: binomtest(x, n).pvalue and .proportion_ci(method="exact"). The
	// sign test of x wins and n-x losses is McNemar's.
	for _, c := range []struct {
		x, n      int
		p, lo, hi float64
	}{
		{20, 30, 0.09873714670538905, 0.4718799552101195, 0.8271257784739607},
		{3, 3, 0.25, 0.2924017738212867, 1},
		{41, 60, 0.0062176026593266705, 0.550440312235939, 0.7974244928813188},
		{0, 7, 0.015625, 0, 0.4096163972250487},
	} {
		lo, hi := stats.ClopperPearson(c.x, c.n, 0.95)
		require.InDeltaSlice(t, []float64{c.p, c.lo, c.hi}, []float64{stats.McNemar(c.x, c.n-c.x), lo, hi}, 1e-9)
	}
	lo, hi := stats.ClopperPearson(0, 0, 0.95)
	require.Equal(t, []float64{0, 1}, []float64{lo, hi})
	lo, _ = stats.ClopperPearson(3, 2, 0.95)
	require.True(t, math.IsNaN(lo))
}

func TestLabelGain(t *testing.T) {
	t.Parallel()
	passed, failed := stats.LabelGain(168, 120, 10, 2, 3, 9)
	require.Greater(t, passed, failed, "the judge passes most replies")
	passed, failed = stats.LabelGain(168, 120, 40, 2, 1, 3)
	require.Greater(t, failed, passed, "few of those that it fails are labelled")
	passed, failed = stats.LabelGain(20, 10, 6, 4, 1, 1)
	require.Zero(t, passed, "all that it passes are labelled")
	require.Positive(t, failed)
	passed, _ = stats.LabelGain(20, 3, 6, 4, 1, 1)
	require.True(t, math.IsNaN(passed))
}

func TestRatesFromLabelsOutOfRange(t *testing.T) {
	t.Parallel()
	for _, c := range [][6]int{{10, 5, 1, 0, 0, 1}, {10, 1, 1, 1, 1, 1}, {10, 9, 1, 1, 1, 1}, {10, 5, -1, 2, 2, 2}} {
		rate, lo, hi := stats.JudgedRate(c[0], c[1], c[2], c[3], c[4], c[5], 0.95)
		require.True(t, math.IsNaN(rate) && math.IsNaN(lo) && math.IsNaN(hi), "%v", c)
	}
	for _, people := range []map[int]float64{nil, {0: 1}, {0: 1, 5: 0}, {0: 1, -1: 0}} {
		delta, _, _ := stats.JudgedDifference([]float64{0, 1}, people, 0.95)
		require.True(t, math.IsNaN(delta), "%v", people)
	}
	lo, hi := stats.WilsonEffective(nil, 1, 0.95)
	require.Equal(t, []float64{0, 1}, []float64{lo, hi})
	lo, _ = stats.WilsonEffective([]float64{0.5, 2}, 1, 0.95)
	require.True(t, math.IsNaN(lo))
	lo, hi = stats.AugmentedInterval(nil, 0.95)
	require.Equal(t, []float64{-1, 1}, []float64{lo, hi})
	require.Zero(t, stats.CasesForDiffs([]float64{0.5}, 0))
	require.Zero(t, stats.CasesForDiffs([]float64{math.NaN()}, 0.05))
	require.True(t, math.IsNaN(stats.DropForDiffs(nil, 0.05)))
}
