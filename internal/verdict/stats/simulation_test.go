//go:build simulation

package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/stats"
)

// within is how far chance takes a share of so many simulated worlds: three
// Monte-Carlo errors.
func within(share float64, worlds int) float64 {
	return 3 * math.Sqrt(share*(1-share)/float64(worlds))
}

// world draws how many units of a suite rise and fall, in a random order.
func world(r *rand.Rand, units int, better, worse float64) []int {
	out := make([]int, units)
	for i := range out {
		switch u := r.Float64(); {
		case u < better:
			out[i] = 1
		case u < better+worse:
			out[i] = -1
		}
	}
	return out
}

func counts(units []int) (better, worse int) {
	for _, d := range units {
		switch d {
		case 1:
			better++
		case -1:
			worse++
		}
	}
	return better, worse
}

// stop looks at 10%, 15%, 20%, … of the units and returns the share at which a rule
// stops, 1 if none does, and whether rule 1 stopped with another verdict than that
// on all units.
func stop(units []int, rule stats.Rule, gateOnly bool) (share float64, isWrong bool) {
	better, worse := counts(units)
	final := rule.Outcome(better, worse, len(units))
	for look := 2; look < 20; look++ {
		seen := int(math.Ceil(float64(look*len(units)) / 20))
		e := stats.Early{Units: len(units), Seen: seen}
		e.Better, e.Worse = counts(units[:seen])
		switch e.Settled(rule, 0.02) {
		case stats.Regressed:
			return float64(seen) / float64(len(units)), final != stats.Regressed
		case stats.NoWorse:
			return float64(seen) / float64(len(units)), final < stats.NoWorse
		case stats.Improved:
			return float64(seen) / float64(len(units)), final != stats.Improved
		}
		if gateOnly && e.ChanceRegressed(rule) <= 0.01 {
			return float64(seen) / float64(len(units)), false
		}
	}
	return 1, false
}

// TestSimulatedStops holds stopping early to its error and to the share of calls
// that it takes: 500 cases where 5% flip by chance.
func TestSimulatedStops(t *testing.T) {
	t.Parallel()
	const worlds = 2000
	for _, c := range []struct {
		name     string
		drop     float64
		gateOnly bool
		share    float64
	}{
		{"no difference", 0, false, 0.80},
		{"no difference, rules 1 and 2", 0, true, 0.45},
		{"10 points", 0.10, false, 0.54},
		{"20 points", 0.20, false, 0.23},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(20261123, uint64(100*c.drop)))
			rule := stats.Rule{Margin: 0.05, Level: 0.95, Alpha: 0.05}
			total, wrong := 0.0, 0
			for range worlds {
				share, isWrong := stop(world(r, 500, 0.025, 0.025+c.drop), rule, c.gateOnly)
				total += share
				if isWrong {
					wrong++
				}
			}
			t.Logf("share of calls %.3f, wrong stops %d of %d", total/worlds, wrong, worlds)
			require.InDelta(t, c.share, total/worlds, 0.03)
			require.LessOrEqual(t, float64(wrong)/worlds, 0.005+within(0.005, worlds))
		})
	}
}

// TestSimulatedLabelIntervals holds both intervals that rest on a few labels to
// their level.
func TestSimulatedLabelIntervals(t *testing.T) {
	t.Parallel()
	const worlds = 4000
	for _, c := range []struct {
		name                           string
		replies, labels                int
		good, sensitivity, specificity float64
	}{
		{"30 labels, a fair judge", 168, 30, 0.6, 0.8, 0.7},
		{"100 labels, a good judge", 168, 100, 0.7, 0.9, 0.9},
		{"100 labels, a judge that tells nothing", 500, 100, 0.5, 0.6, 0.4},
		{"50 labels, nearly all good", 300, 50, 0.9, 0.9, 0.6},
		{"30 labels, few good", 500, 30, 0.2, 0.7, 0.9},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, uint64(c.labels*1000+c.replies)))
			pass := func(good bool) bool {
				if good {
					return r.Float64() < c.sensitivity
				}
				return r.Float64() >= c.specificity
			}
			rates, differences, width := 0, 0, 0.0
			for range worlds {
				passes, table := 0, [2][2]int{}
				judge, people := make([]float64, c.replies), map[int]float64{}
				trueDelta := 0.0
				for i := range c.replies {
					base, head := r.Float64() < c.good, r.Float64() < c.good
					if r.Float64() < 0.7 { // most cases are as they were
						head = base
					}
					basePass, headPass := pass(base), pass(head)
					judge[i] = number(headPass) - number(basePass)
					trueDelta += number(head) - number(base)
					passes += int(number(headPass))
					if i < c.labels { // units are in no order
						table[int(number(headPass))][int(number(head))]++
						people[i] = number(head) - number(base)
					}
				}
				rate, lo, hi := stats.JudgedRate(c.replies, passes, table[1][1], table[1][0], table[0][1], table[0][0], 0.95)
				require.False(t, math.IsNaN(rate))
				if lo <= c.good && c.good <= hi {
					rates++
				}
				width += (hi - lo) / worlds
				_, lo, hi = stats.JudgedDifference(judge, people, 0.95)
				if lo <= 0 && 0 <= hi { // the two are as good in the long run
					differences++
				}
			}
			t.Logf("coverage of the rate %.3f (width %.2f), of the difference %.3f",
				float64(rates)/worlds, width, float64(differences)/worlds)
			for _, covered := range []int{rates, differences} {
				share := float64(covered) / worlds
				require.GreaterOrEqual(t, share, 0.93-within(0.93, worlds))
				require.LessOrEqual(t, share, 0.985+within(0.985, worlds))
			}
		})
	}
}

// TestSimulatedCorrectedRates holds the interval of a rate by a calibration of 80
// labels to its level where the judge errs as on the labelled replies, also for a
// judge that is too poor to gate, and shows that it does not hold where the judge
// errs otherwise.
func TestSimulatedCorrectedRates(t *testing.T) {
	t.Parallel()
	const worlds, labels, replies, good = 4000, 80, 168, 0.6
	for _, c := range []struct {
		name           string
		labelled, here [2]float64 // sensitivity and specificity
		least, most    float64    // of the coverage
	}{
		{"a good judge", [2]float64{0.9, 0.9}, [2]float64{0.9, 0.9}, 0.93, 0.985},
		{"a fair judge", [2]float64{0.7, 0.8}, [2]float64{0.7, 0.8}, 0.93, 0.985},
		{"a poor judge", [2]float64{0.6, 0.6}, [2]float64{0.6, 0.6}, 0.93, 1},
		{"it passes more here", [2]float64{0.9, 0.9}, [2]float64{0.9, 0.6}, 0, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(20261124, uint64(100*c.here[1])))
			passes := func(isGood bool, judge [2]float64) bool {
				if isGood {
					return r.Float64() < judge[0]
				}
				return r.Float64() >= judge[1]
			}
			covered, known, width := 0, 0, 0.0
			for range worlds {
				var a stats.Agreement
				for range labels {
					isGood := r.Float64() < 0.4
					switch pass := passes(isGood, c.labelled); {
					case isGood && pass:
						a.TP++
					case isGood:
						a.FN++
					case pass:
						a.FP++
					default:
						a.TN++
					}
				}
				passed := 0.0
				for range replies {
					passed += number(passes(r.Float64() < good, c.here))
				}
				_, lo, hi, ok := stats.CorrectedRate(passed/replies, replies, a, 0.95)
				if !ok {
					continue
				}
				known++
				width += hi - lo
				if lo <= good && good <= hi {
					covered++
				}
			}
			share := float64(covered) / float64(known)
			t.Logf("coverage %.3f, width %.2f, undefined in %d of %d", share, width/float64(known), worlds-known, worlds)
			require.GreaterOrEqual(t, share, c.least-within(c.least, known))
			require.LessOrEqual(t, share, c.most+within(c.most, known))
		})
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// TestSimulatedLowerBounds holds the lower bound of a mean of trials to its level
// near the ceiling.
func TestSimulatedLowerBounds(t *testing.T) {
	t.Parallel()
	const worlds = 2000
	for _, units := range []int{20, 50, 150} { // cases of three trials
		for _, rate := range []float64{0.9, 0.97, 0.99} {
			for _, alike := range []bool{false, true} { // trials of a case come out alike, or do not
				r := rand.New(rand.NewPCG(uint64(units), uint64(1000*rate)))
				missed := 0
				for range worlds {
					values := make([]float64, units)
					for i := range values {
						p := rate
						if alike {
							p = number(r.Float64() < rate)
						}
						for range 3 {
							values[i] += number(r.Float64() < p) / 3
						}
					}
					if lo, _ := stats.WilsonEffective(values, 3, 0.95); lo > rate {
						missed++
					}
				}
				share := float64(missed) / worlds
				t.Logf("%d cases at %.2f, alike %v: misses %.4f", units, rate, alike, share)
				require.LessOrEqual(t, share, 0.025+within(0.025, worlds), "%d cases at %.2f, alike %v", units, rate, alike)
			}
		}
	}
}
