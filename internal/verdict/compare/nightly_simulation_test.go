//go:build simulation

package compare

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/stats"
)

// nights is a month of them.
const nights = 30

// A design is how a nightly job compares an unchanged prompt with its baseline.
type design struct {
	name      string
	bestOf    int  // the baseline is the best of so many runs
	trials    int  // of the baseline, a case
	runsAgain bool // on an alarm, another run is pooled with the first before the job fails
	least     float64
	most      float64 // share of months with an alarm
}

// alarms simulates a month and reports whether a night of it alarms.
func (d design) alarms(r *rand.Rand) bool {
	const cases = 168
	chances := make([]float64, cases)
	for i := range chances { // a fifth are toss-ups, as temperature makes them
		chances[i] = []float64{0.97, 0.97, 0.97, 0.5, 0.03}[r.IntN(5)]
	}
	run := func(trials int) []float64 {
		out := make([]float64, cases)
		for i := range out {
			for range trials {
				if r.Float64() < chances[i] {
					out[i] += 1 / float64(trials)
				}
			}
		}
		return out
	}
	base := run(d.trials)
	for range d.bestOf - 1 {
		if other := run(d.trials); stats.Mean(other) > stats.Mean(base) {
			base = other
		}
	}
	regressed := func(head []float64, trials int) bool {
		g := gathered{binary: trials == 1, cases: cases, units: make([]unit, cases)}
		for i := range head {
			g.units[i] = unit{base: base[i], head: head[i]}
		}
		return verdictOf(trials, g) == Regressed
	}
	for range nights {
		head := run(1)
		if !regressed(head, d.trials) {
			continue
		}
		if !d.runsAgain {
			return true
		}
		again := run(1)
		for i := range head {
			head[i] = (head[i] + again[i]) / 2
		}
		if regressed(head, max(2, d.trials)) {
			return true
		}
	}
	return false
}

// TestSimulatedNights counts how often each design alarms in a month of nights in
// which nothing changes.
func TestSimulatedNights(t *testing.T) {
	t.Parallel()
	const months = 300
	for _, d := range []design{
		{name: "a baseline of one run", bestOf: 1, trials: 1, most: 0.5},
		{name: "a baseline that is the best of five runs", bestOf: 5, trials: 1, least: 0.4, most: 1},
		{name: "a baseline of five trials", bestOf: 1, trials: 5, most: 0.5},
		{name: "a baseline of five trials, run again on an alarm", bestOf: 1, trials: 5, runsAgain: true, most: 0.25},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(20261123, uint64(10*d.bestOf+d.trials)))
			alarmed := 0.0
			for range months {
				if d.alarms(r) {
					alarmed += 1. / months
				}
			}
			t.Logf("an alarm in %.2f of months", alarmed)
			require.GreaterOrEqual(t, alarmed, d.least)
			require.LessOrEqual(t, alarmed, d.most)
		})
	}
}
