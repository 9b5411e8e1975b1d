package compare

import (
	"slices"
	"strings"

	"promptbench/internal/runfile"
	"promptbench/internal/summary"
)

// Compare holds head against base. Where graders or expectations differ, the
// caller grades both runs by the current suite first. The error is a [Refusal]
// where the two may not be compared.
func Compare(base, head *runfile.Run, o Options) (*Comparison, error) {
	notes, err := eligible(base, head, o)
	if err != nil {
		return nil, err
	}
	p := pair(base, head)
	if err := overlap(len(p.pairs), p.changes); err != nil {
		return nil, err
	}
	c := &Comparison{
		Schema: Schema, Noise: o.Noise, Gates: []summary.Gate{}, Base: sideOf(base, o.BasePrice), Head: sideOf(head, o.HeadPrice),
		Suite: head.Header.Suite.Name, Pairs: len(p.pairs), Changes: p.changes,
		Confusion: confusion(base, head, &p), Notes: append(slices.Clone(orEmpty(o.Notes)), notes...),
	}
	if len(o.Gates) > 0 {
		c.Gates = summary.Of(head, o.HeadPrice).Hold(o.Gates)
	}
	c.Graders = gradersOf(&p, o)
	c.Verdict = judge(&p, c.Graders, o)
	c.Rows = rows(base, head, &p)
	c.Flips = flips(c.Rows)
	countFlips(c.Graders, c.Flips)
	c.Tags = tagSlices(&p, o)
	c.Headline = headline(c)
	return c, nil
}

func gradersOf(p *pairing, o Options) []Grader {
	list := make([]Grader, 0, len(p.names))
	for i, name := range p.names {
		g := p.gather(i, false, nil)
		if len(g.units) == 0 {
			list = append(list, empty(name, g))
			continue
		}
		list = append(list, estimateOf(g, p.trials, o).result(name, g))
	}
	return list
}

// rows renders every pair, by case id.
func rows(base, head *runfile.Run, p *pairing) []CasePair {
	out := make([]CasePair, len(p.pairs))
	for i := range p.pairs {
		pr := &p.pairs[i]
		row := CasePair{Case: pr.c, Base: caseSide(base, pr.c.Case), Head: caseSide(head, pr.c.Case)}
		for k, name := range p.names {
			b, h := &pr.base[k], &pr.head[k]
			if b.Excluded || h.Excluded {
				row.Marks = append(row.Marks, Mark{Grader: name, Excluded: true})
				continue
			}
			m := Mark{Grader: name}
			if b.Scored > 0 {
				m.Base, m.BasePass = summary.Number(b.Mean()), b.Pass()
			}
			if h.Scored > 0 {
				m.Head, m.HeadPass = summary.Number(h.Mean()), h.Pass()
			}
			row.Marks = append(row.Marks, m)
		}
		out[i] = row
	}
	return out
}

func caseSide(run *runfile.Run, id string) CaseSide {
	trials := run.TrialsOf(id)
	if len(trials) == 0 {
		return CaseSide{Error: "not run"}
	}
	t := trials[0]
	switch {
	case t.Error != nil:
		return CaseSide{Error: t.Error.Kind}
	case t.Read == nil:
		return CaseSide{}
	}
	return CaseSide{Type: t.Read.Type, Items: len(t.Read.Items)}
}

// flips lists what flipped: to fail first, then to pass, each by case and in
// the suite's order of graders.
func flips(rows []CasePair) []Flip {
	list := []Flip{}
	for _, row := range rows {
		for _, m := range row.Marks {
			if m.Flipped() {
				list = append(list, Flip{Case: row.Case.Case, Grader: m.Grader, Base: *m.Base, Head: *m.Head, ToFail: m.BasePass})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Flip) int {
		if a.ToFail != b.ToFail {
			if a.ToFail {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Case, b.Case)
	})
	return list
}

func countFlips(list []Grader, flips []Flip) {
	for i := range list {
		for _, f := range flips {
			switch {
			case f.Grader != list[i].Grader:
			case f.ToFail:
				list[i].NewlyFail++
			default:
				list[i].NewlyPass++
			}
		}
	}
}

// tagSlices gives counts and intervals by tag. They carry no p: with so many
// tags some would be small by chance.
func tagSlices(p *pairing, o Options) []Slice {
	list := []Slice{}
	for _, tag := range tagsOf(p) {
		has := func(c runfile.Case) bool { return slices.Contains(c.Tags, tag) }
		for i, name := range p.names {
			if !gating(name, o) {
				continue
			}
			g := p.gather(i, false, has)
			if len(g.units) == 0 {
				continue
			}
			e := estimateOf(g, p.trials, o)
			list = append(list, Slice{
				Tag: tag, Grader: name, Units: len(g.units), Delta: summary.Number(e.delta), CI: interval(e.lo, e.hi),
				Better: e.better, Worse: e.worse,
			})
		}
	}
	return list
}

func tagsOf(p *pairing) []string {
	var tags []string
	seen := map[string]bool{}
	for i := range p.pairs {
		for _, t := range p.pairs[i].c.Tags {
			if !seen[t] {
				seen[t] = true
				tags = append(tags, t)
			}
		}
	}
	slices.Sort(tags)
	return tags
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func sideOf(run *runfile.Run, price *summary.Price) Side {
	h := run.Header
	s := Side{
		Prompt: h.Prompt.Name, Run: h.Run, Hash: h.Prompt.Hash, Model: h.Model.ID, Endpoint: h.Model.Endpoint,
		Status: run.Status(), Trials: h.Trials, Basis: summary.BasisOf(run), Usage: summary.UsageOf(run, price),
	}
	for _, t := range run.Trials {
		if t.Error != nil {
			s.Errors++
		}
		for _, score := range t.Scores {
			if score.Unscored != "" {
				s.Unscored++
			}
		}
	}
	return s
}

// confusion counts both sides over the paired cases alone.
func confusion(base, head *runfile.Run, p *pairing) Confusion {
	types := orEmpty(head.Header.Reply.Types)
	cases := make([]runfile.Case, len(p.pairs))
	for i := range p.pairs {
		cases[i] = p.pairs[i].c
	}
	return Confusion{
		Expected: types, Returned: append(slices.Clone(types), summary.Unread),
		Base: summary.Confusion(base, cases, types), Head: summary.Confusion(head, cases, types),
	}
}
