package compare

import (
	"promptbench/internal/record/runfile"
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
	leftOut int  // cases that lack the score of a trial, though the grader may apply
	grouped bool // a unit has more than one case
	binary  bool // every value is 0 or 1
}

// gather averages the trials of a case, and the cases of a group, into one
// unit, over the pairs with the given numbers, nil meaning all. With worst set,
// a trial without a score counts as 1 at the base and as 0 at the head.
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
		baseMissing, headMissing := p.base.missing(p.pairs[i].base, &base), p.head.missing(p.pairs[i].head, &head)
		s, ok := g.caseSums(&base, &head, baseMissing, headMissing, worst)
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
		first := s // s itself stays off the heap
		groups[group] = &first
		order = append(order, &first)
	}
	for _, s := range order {
		g.units = append(g.units, s.unit())
	}
	return g
}

// missing counts the trials of a case that have no score of a grader.
func (s spender) missing(trials []runfile.Trial, c *summary.Cell) int {
	return max(s.run.Header.Trials, len(trials), 1) - c.Scored
}

// caseSums is what one case adds to its unit, if anything.
func (g *gathered) caseSums(base, head *summary.Cell, baseMissing, headMissing int, worst bool) (sums, bool) {
	if summary.NotApplicable(base, head) {
		return sums{}, false
	}
	if baseMissing+headMissing > 0 {
		g.leftOut++
	}
	s := sums{cases: 1, base: tallyOf(base), head: tallyOf(head)}
	if worst {
		s.base, s.head = s.base.with(baseMissing, 1), s.head.with(headMissing, 0)
	} else if base.Scored == 0 || head.Scored == 0 {
		return sums{}, false
	}
	g.binary = g.binary && base.Binary && head.Binary
	return s, true
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

func tallyOf(c *summary.Cell) tally {
	return tally{c.Sum / float64(max(1, c.Scored)), c.Passed, c.Scored}
}

// with is the tally of one case with so many more trials of a value.
func (t tally) with(trials, value int) tally {
	if trials == 0 {
		return t
	}
	scored := t.scored + trials
	sum := t.mean*float64(t.scored) + float64(value*trials)
	return tally{sum / float64(scored), t.passed + value*trials, scored}
}

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
