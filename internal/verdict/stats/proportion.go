package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Wilson returns the score interval of one rate, x passes out of n, at the two-sided level. The limits are the rates r
// at which x/n lies exactly z standard errors, sqrt(r(1-r)/n), away.
//
// No case at all says nothing about the rate: Wilson(0, 0, level) is (0, 1). The limits are NaN unless 0 <= x <= n and
// 0 < level < 1.
//
// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927); method
// 3 of R. G. Newcombe, Statistics in Medicine 17 (1998) 857.
func Wilson(x, n int, level float64) (lo, hi float64) {
	if x < 0 || n < x || !isProper(level) {
		return math.NaN(), math.NaN()
	}
	if n == 0 {
		return 0, 1
	}
	lo = 0
	if x > 0 {
		lo = wilsonLower(float64(x), float64(n), zFor(level))
	}
	return lo, wilsonUpper(x, n, zFor(level))
}

// wilsonUpper is the complement of the lower limit of the fails.
func wilsonUpper(x, n int, z float64) float64 {
	if x == n {
		return 1
	}
	return 1 - wilsonLower(float64(n-x), float64(n), z)
}

// wilsonLower divides the product of the two limits by the upper one: the usual form subtracts two nearly equal numbers
// where x is small.
func wilsonLower(x, n, z float64) float64 {
	p := x / n
	root := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return p * p / (p + z*z/(2*n) + root)
}

// WilsonEffective returns the interval of the mean of unit values in [0,1] that are averages of trials, at the
// two-sided level. It is [Wilson]'s of a rate m, the mean, over as many units as the values are worth:
//
//	n·clip(m(1-m)/v, 1, trials)·(z/t)²,  v = (n·s² + m(1-m))/(n+1)
//
// s² being their variance and t Student's quantile at n-1 degrees of freedom. Values that vary less than single trials
// would are worth more, up to all their trials; t pays for estimating s². Where v is 0 the clipped factor is 1. Unlike
// Student's interval it stays within [0,1] and has a width where all values are the same.
//
// Fewer than two values give (0, 1). The limits are NaN if a value is outside [0,1], for fewer than one trial, and for
// a level outside (0,1).
//
// Source: [Wilson] at the effective sample size of E. L. Korn and B. I. Graubard, Survey Methodology 24 (1998) 193.
func WilsonEffective(values []float64, trials int, level float64) (lo, hi float64) {
	outside := slices.ContainsFunc(values, func(v float64) bool { return !isShare(v) })
	if outside || trials < 1 || !isProper(level) {
		return math.NaN(), math.NaN()
	}
	if len(values) < 2 {
		return 0, 1
	}
	n, m, z := float64(len(values)), Mean(values), zFor(level)
	factor := 1.0
	if v := (n*variance(values) + m*(1-m)) / (n + 1); v > 0 {
		factor = clamp(m*(1-m)/v, 1, float64(trials))
	}
	units := n * factor * math.Pow(z/tQuantile(n-1, level), 2)
	lo, hi = 0, 1
	if m > 0 {
		lo = wilsonLower(m*units, units, z)
	}
	if m < 1 {
		hi = 1 - wilsonLower((1-m)*units, units, z)
	}
	return lo, hi
}

// ClopperPearsonUpper returns the exact one-sided upper bound, at the level, of a rate with x out of n observed: the
// largest rate under which x or fewer still have a probability of 1-level. With x = 0 it is 1-(1-level)^(1/n); with x =
// n, and for n = 0, it is 1.
//
// It is NaN unless 0 <= x <= n and 0 < level < 1.
//
// Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404; the bound is the level quantile of Beta(x+1, n-x).
func ClopperPearsonUpper(x, n int, level float64) float64 {
	if x < 0 || n < x || !isProper(level) {
		return math.NaN()
	}
	return binomialUpper(x, n, 1-level)
}

// binomialUpper is the rate under which x or fewer of n have the probability tail.
func binomialUpper(x, n int, tail float64) float64 {
	switch x {
	case n:
		return 1
	case 0:
		return -math.Expm1(math.Log(tail) / float64(n))
	}
	if n > mostExact {
		return wilsonUpper(x, n, -mathext.NormalQuantile(tail))
	}
	return mathext.InvRegIncBeta(float64(x)+1, float64(n-x), 1-tail)
}

// FlipInterval bounds the mean difference of n units if better of them rose, worse fell, by any amount, and no
// difference exceeds 1. It is [-u(worse), u(better)], u being the one-sided [ClopperPearsonUpper] bound at (1+level)/2
// on the share of such units. It is wide and never claims too much, which a bootstrap over a handful of differing units
// does.
//
// With n = 0 it is (-1, 1). The limits are NaN for a negative count, for better+worse > n, and for a level outside
// (0,1).
func FlipInterval(better, worse, n int, level float64) (lo, hi float64) {
	if !areFlips(better, worse, n) || !isProper(level) {
		return math.NaN(), math.NaN()
	}
	tail := (1 - level) / 2
	return -binomialUpper(worse, n, tail), binomialUpper(better, n, tail)
}

// areFlips reports whether better and worse can be counts among n units.
func areFlips(better, worse, n int) bool {
	return better >= 0 && worse >= 0 && better <= n && worse <= n-better
}
