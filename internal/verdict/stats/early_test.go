package stats_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/verdict/stats"
)

// The boundaries that are found by bisection are those that trying every total
// finds.
func TestPossibleOutcomesAreThoseOfEveryTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := stats.Early{Units: rapid.IntRange(1, 60).Draw(t, "units")}
		e.Seen = rapid.IntRange(0, e.Units).Draw(t, "seen")
		e.Better = rapid.IntRange(0, e.Seen).Draw(t, "better")
		e.Worse = rapid.IntRange(0, e.Seen-e.Better).Draw(t, "worse")
		rule := stats.Rule{Margin: rapid.SampledFrom([]float64{0, 0.05, 0.2}).Draw(t, "margin"), Level: 0.95, Alpha: 0.05}
		var want [4]bool
		for better := e.Better; better <= e.Units; better++ {
			previous := stats.Improved
			for worse := 0; better+worse <= e.Units; worse++ {
				outcome := rule.Outcome(better, worse, e.Units)
				require.LessOrEqual(t, outcome, previous, "outcomes never rise with the falls")
				previous = outcome
				if e.LogRatio(better, worse) > math.Log(0.02) {
					want[outcome] = true
				}
			}
		}
		require.Equal(t, want, e.Possible(rule, 0.02))
		require.True(t, e.Seen < e.Units || e.ChanceRegressed(rule) == 0 || e.ChanceRegressed(rule) > 1-1e-12)
	})
}

// Its outcomes are those of the test and the interval.
func TestOutcomeAgreesWithTangoAndMcNemar(t *testing.T) {
	t.Parallel()
	rule := stats.Rule{Margin: 0.05, Level: 0.95, Alpha: 0.05}
	for n := 1; n <= 90; n += 7 {
		for better := range n + 1 {
			for worse := range n - better + 1 {
				lo, _ := stats.Tango(better, worse, n, 0.95)
				want := stats.Inconclusive
				switch p := stats.McNemar(better, worse); {
				case p < 0.05 && better > worse:
					want = stats.Improved
				case lo >= -0.05:
					want = stats.NoWorse
				case p < 0.05:
					want = stats.Regressed
				}
				require.Equal(t, want, rule.Outcome(better, worse, n), "%d of %d rise, %d fall", better, n, worse)
			}
		}
	}
}

func TestEarlyOutOfRange(t *testing.T) {
	t.Parallel()
	rule := stats.Rule{Margin: 0.05, Level: 0.95, Alpha: 0.05}
	for _, e := range []stats.Early{
		{Units: 10, Seen: 11}, {Units: 10, Seen: -1}, {Units: 10, Seen: 5, Better: 3, Worse: 3},
		{Units: 10, Seen: 5, Better: -1}, {Units: 1 << 40, Seen: 5},
	} {
		require.True(t, math.IsNaN(e.LogRatio(1, 1)))
		require.True(t, math.IsNaN(e.ChanceRegressed(rule)))
		require.Equal(t, [4]bool{}, e.Possible(rule, 0.02))
	}
	e := stats.Early{Units: 10, Seen: 5, Better: 2}
	require.True(t, math.IsInf(e.LogRatio(1, 0), -1), "two rose already")
	require.True(t, math.IsNaN(e.ChanceRegressed(stats.Rule{})))
	require.Equal(t, [4]bool{}, e.Possible(rule, 0))
}

// A look at 10,000 units must not hold up the calls.
func TestLookAtManyUnitsIsQuick(t *testing.T) {
	t.Parallel()
	rule := stats.Rule{Margin: 0.05, Level: 0.95, Alpha: 0.05}
	start := time.Now()
	e := stats.Early{Units: 10_000, Seen: 1_000, Better: 200, Worse: 230}
	require.NotEqual(t, [4]bool{}, e.Possible(rule, 0.02))
	require.Positive(t, e.ChanceRegressed(rule))
	require.Less(t, time.Since(start), 20*time.Second)
	t.Log(time.Since(start))
}
