package stats

import (
	"math"

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
