package stats

import "math"

// McNemar returns the exact two-sided p-value of the hypothesis that a unit that changed was as likely to get better as
// worse: twice the smaller tail of Binomial(better+worse, 1/2), at most 1. Units that did not change do not enter.
// Without any change it is 1.
//
// It is NaN for a negative count.
//
// Source: Q. McNemar, Psychometrika 12 (1947) 153, in its exact form, the sign test.
func McNemar(better, worse int) (p float64) {
	if better < 0 || worse < 0 {
		return math.NaN()
	}
	if better == worse {
		return 1
	}
	fewer := min(better, worse)
	flips := float64(better) + float64(worse)
	if fewer == 0 {
		return math.Min(1, math.Exp2(1-flips))
	}
	if flips > mostExact {
		return 2 * normalCDF((2*float64(fewer)-flips)/math.Sqrt(flips))
	}
	return math.Min(1, 2*binomial{better + worse, 0.5}.cdf(fewer))
}

// LeastFlips returns the smallest number of one-way flips whose [McNemar] p-value lies below alpha: 6 for 0.05, 8 for
// 0.05/5. With fewer flips no comparison can be significant, however large the suite.
//
// It is 0 unless 0 < alpha < 1.
func LeastFlips(alpha float64) int {
	if !isProper(alpha) {
		return 0
	}
	k := 1
	for McNemar(k, 0) >= alpha { // ends at the latest where 2^(1-k) underflows
		k++
	}
	return k
}
