package compare

import (
	"strings"

	"promptbench/internal/runfile"
	"promptbench/internal/summary"
)

// A paired is one case that both sides have, with a cell per grader and side.
type paired struct {
	c          runfile.Case
	base, head []summary.Cell
}

// pairing brings the cases of two runs together.
type pairing struct {
	names   []string // graders, in the order of the runs
	pairs   []paired
	changes Changes
	trials  int // the most trials a case has on either side
}

func pair(base, head *runfile.Run) pairing {
	p := pairing{names: summary.GraderNames(head, base), changes: Changes{Added: []string{}, Removed: []string{}, Changed: []string{}}}
	i, j := 0, 0
	for i < len(base.Cases) || j < len(head.Cases) {
		switch order := compareAt(base.Cases, i, head.Cases, j); {
		case order < 0:
			p.changes.Removed = append(p.changes.Removed, base.Cases[i].Case)
			i++
		case order > 0:
			p.changes.Added = append(p.changes.Added, head.Cases[j].Case)
			j++
		case base.Cases[i].InputHash != head.Cases[j].InputHash:
			p.changes.Changed = append(p.changes.Changed, head.Cases[j].Case)
			i, j = i+1, j+1
		default:
			c := head.Cases[j]
			b, nb := summary.Cells(base, c.Case, p.names)
			h, nh := summary.Cells(head, c.Case, p.names)
			p.trials = max(p.trials, nb, nh)
			p.pairs = append(p.pairs, paired{c: c, base: b, head: h})
			i, j = i+1, j+1
		}
	}
	return p
}

// compareAt orders two positions of sorted case lists; a list that has ended
// comes last.
func compareAt(a []runfile.Case, i int, b []runfile.Case, j int) int {
	switch {
	case i == len(a):
		return 1
	case j == len(b):
		return -1
	}
	return strings.Compare(a[i].Case, b[j].Case)
}

// leftOut reports whether the grader may apply to the case, yet at most one
// side has a value. What one side found not applicable is so on both.
func leftOut(b, h *summary.Cell) bool {
	return !b.Excluded && !h.Excluded && (b.Scored == 0 || h.Scored == 0)
}

// A unit is what statistics count: a case, or a group of paraphrases.
type unit struct {
	base, head         float64
	basePass, headPass bool
}

// A gathered is what the statistics of one grader rest on.
type gathered struct {
	units   []unit
	cases   int
	leftOut int
	grouped bool // a unit has more than one case
	binary  bool // every value of every case is 0 or 1
}

// sums adds up the cases of a unit.
type sums struct {
	base, head         float64
	basePass, headPass int
	n                  int
}

func (s *sums) add(o sums) {
	s.base += o.base
	s.head += o.head
	s.basePass += o.basePass
	s.headPass += o.headPass
	s.n += o.n
}

// gather averages the cases of a group into one unit; a case without a group
// is a unit of its own. With worst set, a pair that is left out counts as
// passing at the base and failing at the head. Only cases that keep holds for
// count; a nil keep keeps all.
func (p *pairing) gather(grader int, worst bool, keep func(runfile.Case) bool) gathered {
	g := gathered{binary: true}
	byGroup := map[string]int{}
	var all []sums
	for i := range p.pairs {
		pr := &p.pairs[i]
		if keep != nil && !keep(pr.c) {
			continue
		}
		s, ok := g.caseSums(&pr.base[grader], &pr.head[grader], worst)
		if !ok {
			continue
		}
		g.cases++
		if at, known := byGroup[pr.c.Group]; known {
			g.grouped = true
			all[at].add(s)
			continue
		}
		if pr.c.Group != "" {
			byGroup[pr.c.Group] = len(all)
		}
		all = append(all, s)
	}
	g.units = make([]unit, len(all))
	for i, s := range all {
		n := float64(s.n)
		g.units[i] = unit{base: s.base / n, head: s.head / n, basePass: 2*s.basePass > s.n, headPass: 2*s.headPass > s.n}
	}
	return g
}

// caseSums is what one case adds to its unit, if anything.
func (g *gathered) caseSums(b, h *summary.Cell, worst bool) (sums, bool) {
	switch {
	case leftOut(b, h):
		g.leftOut++
		return sums{base: 1, basePass: 1, n: 1}, worst
	case b.Excluded || h.Excluded:
		return sums{}, false
	}
	g.binary = g.binary && b.Binary && h.Binary
	s := sums{base: b.Mean(), head: h.Mean(), n: 1}
	if b.Pass() {
		s.basePass = 1
	}
	if h.Pass() {
		s.headPass = 1
	}
	return s, true
}
