package stats

import "math"

// Tango returns the score interval of a paired difference of rates, d = (better-worse)/n, at the two-sided level. A
// limit is the difference at which the score statistic
//
//	T(d) = (better - worse - n·d) / sqrt(n·(2q + d(1-d)))
//
// equals z or -z, where q is the maximum-likelihood share of units that get worse if the true difference is d. It holds
// its level with few flips and with none, where the Wald interval collapses to a point: without any flip it is
// ±z²/(n+z²).
//
// With n = 0 it is (-1, 1). The limits are NaN for a negative count, for better+worse > n, and for a level outside
// (0,1).
//
// Source: T. Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
// design", Statistics in Medicine 17 (1998) 891.
func Tango(better, worse, n int, level float64) (lo, hi float64) {
	if !areFlips(better, worse, n) || !isProper(level) {
		return math.NaN(), math.NaN()
	}
	if n == 0 {
		return -1, 1
	}
	z := zFor(level)
	return 0 - tangoUpper(worse, better, n, z), tangoUpper(better, worse, n, z)
}

// tangoUpper finds the upper limit; the lower one is the negated upper limit of the swapped counts, so swapping the two
// runs mirrors the interval to the last bit.
func tangoUpper(better, worse, n int, z float64) float64 {
	if better == n {
		return 1
	}
	b, w, all := float64(better), float64(worse), float64(n)
	// T falls as d rises and is 0 at the observed difference. Both ends are left out: there the standard error can be 0, a
	// root of no meaning.
	return bisect((b-w)/all, 1, func(d float64) bool {
		return b-w-all*d > -z*tangoStdErr(b, w, all, d)
	})
}

// tangoStdErr returns sqrt(n·(2q + d(1-d))), the standard error of better-worse if the true difference is d in [-1,1].
func tangoStdErr(better, worse, n, d float64) float64 {
	if d < 0 {
		// The same number by symmetry; for d >= 0 every term is positive, so nothing cancels.
		better, worse, d = worse, better, -d
	}
	// q is the larger root of a·q² + b·q + c, in the form that subtracts least.
	a := 2 * n
	b := (2*n-better+worse)*d - better - worse
	c := -worse * d * (1 - d)
	root := math.Sqrt(math.Max(0, b*b-4*a*c))
	q := 0.0
	switch {
	case b < 0:
		q = (root - b) / (2 * a)
	case root+b > 0:
		q = -2 * c / (root + b)
	}
	return math.Sqrt(math.Max(0, n*(2*q+d*(1-d))))
}
