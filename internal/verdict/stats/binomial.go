package stats

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"
)

// A binomial is the distribution of how many of n trials pass, each with probability p in [0,1]. gonum's distuv has the
// same one, and its linear algebra with it (docs/dependencies.md).
type binomial struct {
	n int
	p float64
}

// fewTrials is the number of trials up to which inversion is the faster draw.
const fewTrials = 24

// cdf returns P(X <= x) for x >= 0.
func (b binomial) cdf(x int) float64 {
	if x >= b.n {
		return 1
	}
	return mathext.RegIncBeta(float64(b.n-x), float64(x)+1, 1-b.p)
}

// pmf returns P(X = x) for 0 <= x <= n and 0 < p < 1.
func (b binomial) pmf(x int) float64 {
	hits, misses := float64(x), float64(b.n-x)
	ways := logFactorial(b.n) - logFactorial(x) - logFactorial(b.n-x) // the logarithm of C(n,x)
	return math.Exp(ways + hits*math.Log(b.p) + misses*math.Log(1-b.p))
}

func logFactorial(n int) float64 {
	log, _ := math.Lgamma(float64(n) + 1)
	return log
}

// draw returns a random number of passes, exactly distributed.
func (b binomial) draw(rng *rand.Rand) int {
	if b.p > 0.5 { // counts the fails, which are fewer
		return b.n - binomial{b.n, 1 - b.p}.drawFewer(rng)
	}
	return b.drawFewer(rng)
}

// drawFewer draws for p <= 0.5: by inversion where few passes are likely, else by rejection from a Cauchy distribution
// of the same centre and width.
//
// Source: W. H. Press et al., Numerical Recipes in C, 2nd edition (1992), 7.3.
func (b binomial) drawFewer(rng *rand.Rand) int {
	mean := float64(b.n) * b.p
	if b.n <= fewTrials || mean < 1 {
		return b.invert(rng.Float64())
	}
	width := math.Sqrt(2 * mean * (1 - b.p))
	all, logPass, logFail := logFactorial(b.n), math.Log(b.p), math.Log1p(-b.p)
	for {
		y := math.Tan(math.Pi * rng.Float64())
		at := math.Floor(width*y + mean)
		if at < 0 || at > float64(b.n) {
			continue
		}
		passes := int(at)
		log := all - logFactorial(passes) - logFactorial(b.n-passes) + at*logPass + (float64(b.n)-at)*logFail
		if rng.Float64() <= 1.2*width*(1+y*y)*math.Exp(log) {
			return passes
		}
	}
}

// invert returns the smallest x with P(X <= x) > u, for u in [0,1).
func (b binomial) invert(u float64) int {
	odds := b.p / (1 - b.p)
	mass := math.Exp(float64(b.n) * math.Log1p(-b.p))
	x := 0
	for u >= mass && x < b.n {
		u -= mass
		mass *= float64(b.n-x) / float64(x+1) * odds
		x++
	}
	return x
}
