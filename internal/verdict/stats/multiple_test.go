package stats_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

// benjamini holds the 15 p-values of the worked example in Benjamini and
// Hochberg, JRSS B 57 (1995) 289, section 3.2.
func benjamini() []float64 {
	return []float64{
		.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
		.0459, .3240, .4262, .5719, .6528, .7590, 1,
	}
}

func TestHolmAgreesWithStatsmodels(t *testing.T) {
	t.Parallel()
	// statsmodels 0.15.0: multipletests(p, method="holm")[1].
	for _, c := range []struct{ p, want []float64 }{
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}},
		{[]float64{0.0117, 0.2, 0.8}, []float64{0.0351, 0.4, 0.8}},
		{benjamini(), []float64{
			0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278,
			0.3213, 1, 1, 1, 1, 1, 1,
		}},
		{[]float64{0.04}, []float64{0.04}},
		{nil, []float64{}},
	} {
		require.InDeltaSlice(t, c.want, stats.Holm(c.p), 1e-12)
	}
}

func TestBenjaminiHochbergAgreesWithStatsmodels(t *testing.T) {
	t.Parallel()
	// statsmodels 0.15.0: multipletests(p, method="fdr_bh")[1]. At 0.05 the
	// example of the paper rejects four hypotheses, where Holm rejects three.
	for _, c := range []struct{ p, want []float64 }{
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.02, 0.04, 0.04, 0.02}},
		{[]float64{0.0117, 0.2, 0.8}, []float64{0.0351, 0.3, 0.8}},
		{benjamini(), []float64{
			0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714285714286, 0.06385714285714286, 0.0645,
			0.0765, 0.486, 0.5811818181818182, 0.714875, 0.7532307692307693, 0.8132142857142857, 1,
		}},
	} {
		require.InDeltaSlice(t, c.want, stats.BenjaminiHochberg(c.p), 1e-12)
	}
}

func TestCorrectionsLeaveOutTestsThatWereNotMade(t *testing.T) {
	t.Parallel()
	for _, correct := range []func([]float64) []float64{stats.Holm, stats.BenjaminiHochberg} {
		p := []float64{math.NaN(), 0.02, -0.1, 1.5, 0.6, math.Inf(1)}
		before := slices.Clone(p)
		got := correct(p)
		require.Equal(t, math.Float64bits(before[0]), math.Float64bits(p[0]))
		require.Equal(t, before[1:], p[1:], "the input is left as it is")
		require.InDelta(t, 0.04, got[1], 1e-15, "two tests, not six")
		require.InDelta(t, 0.6, got[4], 1e-15)
		for _, i := range []int{0, 2, 3, 5} {
			require.True(t, math.IsNaN(got[i]))
		}
	}
}

func TestCorrectionProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOf(rapid.OneOf(
			rapid.Float64Range(0, 1),
			rapid.SampledFrom([]float64{0, 0.01, 0.05, 1}),
		)).Draw(t, "p")
		holm, bh := stats.Holm(p), stats.BenjaminiHochberg(p)
		require.Len(t, holm, len(p))
		require.Len(t, bh, len(p))
		for i := range p {
			require.LessOrEqual(t, p[i], bh[i])
			require.LessOrEqual(t, bh[i], holm[i]+1e-15, "false discoveries are the weaker demand")
			require.LessOrEqual(t, holm[i], 1.0)
			for j := range p {
				if p[i] <= p[j] {
					require.LessOrEqual(t, holm[i], holm[j])
					require.LessOrEqual(t, bh[i], bh[j])
				}
			}
		}
		at := rapid.Permutation(indices(len(p))).Draw(t, "order")
		require.Equal(t, pick(holm, at), stats.Holm(pick(p, at)))
		require.Equal(t, pick(bh, at), stats.BenjaminiHochberg(pick(p, at)))
	})
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func pick[T any](values []T, at []int) []T {
	out := make([]T, len(at))
	for i, from := range at {
		out[i] = values[from]
	}
	return out
}

// Tarone's step costs nothing for idle tests, and without any it is Holm's.
func TestTaroneHolm(t *testing.T) {
	t.Parallel()
	require.Equal(t, []bool{true, false, false, false},
		stats.TaroneHolm([]float64{0.03125, 1, 1, 1}, []float64{0.03125, 1, 1, 1}, 0.05))
	require.InDeltaSlice(t, []float64{0.03125, 1, 1, 1},
		stats.TaroneHolmAdjusted([]float64{0.03125, 1, 1, 1}, []float64{0.03125, 1, 1, 1}, 0.05), 1e-15)
	require.Equal(t, []bool{false}, stats.TaroneHolm([]float64{math.NaN()}, nil, 0.05))
	require.Equal(t, []bool{true, false}, stats.TaroneHolm([]float64{0.04, math.NaN()}, []float64{math.NaN()}, 0.05),
		"a missing least counts as 0, a missing p not at all")
	require.Equal(t, []bool{false}, stats.TaroneHolm([]float64{0.04}, []float64{0}, math.NaN()))
	require.Empty(t, stats.TaroneHolm(nil, nil, 0.05))
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 0, 12).Draw(t, "p")
		adjusted := stats.TaroneHolmAdjusted(p, make([]float64, len(p)), 0.05)
		for i, rejected := range stats.TaroneHolm(p, make([]float64, len(p)), 0.05) {
			holm := stats.Holm(p)[i]
			require.Equal(t, holm <= 0.05, rejected, "%v", p)
			require.Equal(t, rejected, adjusted[i] <= 0.05 && holm <= 0.05, "%v", p)
		}
	})
}
