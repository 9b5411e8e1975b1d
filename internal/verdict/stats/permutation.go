package stats

import (
	"cmp"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// A Permutation is the outcome of a sign-flip test.
type Permutation struct {
	P      float64 // two-sided p-value
	StdErr float64 // Monte-Carlo standard error of P; 0 if Exact
	Exact  bool    // every assignment of signs was counted
}

const (
	// exactDiffs is the largest number of non-zero differences whose signs are enumerated: 2^20 assignments, a few
	// milliseconds at worst.
	exactDiffs = 20
	// fewAlike is the number of equal magnitudes from which on drawing their sum at once is cheaper than drawing each
	// sign.
	fewAlike = 8
	// manyAlike is the number from which on a rejection sampler is cheaper than counting random bits.
	manyAlike = 8192
	// blockSize is how many signs one random byte decides.
	blockSize = 8
)

// SignFlip tests whether the mean of the paired differences is 0, under the hypothesis that each unit's difference
// could as well have had the other sign. The p-value is the share of all assignments of signs to the differences whose
// sum is at least as far from 0 as the observed one (two-sided; sums within 1e-12 of the sum of magnitudes are tied).
// For differences of ±1 it is [McNemar].
//
// Up to 20 non-zero differences every assignment is counted, whatever o.Samples says. Beyond, o.Samples assignments are
// drawn and P = (hits+1)/(samples+1), which counts the observed one and so is never 0; StdErr is sqrt(P·(1-P)/samples).
// Differences smaller than 1e-12 of the largest are rounding dust and count as 0. Without any difference P is 1,
// exactly. Negating all differences changes nothing.
//
// P and StdErr are NaN if a difference is NaN or infinite.
//
// Source: E. J. G. Pitman, JRSS Supplement 4 (1937) 119; for P, B. Phipson and G. K. Smyth, Statistical Applications in
// Genetics and Molecular Biology 9 (2010) 39.
func SignFlip(diffs []float64, o Options) Permutation {
	ts, ok := tallies(diffs)
	if !ok {
		return Permutation{P: math.NaN(), StdErr: math.NaN()}
	}
	mags, observed := magnitudes(ts)
	if len(mags) == 0 {
		return Permutation{P: 1, Exact: true}
	}
	reach := math.Abs(observed) - tieTolerance*sum(mags)
	n := size(mags)
	if n <= exactDiffs {
		if reach <= 0 {
			return Permutation{P: 1, Exact: true}
		}
		return Permutation{P: math.Min(1, atLeast(mags, reach)/math.Exp2(float64(n))), Exact: true}
	}
	samples := o.samples()
	hits := 0
	for _, s := range randomSums(mags, samples, rand.NewPCG(o.Seed, signFlipStream)) {
		if math.Abs(s) >= reach {
			hits++
		}
	}
	p := float64(hits+1) / float64(samples+1)
	return Permutation{P: p, StdErr: math.Sqrt(p * (1 - p) / float64(samples))}
}

// SignFlipSides returns the two one-sided p-values of the test that [SignFlip] makes: the shares of all assignments of
// signs whose sum is at most the observed one (worse), and at least (better). For differences of ±1 they are the tails
// of Binomial(n, 1/2). They are exact unless the differences have many sizes: how many of each size rise is counted in
// up to a million ways, and beyond them o.Samples assignments are drawn. Without any difference both are 1. Negating
// all differences swaps the two.
//
// They are NaN if a difference is NaN or infinite.
func SignFlipSides(diffs []float64, o Options) (worse, better float64) {
	ts, ok := tallies(diffs)
	if !ok {
		return math.NaN(), math.NaN()
	}
	mags, observed := magnitudes(ts)
	if len(mags) == 0 {
		return 1, 1
	}
	if ways(mags) <= mostWays {
		slack := tieTolerance * sum(mags)
		return chanceAtLeast(mags, -observed-slack), chanceAtLeast(mags, observed-slack)
	}
	reach, slack, samples := math.Abs(observed), tieTolerance*sum(mags), o.samples()
	far, near := 1, 1 // sums at least, and at most, as far on the observed side
	for _, s := range randomSums(mags, samples, rand.NewPCG(o.Seed, signFlipStream)) {
		if s >= reach-slack {
			far++
		}
		if s <= reach+slack {
			near++
		}
	}
	a, b := float64(far)/float64(samples+1), float64(near)/float64(samples+1)
	switch {
	case reach <= slack:
		return (a + b) / 2, (a + b) / 2
	case observed > 0:
		return b, a
	}
	return a, b
}

// mostWays bounds the work of an exact one-sided p.
const mostWays = 1_000_000

// ways counts how many of each size can rise, but for the size that most differences have.
func ways(mags []tally) float64 {
	product, most := 1.0, 0
	for _, m := range mags {
		product *= float64(m.count + 1)
		most = max(most, m.count)
	}
	return product / float64(most+1)
}

// chanceAtLeast returns the probability that the sum under random signs is at least reach. It sums over how many of
// each size rise, and takes the tail of the size that most differences have.
func chanceAtLeast(mags []tally, reach float64) float64 {
	mags = slices.Clone(mags)
	slices.SortStableFunc(mags, func(a, b tally) int { return cmp.Compare(a.count, b.count) })
	last := mags[len(mags)-1]
	tails := map[int]float64{last.count + 1: 0} // of at least so many that rise
	var chance func(i int, s float64) float64
	chance = func(i int, s float64) float64 {
		if i == len(mags)-1 {
			rises := int(clamp(math.Ceil(((reach-s)/last.value+float64(last.count))/2), 0, float64(last.count+1)))
			tail, ok := tails[rises]
			if !ok {
				tail = binomialTail(last.count-rises, last.count)
				tails[rises] = tail
			}
			return tail
		}
		total, n := 0.0, mags[i].count
		for rises := range n + 1 {
			total += binomial{n, 0.5}.pmf(rises) * chance(i+1, s+mags[i].value*float64(2*rises-n))
		}
		return total
	}
	return math.Min(1, chance(0, 0))
}

// binomialTail returns P(X <= x) for X ~ Binomial(n, 1/2).
func binomialTail(x, n int) float64 {
	switch {
	case x == 0:
		return math.Exp2(-float64(n))
	case n > mostExact:
		return normalCDF((2*float64(x) - float64(n)) / math.Sqrt(float64(n)))
	}
	return binomial{n, 0.5}.cdf(x)
}

// magnitudes returns the distinct sizes of the non-zero differences, largest first, and the sum of the differences,
// added up size by size so that it is exactly negated when they are. Sizes are scaled by a power of two to at most 1,
// so that no sum overflows.
func magnitudes(ts []tally) (mags []tally, observed float64) {
	if len(ts) == 0 {
		return nil, 0
	}
	lo, hi := 0, len(ts)-1
	largest := math.Max(math.Abs(ts[lo].value), math.Abs(ts[hi].value))
	_, exponent := math.Frexp(largest)
	for lo <= hi {
		down, up := -ts[lo].value, ts[hi].value
		value := math.Max(down, up)
		if value <= tieTolerance*largest {
			break
		}
		net, count := 0, 0
		if up == value {
			net += ts[hi].count
			count += ts[hi].count
			hi--
		}
		if down == value {
			net -= ts[lo].count
			count += ts[lo].count
			lo++
		}
		value = math.Ldexp(value, -exponent)
		mags = append(mags, tally{value, count})
		observed += value * float64(net)
	}
	return mags, observed
}

// atLeast counts the assignments of signs whose sum s has |s| >= reach, which must be positive. It is twice the count
// for s >= reach.
func atLeast(mags []tally, reach float64) float64 {
	rest := make([]float64, len(mags)+1) // sum of the magnitudes from i on
	left := make([]float64, len(mags)+1) // 2 to the number of them
	left[len(mags)] = 1
	for i := len(mags) - 1; i >= 0; i-- {
		rest[i] = rest[i+1] + mags[i].value*float64(mags[i].count)
		left[i] = left[i+1] * math.Exp2(float64(mags[i].count))
	}
	var count func(i int, s float64) float64
	count = func(i int, s float64) float64 {
		switch {
		case s-rest[i] >= reach: // whatever the other signs are
			return left[i]
		case s+rest[i] < reach || i == len(mags):
			return 0
		}
		total, ways := 0.0, 1.0
		n := mags[i].count
		for minus := 0; minus <= n; minus++ {
			total += ways * count(i+1, s+mags[i].value*float64(n-2*minus))
			ways = ways * float64(n-minus) / float64(minus+1) // C(n, minus+1)
		}
		return total
	}
	return 2 * count(0, 0)
}

// randomSums returns sums of the magnitudes under random signs.
func randomSums(mags []tally, samples int, src *rand.PCG) []float64 {
	sums := make([]float64, samples)
	var singles []float64
	for _, m := range mags {
		if m.count < fewAlike {
			for range m.count {
				singles = append(singles, m.value)
			}
			continue
		}
		for i := range sums {
			sums[i] += m.value * float64(m.count-2*heads(m.count, src))
		}
	}
	for len(singles) > 0 {
		block := singles[:min(blockSize, len(singles))]
		singles = singles[len(block):]
		addBlock(sums, block, src)
	}
	return sums
}

// heads draws Binomial(n, 1/2): the number of ones among n random bits.
func heads(n int, src *rand.PCG) int {
	if n >= manyAlike {
		return binomial{n, 0.5}.draw(rand.New(src))
	}
	ones := 0
	for ; n >= 64; n -= 64 {
		ones += bits.OnesCount64(src.Uint64())
	}
	return ones + bits.OnesCount64(src.Uint64()>>(64-n)) // a shift by 64 leaves 0
}

// addBlock adds to each sum the block's values under random signs. All 256 signed sums of a block are tabulated, so
// eight signs cost one random byte and one addition.
func addBlock(sums, block []float64, src *rand.PCG) {
	var table [1 << blockSize]float64
	for signs := range table {
		for i, v := range block {
			if signs>>i&1 == 1 {
				v = -v
			}
			table[signs] += v
		}
	}
	var word uint64
	for i := range sums {
		if i%8 == 0 {
			word = src.Uint64()
		}
		sums[i] += table[word&0xff]
		word >>= 8
	}
}
