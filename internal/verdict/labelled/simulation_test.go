//go:build simulation

package labelled_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/labelled"
)

// TestSimulatedNextLabels holds the interval of a rate to its level where labels that
// narrow it most follow a random draw.
func TestSimulatedNextLabels(t *testing.T) {
	t.Parallel()
	const worlds = 500
	for _, c := range []struct {
		name                           string
		good, sensitivity, specificity float64
	}{
		{"a fair judge", 0.6, 0.8, 0.7},
		{"a judge that tells nothing", 0.4, 0.5, 0.5},
		{"a good judge, few good", 0.2, 0.9, 0.9},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(20261123, uint64(100*c.good)))
			d := draw("r")
			places := order(d)
			covered, before, after := 0, 0.0, 0.0
			for range worlds {
				good, passes := make([]bool, cases), make([]bool, cases)
				for i := range cases {
					good[i] = r.Float64() < c.good
					passes[i] = r.Float64() < c.sensitivity
					if !good[i] {
						passes[i] = r.Float64() >= c.specificity
					}
				}
				person := func(i int) bool { return good[i] }
				run := judgedRun(func(i int) bool { return passes[i] })
				given := labels("v3", places[:labelled.Least], person)
				e := of(run, texts("v3"), d, given).Rate("tone")
				before += (e.CI[1] - e.CI[0]) / worlds
				for range 12 {
					u, _, ok := of(run, texts("v3"), d, given).Next("tone")
					require.True(t, ok)
					i := slices.IndexFunc(run.Cases, func(k runfile.Case) bool { return k.Case == u.Case })
					given = append(given, labels("v3", []int{i}, person)...)
				}
				e = of(run, texts("v3"), d, given).Rate("tone")
				after += (e.CI[1] - e.CI[0]) / worlds
				if e.CI[0] <= c.good && c.good <= e.CI[1] {
					covered++
				}
			}
			share := float64(covered) / worlds
			t.Logf("coverage %.3f, width %.2f after the draw and %.2f after 12 more", share, before, after)
			require.GreaterOrEqual(t, share, 0.93-3*math.Sqrt(0.93*0.07/worlds))
			require.LessOrEqual(t, share, 0.985+3*math.Sqrt(0.985*0.015/worlds))
			require.Less(t, after, before)
		})
	}
}
