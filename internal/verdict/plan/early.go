package plan

import (
	"math/rand/v2"

	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/stats"
)

// ChanceOfFlip is the share of units that flip by chance, half of them each way, in
// what an [Early] expects.
const ChanceOfFlip = 0.05

// An Early is what a job will probably need that stops once its verdicts are decided.
type Early struct {
	GateOnly      bool    `json:"gate_only"`
	ToEnd         string  `json:"to_the_end,omitempty"`     // why it runs all cases
	OnlyRegressed string  `json:"only_regressed,omitempty"` // why no other verdict stops it
	Shares        []Share `json:"shares"`                   // none where it runs all cases
}

// A Share is which share of the cases a comparison takes on average, if a grader
// drops by so much.
type Share struct {
	Drop  float64 `json:"drop"`
	Share float64 `json:"share"`
}

const (
	seed     = 20261123
	most     = 400    // worlds that are drawn
	fewest   = 20     // of them
	allUnits = 50_000 // in all worlds together, about
)

// Expect fills the shares by a simulation with a fixed seed: one of the graders drops
// by 0, 10 or 20 points, and all of them have values of 0 and 1.
func (e *Early) Expect(units, graders int, margin float64, s compare.Stopping) {
	e.Shares = []Share{}
	worlds := min(most, max(fewest, allUnits/max(1, units*graders)))
	for _, drop := range []float64{0, 0.1, 0.2} {
		r := rand.New(rand.NewPCG(seed, uint64(100*drop)))
		total := 0.0
		for range worlds {
			total += shareOf(r, units, graders, drop, margin, s)
		}
		e.Shares = append(e.Shares, Share{drop, total / float64(worlds)})
	}
}

// shareOf draws a world and returns the share of its units until a decision.
func shareOf(r *rand.Rand, units, graders int, drop, margin float64, s compare.Stopping) float64 {
	looks := make([]compare.Look, graders)
	for i := range looks {
		looks[i] = compare.Look{Early: stats.Early{Units: units}, Margin: margin}
	}
	for _, seen := range compare.Looks(units) {
		for i := range looks {
			l := &looks[i]
			for ; l.Seen < seen; l.Seen++ {
				switch u := r.Float64(); {
				case u < ChanceOfFlip/2:
					l.Better++
				case u < ChanceOfFlip, i == 0 && u < ChanceOfFlip+drop:
					l.Worse++
				}
			}
		}
		if _, ok := compare.DecideEarly(looks, s); ok {
			return float64(seen) / float64(units)
		}
	}
	return 1
}
