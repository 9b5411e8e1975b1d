//go:build simulation

// The simulations take a minute, so they are a step of their own in .ci/run:
//
//	go test -tags simulation -run Simulated ./internal/verdict/compare

package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// simulated is how many pairs of runs each setting and seed is tried with.
const simulated = 2000

// A setting is a kind of suite that comparisons are simulated for.
type setting struct {
	cases, trials, group int
}

func (s setting) String() string {
	return fmt.Sprintf("N=%d K=%d group=%d", s.cases, s.trials, s.group)
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

// shareRegressed is the share of simulated pairs whose overall verdict is
// regressed.
func (s setting) shareRegressed(seed uint64, graders int, drop float64) float64 {
	r := rand.New(rand.NewPCG(seed, uint64(s.cases*100+s.trials*10+s.group)))
	regressed := 0
	for range simulated {
		list := make([]Grader, graders)
		for i := range list {
			g := s.draw(r, drop)
			list[i] = resultOf("grader", g, s.trials, Options{Seed: seed, Samples: 500})
			list[i].Gating, list[i].Margin = true, DefaultMargin
		}
		for i, p := range adjust(list) {
			list[i].Verdict = graderVerdict(list[i], p)
		}
		if v := overall(list); v != nil && *v == Regressed {
			regressed++
		}
	}
	return float64(regressed) / simulated
}

// seeds are two fixed ones and one drawn now, which is printed, so that a
// failure can be had again.
func seeds(t *testing.T) []uint64 {
	t.Helper()
	drawn := rand.Uint64()
	t.Logf("seed drawn for this run: %d", drawn)
	return []uint64{1, 20261123, drawn}
}

// tolerance is what chance needs: four standard errors of a share of 5% over
// the simulated pairs, so that a right program fails once in thousands of runs.
func tolerance(share float64) float64 {
	return 4 * math.Sqrt(share*(1-share)/simulated)
}

// TestSimulatedFalseAlarms holds the verdict to its promise: where nothing
// differs, at most 5% of comparisons say regressed.
func TestSimulatedFalseAlarms(t *testing.T) {
	t.Parallel()
	for _, cases := range []int{30, 150, 500} {
		for _, trials := range []int{1, 3} {
			for _, group := range []int{1, 3} {
				s := setting{cases: cases, trials: trials, group: group}
				t.Run(s.String(), func(t *testing.T) {
					t.Parallel()
					for _, seed := range seeds(t) {
						share := s.shareRegressed(seed, 1, 0)
						t.Logf("seed %d: regressed in %.2f%%", seed, 100*share)
						require.LessOrEqual(t, share, 0.05+tolerance(0.05), "seed %d", seed)
					}
				})
			}
		}
	}
	t.Run("four graders", func(t *testing.T) {
		t.Parallel()
		for _, seed := range seeds(t) {
			share := setting{cases: 150, trials: 1, group: 1}.shareRegressed(seed, 4, 0)
			require.LessOrEqual(t, share, 0.05+tolerance(0.05), "seed %d", seed)
		}
	})
}

// TestSimulatedDropIsCaught holds it to the other half: a drop of ten points
// over 500 cases is detected in at least 80% of comparisons.
func TestSimulatedDropIsCaught(t *testing.T) {
	t.Parallel()
	for _, trials := range []int{1, 3} {
		s := setting{cases: 500, trials: trials, group: 1}
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			for _, seed := range seeds(t) {
				share := s.shareRegressed(seed, 1, 1)
				t.Logf("seed %d: caught in %.1f%%", seed, 100*share)
				require.GreaterOrEqual(t, share, 0.8, "seed %d", seed)
			}
		})
	}
}
