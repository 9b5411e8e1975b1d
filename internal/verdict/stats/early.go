package stats

import (
	"math"
	"sort"
)

// An Outcome is what a verdict on one grader comes to, in ascending order.
type Outcome uint8

// The outcomes.
const (
	Regressed    Outcome = iota // significantly worse, and perhaps by more than the margin
	Inconclusive                // too little to tell
	NoWorse                     // any loss lies within the margin
	Improved                    // significantly better
	outcomes     = 4
)

// Outcome returns the verdict on n units: better rose by 1, worse fell by 1. It is improved if p < Alpha by exact
// [McNemar] and more rose; else no worse if the lower limit of [Tango] is at least -Margin; else regressed if
// p < Alpha; else inconclusive. At a fixed number of rises it never rises as more units fall.
func (r Rule) Outcome(better, worse, n int) Outcome {
	significant := McNemar(better, worse) < r.Alpha
	// Holding the limit against the margin is the score test at -Margin.
	within := settling{n: n, m: better + worse, margin: r.Margin, z: zFor(r.Level)}
	switch {
	case significant && better > worse:
		return Improved
	case within.shown(better):
		return NoWorse
	case significant:
		return Regressed
	}
	return Inconclusive
}

// An Early is a comparison after some units were seen, Seen of Units, in an order that was drawn at random before.
// Better of those seen rose and Worse fell by 1. It predicts the verdict on all of them: a finite population without
// replacement.
//
// Before any is seen, the totals of units that rise, fall and stay follow a Dirichlet-multinomial distribution with
// parameters 1/2, 1/2 and 3.
type Early struct{ Units, Seen, Better, Worse int }

// The parameters of units that rise or fall, and of those that stay.
const priorFlip, priorSame = 0.5, 3.0

func (e Early) same() int { return e.Seen - e.Better - e.Worse }

func (e Early) valid() bool {
	return e.Units >= e.Seen && e.Units <= maxUnits && areFlips(e.Better, e.Worse, e.Seen) && e.Seen >= 0
}

// LogRatio returns the logarithm of how much more probable the final totals of units that rise and fall are after what
// was seen than before. The totals for which it exceeds ln c contain the true ones at all looks together with a
// probability of at least 1-c. It is -Inf for totals that what was seen rules out, and NaN where e is out of range.
//
// Source: J. Ville's inequality for the ratio of prior to posterior, as in I. Waudby-Smith and A. Ramdas, "Confidence
// sequences for sampling without replacement", NeurIPS 2020, theorem 2.1.
func (e Early) LogRatio(better, worse int) float64 {
	if !e.valid() {
		return math.NaN()
	}
	return outlook{e, logFactorial}.ratio(better, worse) - e.evidence()
}

// An outlook looks at the totals that may come of what was seen, with the logarithms of factorials.
type outlook struct {
	Early
	log func(int) float64
}

// ratio is the logarithm of how probable what was seen is under the totals, by the order in which it was seen. It is
// concave in both.
func (o outlook) ratio(better, worse int) float64 {
	same := o.Units - better - worse
	if better < o.Better || worse < o.Worse || same < o.same() {
		return math.Inf(-1)
	}
	return o.falling(better, o.Better) + o.falling(worse, o.Worse) + o.falling(same, o.same()) - o.falling(o.Units, o.Seen)
}

// falling is the logarithm of n!/(n-k)!.
func (o outlook) falling(n, k int) float64 { return o.log(n) - o.log(n-k) }

// evidence is the logarithm of how probable what was seen is before anything was.
func (e Early) evidence() float64 {
	flips := rising(priorFlip, e.Better) + rising(priorFlip, e.Worse)
	return flips + rising(priorSame, e.same()) - rising(2*priorFlip+priorSame, e.Seen)
}

// rising is the logarithm of Γ(a+k)/Γ(a).
func rising(a float64, k int) float64 {
	above, _ := math.Lgamma(a + float64(k))
	below, _ := math.Lgamma(a)
	return above - below
}

// Possible returns which outcomes the totals with a [Early.LogRatio] above the logarithm of miss have under the rule,
// indexed by [Outcome]. None is possible where e or the rule is out of range, or miss is not in (0,1).
func (e Early) Possible(r Rule, miss float64) [outcomes]bool {
	return e.possible(r, miss, func([outcomes]bool) bool { return false })
}

// Settled returns the outcome that all possible ones come to: [Regressed] where no other is possible, [Improved] where
// no other is, [NoWorse] where only these two are, and [Inconclusive] where the rest of the units may still decide. It
// is the first rule of stopping, see [Early.Possible].
func (e Early) Settled(r Rule, miss float64) Outcome {
	isOpen := func(f [outcomes]bool) bool { return f[Inconclusive] || f[Regressed] && (f[NoWorse] || f[Improved]) }
	switch found := e.possible(r, miss, isOpen); {
	case isOpen(found):
		return Inconclusive
	case found[Regressed]:
		return Regressed
	case found[NoWorse]:
		return NoWorse
	case found[Improved]:
		return Improved
	}
	return Inconclusive
}

// possible finds the possible outcomes until there are enough.
func (e Early) possible(r Rule, miss float64, enough func([outcomes]bool) bool) (found [outcomes]bool) {
	if !e.valid() || !r.valid() || !isProper(miss) {
		return found
	}
	logs := make([]float64, e.Units+1)
	for i := range logs {
		logs[i] = logFactorial(i)
	}
	o := outlook{e, func(n int) float64 { return logs[n] }}
	least := math.Log(miss) + e.evidence()
	rest := e.Units - e.Seen
	// The highest ratio at a number of rises is concave in it, so that the possible numbers are neighbours.
	peak := func(better int) float64 { return o.ratio(better, o.mode(better)) }
	best := e.Better + sort.Search(rest, func(i int) bool { return peak(e.Better+i+1) <= peak(e.Better+i) })
	for better := best; better <= e.Better+rest && peak(better) > least && !enough(found); better++ {
		o.possibleAt(better, r, least, &found)
	}
	for better := best - 1; better >= e.Better && peak(better) > least && !enough(found); better-- {
		o.possibleAt(better, r, least, &found)
	}
	return found
}

// mode is the number of falls at which the ratio is highest.
func (o outlook) mode(better int) int {
	free := o.Units - o.Seen - (better - o.Better)
	return o.Worse + sort.Search(free, func(j int) bool {
		return o.ratio(better, o.Worse+j+1) <= o.ratio(better, o.Worse+j)
	})
}

// possibleAt adds the outcomes at a number of rises; the highest ratio there must exceed least.
func (o outlook) possibleAt(better int, r Rule, least float64, found *[outcomes]bool) {
	mode := o.mode(better)
	first := o.Worse + sort.Search(mode-o.Worse, func(j int) bool { return o.ratio(better, o.Worse+j) > least })
	most := o.Units - better - o.same()
	last := mode + sort.Search(most-mode, func(j int) bool { return o.ratio(better, mode+j+1) <= least })
	for first <= last { // outcomes get worse as falls increase
		outcome := r.Outcome(better, first, o.Units)
		found[outcome] = true
		first += 1 + sort.Search(last-first, func(j int) bool { return r.Outcome(better, first+1+j, o.Units) < outcome })
	}
}

// ChanceRegressed is [Early.ChanceOf] of [Regressed].
func (e Early) ChanceRegressed(r Rule) float64 { return e.ChanceOf(r, Regressed) }

// ChanceOf returns the probability, after what was seen, that the outcome on all units is this one or a worse one. It
// is NaN where e or the rule is out of range.
func (e Early) ChanceOf(r Rule, most Outcome) float64 {
	if !e.valid() || !r.valid() {
		return math.NaN()
	}
	rest := e.Units - e.Seen
	rise, fall, stay := priorFlip+float64(e.Better), priorFlip+float64(e.Worse), priorSame+float64(e.same())
	rises := betaBinomial{rest, rise, fall + stay}
	chance := 0.0
	from := rises.mode()
	// first is the least number of further falls with such an outcome. It hardly differs between neighbours.
	first := sort.Search(rest-from+1, func(j int) bool { return r.Outcome(e.Better+from, e.Worse+j, e.Units) <= most })
	atMode := first
	add := func(i int) bool {
		weight := rises.pmf(i)
		isIt := func(j int) bool { return r.Outcome(e.Better+i, e.Worse+j, e.Units) <= most }
		for first = min(first, rest-i+1); first > 0 && isIt(first-1); {
			first--
		}
		for first <= rest-i && !isIt(first) {
			first++
		}
		chance += weight * betaBinomial{rest - i, fall, stay}.atLeast(first)
		return weight > 1e-14
	}
	for i, more := from, true; more && i <= rest; i++ {
		more = add(i)
	}
	first = atMode
	for i, more := from-1, true; more && i >= 0; i-- {
		more = add(i)
	}
	return clamp(chance, 0, 1)
}

// A betaBinomial is the distribution of how many of n rise if the chance to is Beta(a, b).
type betaBinomial struct {
	n    int
	a, b float64
}

func (d betaBinomial) pmf(x int) float64 {
	log := logFactorial(d.n) - logFactorial(x) - logFactorial(d.n-x)
	return math.Exp(log + rising(d.a, x) + rising(d.b, d.n-x) - rising(d.a+d.b, d.n))
}

// step is pmf(x+1)/pmf(x).
func (d betaBinomial) step(x int) float64 {
	left := float64(d.n - x)
	return left / float64(x+1) * (d.a + float64(x)) / (d.b + left - 1)
}

// mode is the first x from which the probability falls, for b of at least 1.
func (d betaBinomial) mode() int {
	if d.a < 1 {
		return 0
	}
	return sort.Search(d.n, func(x int) bool { return d.step(x) <= 1 })
}

// atLeast returns P(X >= x), summing over the side of x that is away from the mode.
func (d betaBinomial) atLeast(x int) float64 {
	switch {
	case x <= 0:
		return 1
	case x > d.n:
		return 0
	}
	total := 0.0
	if x <= d.mode() {
		x--
		for p := d.pmf(x); x >= 0 && p > 1e-18*total; x-- {
			total += p
			if x > 0 {
				p /= d.step(x - 1)
			}
		}
		return math.Max(0, 1-total)
	}
	for p := d.pmf(x); x <= d.n && p > 1e-18*total; x++ {
		total += p
		p *= d.step(x)
	}
	return total
}
