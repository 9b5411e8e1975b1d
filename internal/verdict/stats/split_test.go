package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/stats"
)

func TestSplitScoreUndoesTheLuckOfTheBest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	const sets = 60
	best, split := 0.0, 0.0 // means over the sets
	for set := range uint64(sets) {
		tries, highest := make([][]float64, 20), 0.0
		for i := range tries {
			for range 100 {
				tries[i] = append(tries[i], float64(r.IntN(5)/2%2)) // 1 twice in 5
			}
			highest = max(highest, stats.Mean(tries[i]))
		}
		score := stats.SplitScore(tries, set)
		require.InDelta(t, score, stats.SplitScore(tries, set), 0, "seeded")
		best += highest / sets
		split += score / sets
	}
	require.Greater(t, best, 0.47, "the best of twenty equal tries looks better than it is")
	require.InDelta(t, 0.4, split, 0.025)
}

func TestSplitScoreOfPlainTries(t *testing.T) {
	t.Parallel()
	ones, zeros := []float64{1, 1, 1, 1}, []float64{0, 0, 0, 0}
	require.InDelta(t, 1.0, stats.SplitScore([][]float64{zeros, ones, zeros}, 3), 1e-12)
	require.InDelta(t, 1.0, stats.SplitScore([][]float64{ones}, 3), 1e-12)
	require.InDelta(t, 0.0, stats.SplitScore([][]float64{{0, 1}, {1, 0}}, 3), 1e-12, "each is best where it is chosen")
	for _, tries := range [][][]float64{nil, {{1}}, {{1, 0}, {1}}, {{1, math.NaN()}}} {
		require.True(t, math.IsNaN(stats.SplitScore(tries, 3)))
	}
}
