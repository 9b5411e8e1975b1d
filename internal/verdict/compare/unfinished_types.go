package compare

import (
	"slices"

	"promptbench/internal/verdict/stats"
)

// A typeSoFar is what one gating grader made of the cases of one expected type.
type typeSoFar struct {
	grader              int // among the plan's names
	value               string
	units               int // of all cases
	better, worse, seen int
}

// openTypes are the slices that the whole run will be tested in, before any case; see [typeSlices].
func (u *Unfinished) openTypes() (out []typeSoFar) {
	types, pairsOf := u.plan.byType()
	for _, g := range u.gating {
		var of []typeSoFar
		for _, value := range types {
			if n := len(u.plan.gather(g.at, pairsOf[value], false).units); n >= MinSliceUnits {
				of = append(of, typeSoFar{grader: g.at, value: value, units: n})
			}
		}
		if len(of) >= fewestTypes {
			out = append(out, of...)
		}
	}
	return out
}

// seeTypes adds the pairs of further cases.
func (u *Unfinished) seeTypes(p *pairing) {
	if len(u.types) == 0 {
		return
	}
	_, pairsOf := p.byType()
	for i := range u.types {
		t := &u.types[i]
		pairs := pairsOf[t.value]
		if pairs == nil { // which would stand for all
			continue
		}
		if g := p.gather(t.grader, pairs, false); len(g.units) > 0 {
			d := differenceOf(g)
			t.better, t.worse, t.seen = t.better+d.better, t.worse+d.worse, t.seen+len(g.units)
		}
	}
}

// missTypes is the chance of a wrong stop because a type gets worse that seemed safe, over all types and graders.
const missTypes = 0.05

// noTypeMayBeWorse reports whether it is improbable that any type fails a gate by type. A slice that does has a p of at
// most gateAlpha, one-sided, and falls by more than the margin, so that the rule of regressed at twice that level,
// two-sided, holds as well.
func (u *Unfinished) noTypeMayBeWorse() bool {
	mayBe := func(t typeSoFar) bool {
		e := stats.Early{Units: max(t.units, t.seen), Seen: t.seen, Better: t.better, Worse: t.worse}
		rule := stats.Rule{Margin: u.options.margin(u.plan.names[t.grader]), Level: level, Alpha: 2 * gateAlpha}
		return !(e.ChanceRegressed(rule) <= missTypes/float64(len(u.types)))
	}
	return !slices.ContainsFunc(u.types, mayBe)
}
