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

// TaroneHolm reports which hypotheses are rejected at alpha, in the order of the input. Like [Holm] it errs with a
// probability of at most alpha in all, for any dependence between the tests, but a hypothesis whose least attainable p
// is out of reach costs the others nothing. At each step K is the smallest number with
//
//	#{open hypotheses: least <= alpha/K} <= K
//
// Those open with p <= alpha/K are rejected and removed, until a step rejects none.
//
// A p that is NaN or outside [0,1] is a test that was not made: it is not rejected and does not count. A least that is
// missing or NaN counts as 0. Nothing is rejected unless 0 < alpha < 1. The input is left as it is.
//
// Source: R. E. Tarone, Biometrics 46 (1990) 515, stepwise as in G. Hommel and F. Krummenauer, Biometrics 54 (1998)
// 673.
func TaroneHolm(p, least []float64, alpha float64) []bool {
	_, rejected := taroneHolm(p, least, alpha)
	return rejected
}

// TaroneHolmAdjusted returns the p-values as corrected by [TaroneHolm]. One that is rejected at step K is K·p, and
// never below the one rejected before it. Those that stay open are K·p at the last K, within [alpha, 1]. A test that
// was not made stays NaN.
func TaroneHolmAdjusted(p, least []float64, alpha float64) []float64 {
	adjusted, _ := taroneHolm(p, least, alpha)
	return adjusted
}

func taroneHolm(p, least []float64, alpha float64) (adjusted []float64, rejected []bool) {
	adjusted, open := ranked(p)
	rejected = make([]bool, len(p))
	if !isProper(alpha) {
		return adjusted, rejected
	}
	leastOf := func(i int) float64 {
		if i < len(least) && isShare(least[i]) {
			return least[i]
		}
		return 0
	}
	floor := 0.0
	for len(open) > 0 {
		k := 1.0
		for testable(open, leastOf, alpha/k) > int(k) {
			k++
		}
		n := 0
		for ; n < len(open) && p[open[n]] <= alpha/k; n++ {
			floor = math.Max(floor, math.Min(1, k*p[open[n]]))
			adjusted[open[n]], rejected[open[n]] = floor, true
		}
		if n == 0 {
			for _, i := range open {
				adjusted[i] = clamp(k*p[i], alpha, 1)
			}
			break
		}
		open = open[n:]
	}
	return adjusted, rejected
}

// testable counts the hypotheses whose least attainable p is at most the threshold.
func testable(open []int, least func(int) float64, threshold float64) int {
	n := 0
	for _, i := range open {
		if least(i) <= threshold {
			n++
		}
	}
	return n
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
