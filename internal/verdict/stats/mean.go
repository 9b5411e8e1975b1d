package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Mean returns the mean of the values, the same to the last bit in whichever order they come. It is NaN for no values,
// and if one is NaN or infinite.
func Mean(values []float64) float64 {
	ts, ok := tallies(values)
	if !ok || len(ts) == 0 {
		return math.NaN()
	}
	return mean(ts)
}

// mean keeps within the range of the values, which rounding could leave.
func mean(ts []tally) float64 {
	return clamp(sum(ts)/float64(size(ts)), ts[0].value, ts[len(ts)-1].value)
}

// MeanInterval returns Student's t interval of the mean of the values, at the two-sided level: mean ± t·s/sqrt(n) with
// n-1 degrees of freedom. It is not cut to the values' range. If all values are equal it is that value twice, which for
// few values claims more than they can show.
//
// The limits are NaN for fewer than two values, if one is NaN or infinite, and for a level outside (0,1).
//
// Source: Student, "The probable error of a mean", Biometrika 6 (1908) 1.
func MeanInterval(values []float64, level float64) (lo, hi float64) {
	ts, ok := tallies(values)
	if !ok || len(values) < 2 || !isProper(level) {
		return math.NaN(), math.NaN()
	}
	m := mean(ts)
	if len(ts) == 1 {
		return m, m
	}
	n := float64(len(values))
	half := tQuantile(n-1, level) * math.Sqrt(variance(values)/n)
	return m - half, m + half
}

// tTails returns P(|T| >= t) at df degrees of freedom, for t of at least 0.
func tTails(t, df float64) float64 { return mathext.RegIncBeta(df/2, 0.5, df/(df+t*t)) }

// tQuantile returns the t with P(|T| <= t) = level at df degrees of freedom, from x = t²/(df+t²), which follows
// Beta(1/2, df/2), or from its complement, whichever is smaller: next to 1 digits would be lost.
func tQuantile(df, level float64) float64 {
	if x := mathext.InvRegIncBeta(0.5, df/2, level); x < 0.5 {
		return math.Sqrt(df * x / (1 - x))
	}
	rest := mathext.InvRegIncBeta(df/2, 0.5, 1-level)
	return math.Sqrt(df * (1 - rest) / rest)
}

// AugmentedInterval returns an interval of the mean of paired differences in [-1,1] that holds its level with few
// differences other than 0, and with none: [MeanInterval] of the differences with +1 and -1 appended, so with n+1
// degrees of freedom, cut to [-1,1]. It has no threshold at which the method changes, so one more difference never
// makes it jump.
//
// Without differences it is (-1, 1). The limits are NaN if one is NaN or infinite, and for a level outside (0,1).
//
// Source: the adjustment of D. G. Bonett and R. M. Price, Journal of Educational and Behavioral Statistics 37 (2012)
// 479, for differences of any size.
func AugmentedInterval(diffs []float64, level float64) (lo, hi float64) {
	lo, hi = MeanInterval(augmented(diffs), level)
	return clamp(lo, -1, 1), clamp(hi, -1, 1)
}

// augmented is the differences with one more rise and one more fall, each as large as can be.
func augmented(diffs []float64) []float64 { return append(slices.Clone(diffs), 1, -1) }

// Of the sample sizes: the normal quantiles of a two-sided 95% interval and of a power of 80%.
const zInterval, zPower = 1.96, 0.84

// CasesForDiffs returns how many units a suite needs so that a true difference of the given size, a margin or a drop,
// is told from 0 by a 95% interval with a power of 80%, if the differences vary as those seen do:
//
//	n = ((1.96 + 0.84)·s/size)²
//
// s being the standard deviation of the differences with +1 and -1 appended, as [AugmentedInterval] takes it. Rounded
// up. It is 0 for a size outside (0,1], for a difference that is NaN or infinite, and above 100 million.
//
// Source: the usual normal approximation, as in J. M. Lachin, Controlled Clinical Trials 2 (1981) 93.
func CasesForDiffs(diffs []float64, size float64) int {
	n := math.Ceil(math.Pow((zInterval+zPower)*math.Sqrt(variance(augmented(diffs)))/size, 2))
	if !isShare(size) || size == 0 || !(n <= maxUnits) {
		return 0
	}
	return int(n)
}

// DropForDiffs is the reverse of [CasesForDiffs]: the smallest drop that so many units of such differences tell from 0
// with a power of 80%, at the two-sided alpha. It is NaN where that is above 1, and below [LeastFlips] units.
func DropForDiffs(diffs []float64, alpha float64) float64 {
	if !isProper(alpha) || len(diffs) < LeastFlips(alpha) {
		return math.NaN()
	}
	drop := (zFor(1-alpha) + zPower) * math.Sqrt(variance(augmented(diffs))/float64(len(diffs)))
	if !isShare(drop) {
		return math.NaN()
	}
	return drop
}

// variance is the sample variance, over n-1; NaN for fewer than two values, and if one is NaN or infinite.
func variance(values []float64) float64 {
	m := Mean(values)
	if math.IsNaN(m) || len(values) < 2 {
		return math.NaN()
	}
	ts, _ := tallies(values)
	squares := 0.0
	for _, t := range ts {
		squares += float64(t.count) * (t.value - m) * (t.value - m)
	}
	return squares / float64(len(values)-1)
}
