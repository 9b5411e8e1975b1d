//go:build simulation

// The simulations take a minute or two, so they are a step of their own in .ci/run:
//
//	go test -tags simulation -run Simulated ./internal/verdict/stats ./internal/verdict/compare

package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/stats"
)

// simulated is how many pairs of runs each setting is tried with.
const simulated = 2000

// within is how far chance takes a share of so many pairs of runs: three
// Monte-Carlo errors.
func within(share float64) float64 { return 3 * math.Sqrt(share*(1-share)/simulated) }

// A setting is a kind of suite that comparisons are simulated for.
type setting struct {
	cases, trials, group int
}

func (s setting) String() string {
	return fmt.Sprintf("N=%d K=%d group=%d", s.cases, s.trials, s.group)
}

func (s setting) random() *rand.Rand {
	return rand.New(rand.NewPCG(20261123, uint64(s.cases*100+s.trials*10+s.group)))
}

// draw simulates one grader on both sides. Most cases are easy or hard, some
// are a toss-up, as in real suites; the cases of a group are alike. Drop lowers
// the head's chance to pass, by ten points on average where it is 1.
func (s setting) draw(r *rand.Rand, drop float64) gathered {
	g := gathered{binary: s.trials == 1, grouped: s.group > 1, cases: s.cases}
	for done := 0; done < s.cases; {
		base, lower := 0.95, 0.12 // 0.6·0.12 + 0.2·0.13 + 0.2·0.01 = 0.1
		switch kind := r.Float64(); {
		case kind < 0.2:
			base, lower = 0.05, 0.01
		case kind < 0.4:
			base, lower = 0.5, 0.13
		}
		var u unit
		n := 0
		for ; n < s.group && done < s.cases; n++ {
			u.base += s.mean(r, base)
			u.head += s.mean(r, base-lower*drop)
			done++
		}
		u.base /= float64(n)
		u.head /= float64(n)
		g.units = append(g.units, u)
	}
	return g
}

func (s setting) mean(r *rand.Rand, p float64) float64 {
	passed := 0
	for range s.trials {
		if r.Float64() < p {
			passed++
		}
	}
	return float64(passed) / float64(s.trials)
}

// flipping draws cases that rise and fall by 1 with the given chances.
func flipping(r *rand.Rand, cases int, better, worse float64) gathered {
	g := gathered{binary: true, cases: cases, units: make([]unit, cases)}
	for i := range g.units {
		switch v := r.Float64(); {
		case v < better:
			g.units[i].head = 1
		case v < better+worse:
			g.units[i].base = 1
		}
	}
	return g
}

// verdictOf is the overall verdict on the graders, all of them gating.
func verdictOf(trials int, list ...gathered) Verdict {
	graders := make([]Grader, len(list))
	for i, g := range list {
		graders[i] = resultOf("grader", g, trials, Options{Seed: 1, Samples: 500})
		graders[i].Gating, graders[i].Margin = true, DefaultMargin
	}
	for i, p := range adjust(graders) {
		graders[i].Verdict = graderVerdict(graders[i], p)
	}
	return *overall(graders)
}

// shares is how often each verdict comes out of the simulated pairs of runs.
func shares(draw func() Verdict) map[Verdict]float64 {
	out := map[Verdict]float64{}
	for range simulated {
		out[draw()] += 1. / simulated
	}
	return out
}

// TestSimulatedFalseAlarms holds the verdict to its promise where nothing differs:
// at most 2.5% of comparisons say regressed, and 3% improved.
func TestSimulatedFalseAlarms(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, s setting, graders int) {
		t.Helper()
		r := s.random()
		share := shares(func() Verdict {
			list := make([]gathered, graders)
			for i := range list {
				list[i] = s.draw(r, 0)
			}
			return verdictOf(s.trials, list...)
		})
		t.Logf("regressed %.4f, improved %.4f", share[Regressed], share[Improved])
		require.LessOrEqual(t, share[Regressed], 0.025+within(0.025))
		require.LessOrEqual(t, share[Improved], 0.03+within(0.03))
	}
	for _, cases := range []int{30, 150, 500} {
		for _, trials := range []int{1, 3} {
			for _, group := range []int{1, 3} {
				s := setting{cases: cases, trials: trials, group: group}
				t.Run(s.String(), func(t *testing.T) {
					t.Parallel()
					check(t, s, 1)
				})
			}
		}
	}
	t.Run("four graders", func(t *testing.T) {
		t.Parallel()
		check(t, setting{cases: 150, trials: 1, group: 1}, 4)
	})
}

// TestSimulatedDropIsCaught holds it to the other half: a drop of ten points over
// 500 cases is detected in at least 80% of comparisons, and a drop of the margin is
// called no worse in at most 4%.
func TestSimulatedDropIsCaught(t *testing.T) {
	t.Parallel()
	for _, cases := range []int{150, 500} {
		for _, trials := range []int{1, 3} {
			s := setting{cases: cases, trials: trials, group: 1}
			t.Run(s.String(), func(t *testing.T) {
				t.Parallel()
				r := s.random()
				caught := shares(func() Verdict { return verdictOf(s.trials, s.draw(r, 1)) })[Regressed]
				atMargin := shares(func() Verdict { return verdictOf(s.trials, s.draw(r, 0.5)) })[NoWorse]
				t.Logf("10 points are regressed in %.3f, 5 points no worse in %.4f", caught, atMargin)
				if cases == 500 {
					require.GreaterOrEqual(t, caught, 0.8)
				}
				require.LessOrEqual(t, atMargin, 0.04+within(0.04))
			})
		}
	}
}

// TestSimulatedIdleGraders: a drop of ten points over 100 cases is detected as often
// beside three graders that never flip as it would be alone.
func TestSimulatedIdleGraders(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(20261123, 4))
	idle := flipping(r, 100, 0, 0)
	byHolm := 0.0
	caught := shares(func() Verdict {
		g := flipping(r, 100, 0.02, 0.12)
		if d := differenceOf(g); stats.McNemar(d.better, d.worse) < 0.05/4 && d.better < d.worse {
			byHolm += 1. / simulated
		}
		return verdictOf(1, g, idle, idle, idle)
	})[Regressed]
	t.Logf("regressed in %.3f, by Holm's correction in %.3f", caught, byHolm)
	require.InDelta(t, 0.73, caught, 0.03)
	require.InDelta(t, 0.51, byHolm, 0.03)
}

// sliceVerdicts compares one grader within several types.
func sliceVerdicts(list ...gathered) []TypeSlice {
	out := make([]TypeSlice, len(list))
	for i, g := range list {
		d := differenceOf(g)
		out[i] = TypeSlice{delta: d.delta, margin: DefaultMargin, Better: d.better, Worse: d.worse}
		out[i].worse, out[i].better = stats.SignFlipSides(d.diffs, stats.Options{Seed: 1, Samples: 500})
	}
	nameSlices(out)
	return out
}

// TestSimulatedSlices: where nothing differs, at most 3% of comparisons name a type
// that gets worse and 5% any. Of two types of 50 cases, one that drops by 20 points is
// named in 90% where 5% of the cases flip by chance, and in 64% where 20% do.
func TestSimulatedSlices(t *testing.T) {
	t.Parallel()
	for _, flips := range []float64{0.05, 0.1, 0.2} {
		for _, graders := range []int{1, 4} {
			r := rand.New(rand.NewPCG(20261123, uint64(100*flips)+uint64(graders)))
			worse, named, gated := 0.0, 0.0, 0.0
			for range simulated {
				var list []gathered
				for range 3 * graders {
					list = append(list, flipping(r, 56, flips/2, flips/2))
				}
				isWorse, isNamed, isGated := false, false, false
				for _, s := range sliceVerdicts(list...) {
					isWorse, isNamed = isWorse || s.Verdict == SliceWorse, isNamed || s.Verdict != SliceOpen
					isGated = isGated || s.failsGate
				}
				for share, is := range map[*float64]bool{&worse: isWorse, &named: isNamed, &gated: isGated} {
					if is {
						*share += 1. / simulated
					}
				}
			}
			t.Logf("flips %.2f, %d graders: a type worse in %.4f, any named in %.4f, a gate missed in %.4f",
				flips, graders, worse, named, gated)
			require.LessOrEqual(t, worse, 0.03+within(0.03))
			require.LessOrEqual(t, named, 0.05+within(0.05))
			require.LessOrEqual(t, gated, 0.025+within(0.025))
		}
	}
	for flips, want := range map[float64]float64{0.05: 0.90, 0.2: 0.64} {
		r := rand.New(rand.NewPCG(20261123, uint64(100*flips)))
		found := 0.0
		for range simulated {
			// A third of the replies that would pass break, where 60% pass: 20 points.
			broken := flipping(r, 50, flips/2*2/3, 0.6-(0.6-flips/2)*2/3)
			if sliceVerdicts(broken, flipping(r, 50, flips/2, flips/2))[0].Verdict == SliceWorse {
				found += 1. / simulated
			}
		}
		t.Logf("flips %.2f: a drop of 20 points is named in %.3f", flips, found)
		require.InDelta(t, want, found, 0.03)
	}
}

// TestSimulatedChain: twenty edits that change nothing, each kept if it scores
// higher than the one before. The verdict on the cases that chose them is often
// improved, the one on sealed cases hardly ever.
func TestSimulatedChain(t *testing.T) {
	t.Parallel()
	const open, sealed, edits, again = 118, 50, 20, 0.3
	r := rand.New(rand.NewPCG(20261123, 20))
	edit := func(replies []float64, chances []float64) []float64 {
		out := make([]float64, len(replies))
		for i := range out {
			out[i] = replies[i]
			if r.Float64() < again { // a reply that the edit changes comes out anew
				out[i] = float64(int(r.Float64() + chances[i]))
			}
		}
		return out
	}
	gatheredOf := func(base, head []float64) gathered {
		g := gathered{binary: true, cases: len(base)}
		for i := range base {
			g.units = append(g.units, unit{base: base[i], head: head[i]})
		}
		return g
	}
	chosen, onSealed := 0.0, 0.0
	for range simulated {
		chances := make([]float64, open+sealed)
		for i := range chances {
			chances[i] = []float64{0.95, 0.95, 0.95, 0.5, 0.05}[r.IntN(5)]
		}
		base := make([]float64, len(chances))
		for i := range base {
			base[i] = float64(int(r.Float64() + chances[i]))
		}
		best := base
		for range edits {
			next := edit(best, chances)
			if stats.Mean(next[:open]) > stats.Mean(best[:open]) {
				best = next
			}
		}
		if verdictOf(1, gatheredOf(base[:open], best[:open])) == Improved {
			chosen += 1. / simulated
		}
		if verdictOf(1, gatheredOf(base[open:], best[open:])) == Improved {
			onSealed += 1. / simulated
		}
	}
	t.Logf("improved on the cases that chose it in %.3f, on sealed cases in %.4f", chosen, onSealed)
	require.Greater(t, chosen, 0.3)
	require.LessOrEqual(t, onSealed, 0.03+within(0.03))
}
