package stats

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// tieTolerance is the share of a sum's largest possible size below which two sums count as tied. Values such as 1/3 or
// 0.1 have no exact binary form, so sums that are equal on paper differ in their last bits.
const tieTolerance = 1e-12

// mostExact is the largest count for which the incomplete beta function keeps its digits. Above it, where no suite will
// be, normal approximations take over.
const mostExact = 1 << 40

// bisectSteps halves an interval inside [-1,1] down to neighbouring floats.
const bisectSteps = 100

// isProper reports whether p lies strictly between 0 and 1. It is false for NaN.
func isProper(p float64) bool { return p > 0 && p < 1 }

// isShare reports whether p lies in [0,1]. It is false for NaN.
func isShare(p float64) bool { return p >= 0 && p <= 1 }

// zFor returns the normal quantile of a two-sided interval at the level: 1.96 for 0.95.
func zFor(level float64) float64 {
	return -mathext.NormalQuantile((1 - level) / 2) // finite however close to 1 the level is
}

func normalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// clamp cuts x to [lo, hi]; NaN stays NaN.
func clamp(x, lo, hi float64) float64 { return math.Min(math.Max(x, lo), hi) }

// bisect returns where holds turns from true to false between lo and hi. It never evaluates the ends, where score
// equations have spurious roots.
func bisect(lo, hi float64, holds func(float64) bool) float64 {
	for range bisectSteps {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			break
		}
		if holds(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + (hi-lo)/2
}

// A tally is one distinct value and how often it occurs.
type tally struct {
	value float64
	count int
}

// tallies counts the distinct values in ascending order, and how many values there are. It reports false if a value is
// NaN or infinite.
//
// Everything random works on tallies: scores take few distinct values, so a comparison of 100,000 units costs about as
// much as one of 100.
func tallies(values []float64) ([]tally, bool) {
	sorted := slices.Clone(values)
	for i, v := range sorted {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, false
		}
		sorted[i] = v + 0 // -0 becomes 0
	}
	slices.Sort(sorted)
	var out []tally
	for _, v := range sorted {
		if last := len(out) - 1; last >= 0 && out[last].value == v {
			out[last].count++
			continue
		}
		out = append(out, tally{v, 1})
	}
	return out, true
}

// size returns how many values the tallies hold, and sum adds them up.
func size(ts []tally) int {
	n := 0
	for _, t := range ts {
		n += t.count
	}
	return n
}

func sum(ts []tally) float64 {
	s := 0.0
	for _, t := range ts {
		s += t.value * float64(t.count)
	}
	return s
}

// negated returns the tallies of the negated values, ascending again.
func negated(ts []tally) []tally {
	out := make([]tally, len(ts))
	for i, t := range ts {
		out[len(ts)-1-i] = tally{0 - t.value, t.count}
	}
	return out
}

// compareTallies orders two lists of tallies; 0 means equal.
func compareTallies(a, b []tally) int {
	return slices.CompareFunc(a, b, func(x, y tally) int {
		return cmp.Or(cmp.Compare(x.value, y.value), cmp.Compare(x.count, y.count))
	})
}
