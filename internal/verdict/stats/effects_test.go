package stats_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/stats"
)

// observe makes the observations of cases: base, head and each factor alone.
func observe(cases, factors int, value func(i int, in []bool) float64) []stats.Observation {
	var out []stats.Observation
	for i := range cases {
		for row := range factors + 2 {
			in := make([]bool, factors)
			for k := range in {
				in[k] = row == 1 || row == k+2
			}
			out = append(out, stats.Observation{Case: i, Unit: i, In: in, Value: value(i, in)})
		}
	}
	return out
}

// A harm in every case leaves no rest, and so an error of 0; p must still know how many cases there were.
func TestEffectsOfFewCasesShowLittle(t *testing.T) {
	t.Parallel()
	value := func(_ int, in []bool) float64 {
		if in[1] {
			return 0
		}
		return 1
	}
	for cases, p := range map[int]float64{2: 0.5, 4: 0.125, 10: 1.0 / 512} {
		got := stats.Effects(observe(cases, 3, value), 0.95)
		require.InDelta(t, -1, got[1].Delta, exact)
		require.InDelta(t, p, got[1].P, exact)
		require.InDelta(t, 1, got[0].P, exact)
	}
}

func TestEffectsThatCannotBeTold(t *testing.T) {
	t.Parallel()
	rows := observe(9, 1, func(i int, _ []bool) float64 { return float64(i%3) / 4 })
	for i := range rows { // a second factor that is always where the first is
		rows[i].In = append(rows[i].In, rows[i].In[0], false)
	}
	for _, e := range stats.Effects(rows, 0.95) {
		require.True(t, math.IsNaN(e.P) && math.IsNaN(e.Delta))
	}
	require.Empty(t, stats.Effects(nil, 0.95))
	rows[0].Value = math.NaN()
	require.True(t, math.IsNaN(stats.Effects(rows, 0.95)[0].P))
	one := observe(1, 2, func(int, []bool) float64 { return 1 })
	require.True(t, math.IsNaN(stats.Effects(one, 0.95)[0].P))
}
