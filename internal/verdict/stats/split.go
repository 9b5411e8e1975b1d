package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// splits is how many random halves a split score is the mean of.
const splits = 50

// SplitScore returns what the best of several tries scores where it was not chosen: the units are cut into two random
// halves, the try with the highest mean on the one is scored on the other, and the result is the mean over 50 seeded
// splits. The highest mean over all units is too high, because the best of many is partly the luckiest.
//
// Each try has a value for every unit, all in one order of the units. Tries that tie for the highest mean count as one
// with their mean score. It is NaN without a try, for fewer than two units, for tries of different length, and if a
// value is NaN or infinite.
//
// Source: repeated learning-testing, P. Burman, Biometrika 76 (1989) 503.
func SplitScore(tries [][]float64, seed uint64) float64 {
	if len(tries) == 0 || len(tries[0]) < 2 {
		return math.NaN()
	}
	units := len(tries[0])
	for _, values := range tries {
		if len(values) != units || math.IsNaN(Mean(values)) {
			return math.NaN()
		}
	}
	rng := rand.New(rand.NewPCG(seed, splitStream))
	scores := make([]float64, splits)
	chosenBy, scoredBy := make([]float64, len(tries)), make([]float64, len(tries))
	for i := range scores {
		order := rng.Perm(units)
		for k, values := range tries {
			chosenBy[k], scoredBy[k] = halves(values, order)
		}
		best, total, n := slices.Max(chosenBy), 0.0, 0
		for k, score := range chosenBy {
			if score >= best-tieTolerance*math.Abs(best) {
				total += scoredBy[k]
				n++
			}
		}
		scores[i] = total / float64(n)
	}
	return Mean(scores)
}

// halves returns the means over the first half of the order and over the rest.
func halves(values []float64, order []int) (first, rest float64) {
	half := len(order) / 2
	for i, unit := range order {
		if i < half {
			first += values[unit] / float64(half)
		} else {
			rest += values[unit] / float64(len(order)-half)
		}
	}
	return first, rest
}
