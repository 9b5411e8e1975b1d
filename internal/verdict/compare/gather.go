package compare

import (
	"promptbench/internal/verdict/summary"
)

// A unit is what statistics count: a case, or a group of paraphrases.
type unit struct {
	base, head         float64
	basePass, headPass bool
}

// A gathered is what the statistics of one grader rest on.
type gathered struct {
	units   []unit
	cases   int
	leftOut int  // cases scored on one side at most, though the grader may apply
	grouped bool // a unit has more than one case
	binary  bool // every value is 0 or 1
}

// gather averages the trials of a case, and the cases of a group, into one
// unit, over the pairs with the given numbers, nil meaning all. With worst set,
// a pair that is left out counts as passing at the base and failing at the head.
func (p *pairing) gather(grader int, pairs []int32, worst bool) gathered {
	n := len(pairs)
	if pairs == nil {
		n = len(p.pairs)
	}
	g := gathered{binary: true, units: make([]unit, 0, n)}
	groups := map[string]*sums{}
	var order []*sums
	for i := range n {
		if pairs != nil {
			i = int(pairs[i])
		}
		base, head := p.cells(i, grader)
		s, ok := g.caseSums(&base, &head, worst)
		if !ok {
			continue
		}
		g.cases++
		group := p.pairs[i].c.Group
		if group == "" {
			g.units = append(g.units, s.unit())
			continue
		}
		if kept, known := groups[group]; known {
			g.grouped = true
			kept.add(s)
			continue
		}
		groups[group] = &s
		order = append(order, &s)
	}
	for _, s := range order {
		g.units = append(g.units, s.unit())
	}
	return g
}

// leftOut reports whether the grader may apply to the case, yet at most one
// side has a value. What one side found not applicable is so on both.
func leftOut(base, head *summary.Cell) bool {
	return !base.Excluded && !head.Excluded && (base.Scored == 0 || head.Scored == 0)
}

// caseSums is what one case adds to its unit, if anything.
func (g *gathered) caseSums(base, head *summary.Cell, worst bool) (sums, bool) {
	switch {
	case leftOut(base, head):
		g.leftOut++
		return sums{cases: 1, base: tally{1, 1, 1}, head: tally{0, 0, 1}}, worst
	case base.Excluded || head.Excluded:
		return sums{}, false
	}
	g.binary = g.binary && base.Binary && head.Binary
	return sums{cases: 1, base: tallyOf(base), head: tallyOf(head)}, true
}

// sums adds up the cases of a unit.
type sums struct {
	cases      int
	base, head tally
}

// A tally is one side: the sum of the cases' means, and of all their trials how
// many were scored and passed.
type tally struct {
	mean           float64
	passed, scored int
}

func tallyOf(c *summary.Cell) tally { return tally{c.Mean(), c.Passed, c.Scored} }

func (t *tally) add(o tally) {
	t.mean += o.mean
	t.passed += o.passed
	t.scored += o.scored
}

func (t tally) pass() bool { return 2*t.passed > t.scored }

func (s *sums) add(o sums) {
	s.cases += o.cases
	s.base.add(o.base)
	s.head.add(o.head)
}

// unit passes where over half of its trials do.
func (s *sums) unit() unit {
	n := float64(s.cases)
	return unit{base: s.base.mean / n, head: s.head.mean / n, basePass: s.base.pass(), headPass: s.head.pass()}
}
