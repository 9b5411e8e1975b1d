package stats

import (
	"math"
	"slices"
	"sort"
)

// A tail is P(X <= c) for X ~ Binomial(m, q), kept up to date while m and c move by single steps. Sums over all numbers
// of flips need it at hundreds of neighbouring points, where stepping costs a few multiplications.
type tail struct {
	q        float64
	m, c     int
	cdf, pmf float64 // P(X <= c), P(X = c)
}

func newTail(m, c int, q float64) tail {
	t := tail{q: q, m: m, c: c}
	switch {
	case c < 0: // both 0
	case c > m:
		t.cdf = 1
	case q <= 0 || m == 0:
		t.cdf = 1
		if c == 0 {
			t.pmf = 1
		}
	case q >= 1:
		if c == m {
			t.cdf, t.pmf = 1, 1
		}
	default:
		b := binomial{m, q}
		t.cdf, t.pmf = b.cdf(c), b.pmf(c)
	}
	return t
}

// steps reports whether a step from here is exact enough to take: inside the support, and before the point probability
// has underflowed.
func (t *tail) steps() bool {
	return t.c >= 0 && t.c < t.m && isProper(t.q) && t.pmf > 1e-250
}

func (t *tail) grow() {
	if !t.steps() {
		*t = newTail(t.m+1, t.c, t.q)
		return
	}
	t.cdf = math.Max(0, t.cdf-t.q*t.pmf)
	t.m++
	t.pmf *= float64(t.m) * (1 - t.q) / float64(t.m-t.c)
}

func (t *tail) to(c int) {
	switch {
	case c == t.c:
	case c == t.c+1 && t.steps():
		t.pmf *= float64(t.m-t.c) / float64(c) * t.q / (1 - t.q)
		t.cdf = math.Min(1, t.cdf+t.pmf)
		t.c = c
	case c == t.c-1 && c >= 0 && t.steps():
		t.cdf = math.Max(0, t.cdf-t.pmf)
		t.pmf *= float64(t.c) / float64(t.m-c) * (1 - t.q) / t.q
		t.c = c
	default:
		*t = newTail(t.m, c, t.q)
	}
}

// A rejection follows, over m, the largest number of flips of the rarer direction at which exact McNemar still rejects:
// p < alpha.
type rejection struct {
	alpha float64
	null  tail
}

func newRejection(m int, alpha float64) rejection {
	// A p-value that equals alpha on paper is not below it, whatever its last bits.
	alpha *= 1 - tieTolerance
	least := sort.Search(m/2+1, func(c int) bool { return 2*newTail(m, c, 0.5).cdf >= alpha })
	return rejection{alpha, newTail(m, least-1, 0.5)}
}

// limit returns the count; -1 means that no outcome of m flips is significant.
func (r *rejection) limit() int { return r.null.c }

func (r *rejection) grow() {
	r.null.grow() // the tail shrinks, so the limit can only rise, by one
	next := r.null
	next.to(next.c + 1)
	if 2*next.cdf < r.alpha {
		r.null = next
	}
}

// window returns the weights of Binomial(n, q) around its mode, from count first on. What it leaves out is below 1e-16
// in all; the weights add up to 1.
func window(n int, q float64) (first int, weights []float64) {
	switch {
	case q <= 0:
		return 0, []float64{1}
	case q >= 1:
		return n, []float64{1}
	}
	const negligible = 1e-20
	mode := min(n, int(float64(n)*q+q))
	odds := q / (1 - q)
	for m, w := mode, 1.0; m > 0; m-- {
		w *= float64(m) / float64(n-m+1) / odds
		if w < negligible {
			break
		}
		weights = append(weights, w)
	}
	first = mode - len(weights)
	slices.Reverse(weights)
	weights = append(weights, 1)
	for m, w := mode, 1.0; m < n; m++ {
		w *= float64(n-m) / float64(m+1) * odds
		if w < negligible {
			break
		}
		weights = append(weights, w)
	}
	total := 0.0
	for _, w := range weights {
		total += w
	}
	for i := range weights {
		weights[i] /= total
	}
	return first, weights
}
