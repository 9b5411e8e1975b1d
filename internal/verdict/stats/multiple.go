package stats

import (
	"cmp"
	"math"
	"slices"
)

// Holm returns the p-values corrected for multiple tests, in the order of the input. Calling every value below alpha
// significant errs with a probability of at most alpha in all, for any dependence between the tests. The k-th smallest
// of m is multiplied by m-k+1, never falls below the one before it, and never exceeds 1.
//
// A NaN is a test that was not made: it stays NaN and does not count towards m. So is any other value outside [0,1].
// The input is left as it is.
//
// Source: S. Holm, Scandinavian Journal of Statistics 6 (1979) 65.
func Holm(p []float64) []float64 {
	out, order := ranked(p)
	floor := 0.0
	for i, at := range order {
		floor = math.Max(floor, math.Min(1, p[at]*float64(len(order)-i)))
		out[at] = floor
	}
	return out
}

// BenjaminiHochberg returns the p-values corrected so that calling significant what lies below alpha keeps the expected
// share of false alarms among the alarms at alpha, for independent tests. It suits exploring many slices; [Holm] is for
// gates. The k-th smallest of m is multiplied by m/k, never exceeds the one after it, and never exceeds 1.
//
// NaN and values outside [0,1] are treated as in [Holm].
//
// Source: Y. Benjamini and Y. Hochberg, JRSS B 57 (1995) 289.
func BenjaminiHochberg(p []float64) []float64 {
	out, order := ranked(p)
	ceiling := 1.0
	for i, at := range slices.Backward(order) {
		ceiling = math.Min(ceiling, p[at]*(float64(len(order))/float64(i+1)))
		out[at] = ceiling
	}
	return out
}

// ranked returns a result of NaNs, as long as p, and the positions of the valid p-values in ascending order.
func ranked(p []float64) (out []float64, order []int) {
	out = make([]float64, len(p))
	for i, v := range p {
		out[i] = math.NaN()
		if isShare(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return out, order
}
