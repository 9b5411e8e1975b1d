package compare

import (
	"iter"
	"reflect"
	"slices"
	"strings"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// A paired is one case that both sides have. It refers to the runs and holds no
// numbers: those of 100,000 pairs by every grader would outweigh the runs.
type paired struct {
	c          *runfile.Case // of the head: its expectation, tags and group count
	base, head []runfile.Trial
}

// A pairing brings the cases of two runs together.
type pairing struct {
	names   []string // graders, in the order of the runs
	pairs   []paired // by case id
	changes Changes
	trials  int // the most that a case has on either side
	expect  int // pairs whose two cases expect different things

	base, head spender
}

// pair pairs the cases by all graders but those that are left out. Cases that a run
// lacks because it stopped early are no change.
func pair(base, head *runfile.Run, leftOut []string) *pairing {
	names := summary.GraderNames(head, base)
	p := &pairing{
		names:   slices.DeleteFunc(names, func(name string) bool { return slices.Contains(leftOut, name) }),
		pairs:   make([]paired, 0, min(len(base.Cases), len(head.Cases))),
		changes: Changes{Added: []string{}, Removed: []string{}, Changed: []string{}},
		base:    spender{run: base}, head: spender{run: head},
	}
	i, j := 0, 0
	for i < len(base.Cases) || j < len(head.Cases) {
		switch order := compareAt(base.Cases, i, head.Cases, j); {
		case order < 0:
			if !head.Stopped() {
				p.changes.Removed = append(p.changes.Removed, base.Cases[i].Case)
			}
			i++
		case order > 0:
			if !base.Stopped() {
				p.changes.Added = append(p.changes.Added, head.Cases[j].Case)
			}
			j++
		case base.Cases[i].InputHash != head.Cases[j].InputHash:
			p.changes.Changed = append(p.changes.Changed, head.Cases[j].Case)
			i, j = i+1, j+1
		default:
			pr := paired{c: &head.Cases[j], base: base.TrialsOf(head.Cases[j].Case), head: head.TrialsOf(head.Cases[j].Case)}
			p.trials = max(p.trials, len(pr.base), len(pr.head))
			if !reflect.DeepEqual(&base.Cases[i].Expect, &pr.c.Expect) {
				p.expect++
			}
			p.pairs = append(p.pairs, pr)
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

// cells are what a grader said of a pair on both sides.
func (p *pairing) cells(i, grader int) (base, head summary.Cell) {
	pr := &p.pairs[i]
	return summary.CellOf(pr.base, p.names[grader], grader), summary.CellOf(pr.head, p.names[grader], grader)
}

// Units counts the paired cases, each group of paraphrases as one.
func (c *Comparison) Units() int {
	if c.pairs == nil {
		return c.Pairs
	}
	groups := map[string]bool{}
	alone := 0
	for _, p := range c.pairs.pairs {
		if p.c.Group == "" {
			alone++
		} else {
			groups[p.c.Group] = true
		}
	}
	return alone + len(groups)
}

// side gives the paired cases with the trials of one side.
func (p *pairing) side(trials func(*paired) []runfile.Trial) iter.Seq2[*runfile.Case, []runfile.Trial] {
	return func(yield func(*runfile.Case, []runfile.Trial) bool) {
		for i := range p.pairs {
			if !yield(p.pairs[i].c, trials(&p.pairs[i])) {
				return
			}
		}
	}
}
