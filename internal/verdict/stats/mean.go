package stats

import (
	"math"

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
	squares := 0.0
	for _, t := range ts {
		squares += float64(t.count) * (t.value - m) * (t.value - m)
	}
	n := float64(len(values))
	half := tQuantile(n-1, level) * math.Sqrt(squares/(n-1)/n)
	return m - half, m + half
}

// tQuantile returns the t with P(|T| <= t) = level at df degrees of freedom, from x = t²/(df+t²), which follows
// Beta(1/2, df/2), or from its complement, whichever is smaller: next to 1 digits would be lost.
func tQuantile(df, level float64) float64 {
	if x := mathext.InvRegIncBeta(0.5, df/2, level); x < 0.5 {
		return math.Sqrt(df * x / (1 - x))
	}
	rest := mathext.InvRegIncBeta(df/2, 0.5, 1-level)
	return math.Sqrt(df * (1 - rest) / rest)
}
