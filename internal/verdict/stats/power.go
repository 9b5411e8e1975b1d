package stats

import "math"

// maxUnits bounds what planning looks at. The work grows with the square root of the number of units; no suite comes
// near it.
const maxUnits = 100_000_000

// dropGrid is how finely DetectableDrop looks for the first drop that is detected before it closes in on it.
const dropGrid = 256

// Power returns the probability that exact [McNemar] gives p < alpha, in either direction, over n units. Each unit gets
// worse and better with the given probabilities. It sums over all outcomes:
//
//	sum over m of P(m flips of n) · P(X <= c(m) or X >= m-c(m))
//
// where m ~ Binomial(n, worse+better), X ~ Binomial(m, better/(worse+better)), and c(m) is the largest count of the
// rarer direction that is significant. What is left out of the sum is below 1e-15.
//
// It is NaN for a negative n or one over 100 million, for probabilities that are negative or add up to more than 1, and
// for an alpha outside (0,1).
//
// Source: the unconditional power of the exact conditional test, as in S. W. Duffy, Biometrics 40 (1984) 1005.
func Power(n int, worse, better, alpha float64) float64 {
	if n < 0 || n > maxUnits || !areFlipRates(worse, better) || !isProper(alpha) {
		return math.NaN()
	}
	flip := flipRate(worse, better)
	if flip == 0 {
		return 0
	}
	first, weights := window(n, flip)
	reject := newRejection(first, alpha)
	rises := newTail(first, reject.limit(), better/flip)
	falls := newTail(first, reject.limit(), worse/flip)
	power := 0.0
	for i, w := range weights {
		if i > 0 {
			reject.grow()
			rises.grow()
			falls.grow()
		}
		// Many falls are few rises, and the other way round.
		rises.to(reject.limit())
		falls.to(reject.limit())
		power += w * (rises.cdf + falls.cdf)
	}
	return clamp(power, 0, 1)
}

// DetectableDrop returns the smallest net drop, worse - better, that exact [McNemar] over n units finds significant at
// alpha with at least the given power, if units get better with the given probability all the same. It is a share of
// units in [0,1].
//
// It is NaN where no drop would do: below six units at alpha 0.05, and where so many units get better that too few are
// left to get worse. So it is for arguments that [Power] rejects, and for a power outside (0,1).
func DetectableDrop(n int, better, power, alpha float64) float64 {
	if n < 0 || n > maxUnits || !isShare(better) || !isProper(power) || !isProper(alpha) {
		return math.NaN()
	}
	most := 1 - 2*better // worse + better is at most 1
	if most < 0 {
		return math.NaN()
	}
	missed := func(drop float64) bool {
		return Power(n, math.Min(better+drop, 1-better), better, alpha) < power
	}
	// Power rises with the drop, except for the test's saw-tooth, so take the first crossing.
	for i := range dropGrid + 1 {
		drop := most * float64(i) / dropGrid
		if missed(drop) {
			continue
		}
		if i == 0 {
			return 0
		}
		return bisect(most*float64(i-1)/dropGrid, drop, missed)
	}
	return math.NaN()
}

// areFlipRates reports whether the two can be probabilities of one unit, with room for the rounding of shares such as
// 0.7 + 0.3.
func areFlipRates(worse, better float64) bool {
	return isShare(worse) && isShare(better) && worse+better <= 1+tieTolerance
}

func flipRate(worse, better float64) float64 { return math.Min(1, worse+better) }
