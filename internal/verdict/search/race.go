// Package search chooses among candidates for a prompt with few replies. It is pure: it says which candidate is asked
// with which cases next, and gets their values.
//
// A [Race] asks all candidates of a round with a few cases, then the better half of them with more, and so on; what has
// no chance stops early. [Complementary] keeps the candidates that are best overall or on some slice, and [Best]
// chooses the one that meets the base on other cases. Nothing here is a verdict: the best of many on the cases that
// chose it is partly the luckiest.
package search

import (
	"cmp"
	"math"
	"slices"
)

// Values are a candidate's values of the cases in a fixed order, each in [0,1], as far as it was asked. A case without
// a value is NaN.
type Values []float64

// difference is the mean of a − b over the cases that both have and that are chosen; n counts them.
func difference(a, b Values, isChosen func(i int) bool) (mean, stdErr float64, n int) {
	sum, squares := 0.0, 0.0
	for i := range min(len(a), len(b)) {
		if d := a[i] - b[i]; !math.IsNaN(d) && (isChosen == nil || isChosen(i)) {
			n, sum, squares = n+1, sum+d, squares+d*d
		}
	}
	if n == 0 {
		return 0, math.Inf(1), 0
	}
	mean = sum / float64(n)
	// One difference of ±1 more each way, so that a few equal values do not look certain.
	variance := (squares+2)/float64(n+2) - mean*mean
	return mean, math.Sqrt(max(0, variance) / float64(n+2)), n
}

// Looks are the numbers of cases after which a race judges its candidates: an eighth, a quarter, a half and all of
// them, but no less than leastLook.
func Looks(cases int) (out []int) {
	for _, parts := range []int{8, 4, 2, 1} {
		n := (cases + parts - 1) / parts
		if n = min(cases, max(n, leastLook)); len(out) == 0 || n > out[len(out)-1] {
			out = append(out, n)
		}
	}
	return out
}

const (
	leastLook = 12   // cases
	leastPart = 5    // cases of a slice that say something about it
	chance    = 1.28 // standard errors: an advantage beyond has a chance of one in ten
)

// A Race is one round: candidates that were never asked, against the best known.
type Race struct {
	best   Values // of the best known candidate, on all cases
	slices []string
	looks  []int
	look   int // the number of looks that are over
	ended  bool
	values []Values
	in     []int // candidates that are still in
}

// NewRace begins a race of so many candidates. Slice names what each case belongs to, such as its expected type; best
// has the values of what a candidate must beat.
func NewRace(candidates int, best Values, slice []string) *Race {
	r := &Race{best: best, slices: slice, looks: Looks(len(slice)), values: make([]Values, candidates)}
	for i := range candidates {
		r.in = append(r.in, i)
	}
	return r
}

// Next says which candidates are asked with the cases from (inclusive) to (exclusive); none after the last look.
func (r *Race) Next() (candidates []int, from, to int) {
	if r.ended || r.look == len(r.looks) || len(r.in) == 0 {
		return nil, 0, 0
	}
	if r.look > 0 {
		from = r.looks[r.look-1]
	}
	return slices.Clone(r.in), from, r.looks[r.look]
}

// See takes the values of the cases that [Race.Next] has named, for each of its candidates, and drops the candidates
// that have no chance and the worse half of the others. The best on a slice stays as well.
func (r *Race) See(values []Values) {
	for k, i := range r.in {
		r.values[i] = append(r.values[i], values[k]...)
	}
	if r.look++; r.look == len(r.looks) {
		return
	}
	var hopeful []int
	for _, i := range r.in {
		if r.hasChance(i) {
			hopeful = append(hopeful, i)
		}
	}
	r.rank(hopeful)
	kept := slices.Clone(hopeful[:(len(hopeful)+1)/2])
	for _, name := range names(r.slices) {
		best, most := -1, 0.0
		for _, i := range hopeful {
			d, stdErr, n := difference(r.values[i], r.best, r.isIn(name))
			if n >= leastPart && d > most && d > stdErr {
				best, most = i, d
			}
		}
		if best >= 0 && !slices.Contains(kept, best) {
			kept = append(kept, best)
		}
	}
	slices.Sort(kept)
	r.in = kept
}

// rank sorts candidates by their advantage over the best known, the best first.
func (r *Race) rank(candidates []int) {
	advantage := func(i int) float64 { d, _, _ := difference(r.values[i], r.best, nil); return d }
	slices.SortStableFunc(candidates, func(a, b int) int { return cmp.Compare(advantage(b), advantage(a)) })
}

// Narrow keeps the best so many of the candidates that are still in, as where the budget is too small for all.
func (r *Race) Narrow(most int) {
	r.rank(r.in)
	r.in = r.in[:min(most, len(r.in))]
	slices.Sort(r.in)
}

// hasChance reports whether a candidate may be better than the best known, overall or on a slice.
func (r *Race) hasChance(i int) bool {
	if d, stdErr, _ := difference(r.values[i], r.best, nil); d+chance*stdErr >= 0 {
		return true
	}
	return slices.ContainsFunc(names(r.slices), func(name string) bool {
		d, stdErr, n := difference(r.values[i], r.best, r.isIn(name))
		return n >= leastPart && d > stdErr
	})
}

func (r *Race) isIn(name string) func(int) bool {
	return func(i int) bool { return r.slices[i] == name }
}

// Values are those of a candidate so far.
func (r *Race) Values(i int) Values { return r.values[i] }

// Finished are the candidates that were asked with all cases.
func (r *Race) Finished() []int {
	if r.look < len(r.looks) {
		return nil
	}
	return slices.Clone(r.in)
}

// Stop ends a race early, as when the budget is used up: no candidate has finished.
func (r *Race) Stop() { r.ended = true }

// Left are the candidates that were still in when the race ended, if they were asked at all.
func (r *Race) Left() []int {
	if r.look == 0 {
		return nil
	}
	return slices.Clone(r.in)
}

// RaceReplies is how many replies a race may need at most, with so many slices.
func RaceReplies(candidates, cases, parts int) int {
	n, from := 0, 0
	for _, to := range Looks(cases) {
		n += candidates * (to - from)
		from, candidates = to, min(candidates, (candidates+1)/2+parts)
	}
	return n
}

// names are the distinct slices, sorted.
func names(of []string) []string {
	out := slices.Clone(of)
	slices.Sort(out)
	return slices.Compact(out)
}
