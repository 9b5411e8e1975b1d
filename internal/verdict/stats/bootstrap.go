package stats

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// BCa returns the bias-corrected and accelerated bootstrap interval of the mean of the differences, at the two-sided
// level. The bias correction is the normal quantile of the share of resampled means below the observed one (ties count
// half); the acceleration comes from the jackknife, for a mean Σ(d-m)³ / (6·(Σ(d-m)²)^1.5). Limits between two
// resampled means are interpolated.
//
// Negating all differences negates and swaps the limits, to the last bit. The interval lies within the range of the
// differences; with extreme skew it need not hold their mean. If all differences are equal it is that value twice. It
// claims too much where only a few differences are not 0: use [FlipInterval] below ten.
//
// Above 2,048 differences with more than 32 distinct values, values are grouped into 32 cells; how a cell's values vary
// is kept as a normal error of the same variance, which changes the limits by far less than the seed does.
//
// The limits are NaN without differences, if one is NaN or infinite, and for a level outside (0,1).
//
// Source: B. Efron, "Better bootstrap confidence intervals", JASA 82 (1987) 171; B. Efron and R. J. Tibshirani, An
// Introduction to the Bootstrap (1993), chapter 14.
func BCa(diffs []float64, level float64, o Options) (lo, hi float64) {
	ts, ok := tallies(diffs)
	if !ok || len(ts) == 0 || !isProper(level) {
		return math.NaN(), math.NaN()
	}
	if len(ts) == 1 {
		return ts[0].value, ts[0].value
	}
	mirror := negated(ts)
	switch compareTallies(ts, mirror) {
	case 1: // always work on the same one of the two mirror images
		lo, hi = bca(mirror, level, o)
		return 0 - hi, 0 - lo
	case 0: // its own mirror image, so the limits must be too
		lo, hi = bca(ts, level, o)
		return (lo - hi) / 2, (hi - lo) / 2
	}
	return bca(ts, level, o)
}

func bca(ts []tally, level float64, o Options) (lo, hi float64) {
	// A power of two takes the values to at most 1, so that no cube and no sum overflows; it costs no digit.
	_, exponent := math.Frexp(math.Max(math.Abs(ts[0].value), math.Abs(ts[len(ts)-1].value)))
	scaled := make([]tally, len(ts))
	for i, t := range ts {
		scaled[i] = tally{math.Ldexp(t.value, -exponent), t.count}
	}
	observed := mean(scaled)
	means := resampledMeans(scaled, o.samples(), rand.New(rand.NewPCG(o.Seed, bootstrapStream)))
	slices.Sort(means)

	bias := biasCorrection(means, observed)
	accel := acceleration(scaled, observed)
	limit := func(z float64) float64 {
		at := math.Ldexp(quantile(means, corrected(z, bias, accel)), exponent)
		return clamp(at, ts[0].value, ts[len(ts)-1].value)
	}
	return limit(-zFor(level)), limit(zFor(level))
}

// biasCorrection is z0. The share is kept off 0 and 1, where it would be infinite.
func biasCorrection(sorted []float64, observed float64) float64 {
	slack := tieTolerance * math.Max(math.Abs(sorted[0]), math.Abs(sorted[len(sorted)-1]))
	below, _ := slices.BinarySearch(sorted, observed-slack)
	upTo, _ := slices.BinarySearch(sorted, math.Nextafter(observed+slack, math.Inf(1)))
	n := float64(len(sorted))
	share := clamp(float64(below+upTo)/(2*n), 0.5/n, 1-0.5/n)
	return mathext.NormalQuantile(share)
}

func acceleration(ts []tally, m float64) float64 {
	squares, cubes := 0.0, 0.0
	for _, t := range ts {
		u, n := t.value-m, float64(t.count)
		squares += n * u * u
		cubes += n * u * u * u
	}
	if squares == 0 {
		return 0
	}
	return cubes / (6 * squares * math.Sqrt(squares))
}

// corrected returns which quantile of the resampled means replaces the normal quantile z. Where the acceleration is so
// strong that the formula passes its pole, it is the outermost one.
func corrected(z, bias, accel float64) float64 {
	z += bias
	scale := 1 - accel*z
	if scale <= 0 {
		if z > 0 {
			return 1
		}
		return 0
	}
	return normalCDF(bias + z/scale)
}

// quantile interpolates between the sorted values, as R's type 7 does.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-1)
	if i == len(sorted)-1 {
		return sorted[i]
	}
	step := (at - float64(i)) * (sorted[i+1] - sorted[i])
	return math.Min(sorted[i]+step, sorted[i+1]) // never falls as p rises
}
