package compare

import (
	"cmp"
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// A Change is what became of a case from base to head, over all graders.
type Change uint8

// The changes, in the order in which people ask for them.
const (
	NewlyFails  Change = iota // fails a grader that it passed at the base
	NewlyPasses               // passes a grader that it failed at the base, and newly fails none
	Moved                     // a score rose, fell, appeared or went, and nothing flipped
	Unchanged
)

// String names the change as files do: newly_fails, newly_passes, moved or
// unchanged.
func (c Change) String() string {
	return [...]string{"newly_fails", "newly_passes", "moved", "unchanged"}[c]
}

// A CasePair is one case with what both sides made of it.
type CasePair struct {
	Case   runfile.Case
	Change Change
	Base   CaseSide
	Head   CaseSide
	Marks  []Mark // per grader, in the suite's order
}

// A CaseSide is how one side did on one case.
type CaseSide struct {
	summary.Said

	Error string // why it has no reply at all, where it has none
}

// A Mark is one grader's finding on both sides of one case. A nil value is not
// scored.
type Mark struct {
	Grader             string
	Excluded           bool // does not apply
	Base, Head         *float64
	BasePass, HeadPass bool
}

// BaseMark is one character for the base: ✓ passes, ✗ fails, ? not scored,
// · does not apply.
func (m Mark) BaseMark() string { return mark(m.Excluded, m.Base, m.BasePass) }

// HeadMark is [Mark.BaseMark] for the head.
func (m Mark) HeadMark() string { return mark(m.Excluded, m.Head, m.HeadPass) }

func mark(excluded bool, value *float64, pass bool) string {
	switch {
	case excluded:
		return "·"
	case value == nil:
		return "?"
	case pass:
		return "✓"
	}
	return "✗"
}

// Flipped reports whether the case passes on one side only.
func (m Mark) Flipped() bool {
	return m.Base != nil && m.Head != nil && m.BasePass != m.HeadPass
}

// Changed reports whether the values of the two sides differ.
func (m Mark) Changed() bool {
	if m.Base == nil || m.Head == nil {
		return (m.Base == nil) != (m.Head == nil)
	}
	return snapToZero(*m.Base-*m.Head) != 0
}

// Changed counts the pairs that are not [Unchanged].
func (c *Comparison) Changed() int {
	n := 0
	for _, change := range c.became {
		if change != Unchanged {
			n++
		}
	}
	return n
}

// Rows renders the first of the pairs: those that changed in the order of [Change], the
// worst of each first, then the unchanged ones. Of the cases that break a type, and of
// those that fix one, any first few are in proportion to what the replies turned into. A
// negative limit renders all pairs, else the unchanged ones are left out.
func (c *Comparison) Rows(limit int) []CasePair {
	order := make([]int, 0, len(c.became))
	for i, became := range c.became {
		if limit < 0 || became != Unchanged {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(c.became[a], c.became[b]), c.moved[a].compare(c.moved[b]))
	})
	c.drawInProportion(order)
	if limit >= 0 {
		order = order[:min(limit, len(order))]
	}
	out := make([]CasePair, len(order))
	for k, i := range order {
		out[k] = c.pairs.row(i)
		out[k].Change = c.became[i]
	}
	return out
}

// drawInProportion moves the cases that the headline counts, by type, to the front of those
// with the same change. Its nth case of m alike, of one expected type with one kind of reply
// at the head, comes at the share (n − ½)/m of all.
func (c *Comparison) drawInProportion(order []int) {
	worse, better := c.NamedTypes()
	type kind struct{ expected, said, failed string }
	kinds, counts, place := map[int]kind{}, map[kind]int{}, map[int]float64{}
	for _, i := range order {
		named := map[Change][]TypeSlice{NewlyFails: worse, NewlyPasses: better}[c.became[i]]
		if c.flipsType(i, named) {
			said := summary.SaidOf(c.pairs.head.run, c.pairs.pairs[i].head)
			kinds[i] = kind{c.pairs.pairs[i].c.Expect.Type, said.Type, said.Failed}
			counts[kinds[i]]++
		}
	}
	seen := map[kind]int{}
	for _, i := range order {
		place[i] = 1
		if k, ok := kinds[i]; ok {
			place[i] = (float64(seen[k]) + 0.5) / float64(counts[k])
			seen[k]++
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(c.became[a], c.became[b]), cmp.Compare(place[a], place[b]))
	})
}

// flipsType reports whether a pair flips as one of the slices says that its type did.
func (c *Comparison) flipsType(i int, named []TypeSlice) bool {
	return slices.ContainsFunc(named, func(s TypeSlice) bool {
		if s.Value != c.pairs.pairs[i].c.Expect.Type {
			return false
		}
		base, head := c.pairs.cells(i, slices.Index(c.pairs.names, s.Grader))
		return base.Scored > 0 && head.Scored > 0 && base.Pass() != head.Pass() && base.Pass() == (s.Verdict == SliceWorse)
	})
}

// A movement says how far a pair moved in the direction of its [Change], by the graders
// that count.
type movement struct {
	flips int
	by    float64 // how far the values moved in all; a rise is negative, of what newly passes a fall
}

// compare orders what moved more first.
func (m movement) compare(o movement) int {
	return cmp.Or(o.flips-m.flips, cmp.Compare(o.by, m.by))
}

func (p *pairing) row(i int) CasePair {
	pr := &p.pairs[i]
	row := CasePair{
		Case: *pr.c, Base: p.base.sideOf(pr.base), Head: p.head.sideOf(pr.head), Marks: make([]Mark, len(p.names)),
	}
	for k, name := range p.names {
		base, head := p.cells(i, k)
		m := &row.Marks[k]
		m.Grader = name
		if m.Excluded = summary.NotApplicable(&base, &head); m.Excluded {
			continue
		}
		if base.Scored > 0 {
			m.Base, m.BasePass = summary.Number(base.Mean()), base.Pass()
		}
		if head.Scored > 0 {
			m.Head, m.HeadPass = summary.Number(head.Mean()), head.Pass()
		}
	}
	return row
}

// sideOf is how the run did in the trials of a case.
func (s *spender) sideOf(trials []runfile.Trial) CaseSide {
	if len(trials) == 0 {
		return CaseSide{Error: "not run"}
	}
	failure := ""
	for i := range trials {
		if t := &trials[i]; t.Read != nil {
			return CaseSide{Said: summary.SaidOf(s.run, trials)}
		} else if t.Error != nil && failure == "" {
			failure = t.Error.Kind
		}
	}
	return CaseSide{Error: failure}
}

// findChanges finds what became of every pair, and lists the flips: to fail first,
// then to pass, each by case and in the suite's order of graders.
func (c *Comparison) findChanges() {
	c.became = make([]Change, len(c.pairs.pairs))
	c.moved = make([]movement, len(c.pairs.pairs))
	var fails, passes []Flip
	for i := range c.pairs.pairs {
		c.became[i] = Unchanged
		failed, passed := false, false
		falls, rises, drop := 0, 0, 0.0 // by the graders that count
		for k := range c.pairs.names {
			base, head := c.pairs.cells(i, k)
			switch {
			case summary.NotApplicable(&base, &head):
				continue
			case base.Scored == 0 || head.Scored == 0:
				if base.Scored != head.Scored {
					c.became[i] = Moved
				}
				continue
			case snapToZero(base.Mean()-head.Mean()) != 0:
				c.became[i] = Moved
			}
			flip := Flip{
				Case: c.pairs.pairs[i].c.Case, Grader: c.pairs.names[k],
				Base: base.Mean(), Head: head.Mean(), ToFail: base.Pass(),
			}
			counts := 0
			if c.Graders[k].Gating {
				counts = 1
				drop += flip.Base - flip.Head
			}
			switch {
			case base.Pass() == head.Pass():
			case flip.ToFail:
				failed = true
				falls += counts
				fails = append(fails, flip)
				c.Graders[k].NewlyFail++
			default:
				passed = true
				rises += counts
				passes = append(passes, flip)
				c.Graders[k].NewlyPass++
			}
		}
		c.moved[i] = movement{falls, drop}
		if passed {
			c.NewlyPass++
			c.became[i], c.moved[i] = NewlyPasses, movement{rises, -drop}
		}
		if failed {
			c.NewlyFail++
			c.became[i], c.moved[i] = NewlyFails, movement{falls, drop}
		}
	}
	c.Flips = joined(fails, passes)
}

// Rows pairs the cases of two runs and says what became of each, in the order of
// [Comparison.Rows]. It tests nothing, and so takes any two runs, unfinished ones too;
// cases that either lacks, or whose input differs, are left out.
func Rows(base, head *runfile.Run) []CasePair {
	p := pair(base, head, nil)
	c := &Comparison{pairs: p, Graders: make([]Grader, len(p.names))}
	for k, name := range p.names {
		c.Graders[k].Gating = gating(name, Options{})
	}
	c.findChanges()
	return c.Rows(-1)
}
