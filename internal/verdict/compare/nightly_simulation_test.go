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

// aCase passes with one chance when the baseline is made, and with another on later nights.
type aCase struct{ before, now float64 }

// casesOf are 168 cases, a fifth of them toss-ups, as temperature makes them. Later, a sixth of those that nearly always
// pass fails, which is a drop of about ten points, if the model got worse.
func casesOf(r *rand.Rand, gotWorse bool) []aCase {
	out := make([]aCase, 168)
	for i := range out {
		chance := []float64{0.97, 0.97, 0.97, 0.5, 0.03}[r.IntN(5)]
		out[i] = aCase{chance, chance}
		if gotWorse && chance == 0.97 && r.IntN(6) == 0 {
			out[i].now = 0.03
		}
	}
	return out
}

// alarms simulates so many nights and says on how many the job fails, and how many runs it makes.
func (d design) alarms(r *rand.Rand, nights int, gotWorse bool) (alarms, runs int) {
	cases := casesOf(r, gotWorse)
	run := func(trials int, chance func(aCase) float64) []float64 {
		out := make([]float64, len(cases))
		for i := range out {
			for range trials {
				if r.Float64() < chance(cases[i]) {
					out[i] += 1 / float64(trials)
				}
			}
		}
		return out
	}
	before, now := func(c aCase) float64 { return c.before }, func(c aCase) float64 { return c.now }
	base := run(d.trials, before)
	for range d.bestOf - 1 {
		if other := run(d.trials, before); stats.Mean(other) > stats.Mean(base) {
			base = other
		}
	}
	regressed := func(head []float64, trials int) bool {
		g := gathered{binary: trials == 1, cases: len(cases), units: make([]unit, len(cases))}
		for i := range head {
			g.units[i] = unit{base: base[i], head: head[i]}
		}
		return verdictOf(trials, g) == Regressed
	}
	for range nights {
		head := run(1, now)
		runs++
		alarm := regressed(head, d.trials)
		if alarm && d.runsAgain {
			again := run(1, now)
			runs++
			for i := range head {
				head[i] = (head[i] + again[i]) / 2
			}
			alarm = regressed(head, max(2, d.trials))
		}
		if alarm {
			alarms++
		}
	}
	return alarms, runs
}

// TestSimulatedNights counts how often each design alarms in a month of nights in which nothing changes, and how often it
// notices in the first night that the model got worse by ten points.
func TestSimulatedNights(t *testing.T) {
	t.Parallel()
	const months = 400
	for _, d := range []design{
		{name: "one run", bestOf: 1, trials: 1, most: 0.3},
		{name: "one run, the best of five", bestOf: 5, trials: 1, least: 0.4, most: 1},
		{name: "one run, run again on an alarm", bestOf: 1, trials: 1, runsAgain: true, most: 0.2},
		{name: "five trials", bestOf: 1, trials: 5, most: 0.5},
		{name: "five trials, run again on an alarm", bestOf: 1, trials: 5, runsAgain: true, most: 0.25},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(20261123, uint64(10*d.bestOf+d.trials)))
			withAlarm, nightsWith, runs, noticed := 0., 0., 0., 0.
			for range months {
				n, made := d.alarms(r, nights, false)
				if n > 0 {
					withAlarm += 1. / months
				}
				nightsWith += float64(n) / months
				runs += float64(made) / months / nights
			}
			for range months {
				n, _ := d.alarms(r, 1, true)
				noticed += float64(n) / months
			}
			t.Logf("an alarm in %.3f of months, on %.2f nights a month; %.3f runs a night; ten points noticed in %.2f of nights",
				withAlarm, nightsWith, runs, noticed)
			require.GreaterOrEqual(t, withAlarm, d.least)
			require.LessOrEqual(t, withAlarm, d.most)
			require.GreaterOrEqual(t, noticed, 0.5)
		})
	}
}
