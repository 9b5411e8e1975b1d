package stats_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

func usualRule() stats.Rule { return stats.Rule{Margin: 0.05, Level: 0.95, Alpha: 0.05} }

func TestCasesForMargin(t *testing.T) {
	t.Parallel()
	require.Equal(t, 73, stats.CasesForMargin(0.05, 0.95))
	for _, c := range []struct{ margin, level float64 }{{0.05, 0.95}, {0.1, 0.95}, {0.02, 0.9}, {0.03, 0.99}, {0.5, 0.8}} {
		n := stats.CasesForMargin(c.margin, c.level)
		lo, _ := stats.Tango(0, 0, n, c.level)
		require.GreaterOrEqual(t, lo, -c.margin, "%+v", c)
		lo, _ = stats.Tango(0, 0, n-1, c.level)
		require.Less(t, lo, -c.margin, "%+v", c)
	}
	require.Equal(t, 1, stats.CasesForMargin(1, 0.95))
	for _, c := range []struct{ margin, level float64 }{
		{0, 0.95}, {-0.1, 0.95}, {1.1, 0.95}, {math.NaN(), 0.95}, {0.05, 1}, {0.05, 0}, {1e-300, 0.95},
	} {
		require.Zero(t, stats.CasesForMargin(c.margin, c.level), "%+v", c)
	}
}

func TestSettleChanceAgreesWithEnumeration(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		worse := rapid.Float64Range(0, 1).Draw(t, "worse")
		better := rapid.Float64Range(0, 1-worse).Draw(t, "better")
		rule := stats.Rule{
			Margin: rapid.SampledFrom([]float64{0, 0.049, 0.2, 0.31, 1}).Draw(t, "margin"),
			Level:  rapid.SampledFrom([]float64{0.5, 0.9, 0.95}).Draw(t, "level"),
			Alpha:  rapid.SampledFrom([]float64{0.011, 0.05, 0.6}).Draw(t, "alpha"),
		}
		want := overTables(n, worse, better, func(w, b int) bool {
			lo, _ := stats.Tango(b, w, n, rule.Level)
			return stats.McNemar(b, w) < rule.Alpha || lo >= -rule.Margin
		})
		if n == 0 {
			want = 0
		}
		require.InDelta(t, want, stats.SettleChance(n, worse, better, rule), 1e-9)
	})
}

func TestCasesToSettleWithoutFlipsIsCasesForMargin(t *testing.T) {
	t.Parallel()
	got, ok := stats.CasesToSettle(0, 0, usualRule(), 0.8)
	require.True(t, ok)
	require.Equal(t, 73, got)
}

func TestCasesToSettleIsTheFirstThatIsEnough(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ worse, better float64 }{
		{0.025, 0.025}, {0.1, 0.02}, {0.02, 0.1}, {0.15, 0.1}, {0.06, 0.01}, {1, 0}, {0.3, 0.3},
	} {
		n, ok := stats.CasesToSettle(c.worse, c.better, usualRule(), 0.8)
		require.True(t, ok, "%+v", c)
		require.GreaterOrEqual(t, stats.SettleChance(n, c.worse, c.better, usualRule()), 0.8, "%+v", c)
		require.Less(t, stats.SettleChance(n-1, c.worse, c.better, usualRule()), 0.8, "%+v", c)
	}
	n, _ := stats.CasesToSettle(1, 0, usualRule(), 0.8)
	require.Equal(t, stats.LeastFlips(0.05), n)
}

func TestCasesToSettleGivesUp(t *testing.T) {
	t.Parallel()
	// A thousandth wide margin and a drop that is hardly there.
	_, ok := stats.CasesToSettle(0.4, 0.4, stats.Rule{Margin: 0.001, Level: 0.95, Alpha: 0.05}, 0.8)
	require.False(t, ok)
	for _, c := range []struct {
		worse, better float64
		rule          stats.Rule
		chance        float64
	}{
		{0.6, 0.6, usualRule(), 0.8},
		{math.NaN(), 0.1, usualRule(), 0.8},
		{0.1, 0.1, stats.Rule{}, 0.8},
		{0.1, 0.1, usualRule(), 1},
		{0.1, 0.1, usualRule(), math.NaN()},
	} {
		n, ok := stats.CasesToSettle(c.worse, c.better, c.rule, c.chance)
		require.False(t, ok)
		require.Zero(t, n)
	}
	require.True(t, math.IsNaN(stats.SettleChance(-1, 0.1, 0.1, usualRule())))
	require.True(t, math.IsNaN(stats.SettleChance(10, 0.1, 0.1, stats.Rule{})))
}

func BenchmarkCasesToSettle(b *testing.B) {
	for b.Loop() {
		stats.CasesToSettle(0.2, 0.19, usualRule(), 0.8)
	}
}
