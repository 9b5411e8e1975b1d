package labelled

import (
	"math"

	"promptbench/internal/verdict/stats"
)

// level is that of every interval.
const level = 0.95

// An Estimate is what people would find, estimated from the labels of some replies and the judge's verdicts on all.
type Estimate struct {
	Value  float64
	CI     [2]float64 // 95%
	Labels int        // that it rests on
	Of     int        // replies, or pairs of replies, that the judge decided
}

// A table is what the judge and people say of the labelled units, and the judge of all.
type table struct{ n, passes, tp, fp, fn, tn int }

func (t table) labels() int { return t.tp + t.fp + t.fn + t.tn }

// tableOf counts, among what the judge passes and among what it fails, from the beginning of the order to the first
// unit that nobody was asked about. So it counts the labels of a draw, and those that [Run.Next] asked for after it:
// each is at random among the replies with one verdict.
func tableOf(order []Unit) (t table) {
	t.n = len(order)
	ended := map[bool]bool{}
	for _, u := range order {
		if *u.Judge {
			t.passes++
		}
		if ended[*u.Judge] = ended[*u.Judge] || !u.IsAnswered; ended[*u.Judge] || u.Pass == nil {
			continue
		}
		switch {
		case *u.Judge && *u.Pass:
			t.tp++
		case *u.Judge:
			t.fp++
		case *u.Pass:
			t.fn++
		default:
			t.tn++
		}
	}
	return t
}

func (r *Run) table(criterion string) (order []Unit, t table, drawn int) {
	order, drawn = inBestDraw(r.draws, r.judged(criterion), func(u Unit) string { return u.Name },
		func(u Unit) (bool, bool) { return u.Pass != nil, u.IsAnswered })
	return order, tableOf(order), drawn
}

// Drawn counts the labels of a criterion that were drawn at random, and the replies that the judge decided.
func (r *Run) Drawn(criterion string) (labels, of int) {
	if r == nil {
		return 0, 0
	}
	_, t, drawn := r.table(criterion)
	return drawn, t.n
}

// Rate estimates the share of the replies that people would pass, by [stats.JudgedRate]. It is nil with fewer labels
// drawn at random than [Least].
func (r *Run) Rate(criterion string) *Estimate {
	if r == nil {
		return nil
	}
	_, t, drawn := r.table(criterion)
	if drawn < Least {
		return nil
	}
	rate, lo, hi := stats.JudgedRate(t.n, t.passes, t.tp, t.fp, t.fn, t.tn, level)
	return estimate(rate, lo, hi, t.labels(), t.n)
}

// Difference estimates how much more of the replies people would pass at the head than at the base, by
// [stats.JudgedDifference]. It is nil where both replies are labelled of fewer cases drawn at random than [Least].
func Difference(base, head *Run, criterion string) *Estimate {
	if base == nil || head == nil {
		return nil
	}
	order, drawn := inBestDraw(head.draws, pairs(base, head, criterion), func(p pair) string { return p.head.Name },
		func(p pair) (bool, bool) {
			return p.base.Pass != nil && p.head.Pass != nil, p.base.IsAnswered && p.head.IsAnswered
		})
	if drawn < Least {
		return nil
	}
	judge, people := make([]float64, len(order)), map[int]float64{}
	ended, differs := false, false
	for i, p := range order {
		judge[i] = value(p.head.Judge) - value(p.base.Judge)
		ended = ended || !p.base.IsAnswered || !p.head.IsAnswered
		if ended || p.base.Pass == nil || p.head.Pass == nil {
			continue
		}
		people[i] = value(p.head.Pass) - value(p.base.Pass)
		differs = differs || people[i] != 0
	}
	delta, lo, hi := stats.JudgedDifference(judge, people, level)
	if !differs {
		// Without a variance there is no width. So many equal pairs still allow for a share of others.
		hi = stats.ClopperPearsonUpper(0, drawn, (1+level)/2)
		lo = -hi
	}
	return estimate(delta, lo, hi, drawn, len(order))
}

// A pair is a unit at the base and at the head.
type pair struct{ base, head Unit }

func pairs(base, head *Run, criterion string) (out []pair) {
	at := map[string]Unit{}
	for _, u := range base.judged(criterion) {
		at[u.Name] = u
	}
	for _, u := range head.judged(criterion) {
		if b, ok := at[u.Name]; ok && b.Case == u.Case && b.Input == u.Input {
			out = append(out, pair{base: b, head: u})
		}
	}
	return out
}

func value(pass *bool) float64 {
	if *pass {
		return 1
	}
	return 0
}

func estimate(value, lo, hi float64, labels, of int) *Estimate {
	if math.IsNaN(value) || math.IsNaN(lo) || math.IsNaN(hi) {
		return nil
	}
	return &Estimate{Value: value, CI: [2]float64{lo, hi}, Labels: labels, Of: of}
}

// Next returns the reply whose label narrows the interval of a rate most, and by how much its variance falls: among
// those that the judge passes, or fails, where people contradict it most, the first in the order of the draw. It is
// false where none is open, or no draw of this criterion has a label.
func (r *Run) Next(criterion string) (u Unit, gain float64, ok bool) {
	order, t, drawn := r.table(criterion)
	if drawn == 0 {
		return Unit{}, 0, false
	}
	passed, failed := stats.LabelGain(t.n, t.passes, t.tp, t.fp, t.fn, t.tn)
	for _, other := range order {
		g := failed
		if *other.Judge {
			g = passed
		}
		if !other.IsAnswered && g > gain {
			u, gain, ok = other, g, true
		}
	}
	return u, gain, ok
}
