package propose

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"promptbench/internal/input/suite"
	"promptbench/internal/text/near"
)

// TagNearExample marks a proposed case that nearly equals an example of a prompt: a model that copies passes it.
const TagNearExample = "near-example"

// A match is the closest text that a candidate nearly equals.
type match struct {
	of         int // among the known ones; -1 for none
	similarity float64
}

// A knownText is one that candidates are compared with: the input of a case, or an example.
type knownText struct {
	suite.Case
	prompt   string // of an example
	isSealed bool
}

// compareWithKnown leaves out candidates that repeat a case of the suite or an example. One that nearly equals a
// case joins its group; one that nearly equals an example is marked. A near copy of a sealed case is left out: a
// person or a model that works with it would work with the sealed one.
func (p *proposer) compareWithKnown() error {
	known, err := p.known()
	if err != nil {
		return err
	}
	first := map[string]int{} // by folded text
	for i := range known {
		key := fold(p.redactor.Unmarked(known[i].Input))
		if _, ok := first[key]; !ok {
			first[key] = i
		}
	}
	matches := p.matches(known)
	p.found = slices.DeleteFunc(p.found, func(c *candidate) bool {
		m := matches[c]
		repeats := false
		if at, ok := first[fold(p.redactor.Unmarked(c.Input))]; ok && p.isComparable(c, known[at]) {
			m, repeats = match{at, 1}, true
		}
		if m.of < 0 {
			return false
		}
		k := known[m.of]
		alike := fmt.Sprintf("%.0f%% alike", math.Floor(100*m.similarity))
		switch {
		case k.isSealed:
			p.leave(c.From.File, c.From.Line, "nearly equals a sealed case of the suite", "")
		case repeats && k.prompt != "":
			p.leave(c.From.File, c.From.Line, "repeats an example in a prompt", k.prompt)
		case repeats:
			p.leave(c.From.File, c.From.Line, "repeats a case of the suite", k.ID)
		case k.prompt != "":
			c.Tags = append(slices.Clone(c.Tags), TagNearExample)
			c.remarks = append(c.remarks, fmt.Sprintf("nearly equals an example of %s (%s)", k.prompt, alike))
			return false
		default:
			c.Group = cmp.Or(k.Group, k.ID)
			c.remarks = append(c.remarks, fmt.Sprintf("nearly equals the case %s (%s)", k.ID, alike))
			if k.Group == "" {
				c.remarks[len(c.remarks)-1] += "; if it stays, give that case the group as well"
			}
			return false
		}
		return true
	})
	return nil
}

// known lists the cases of the suite and then the examples.
func (p *proposer) known() ([]knownText, error) {
	var out []knownText
	for c, err := range p.o.Suite.All() {
		if err != nil {
			return nil, fmt.Errorf("reading the cases of the suite: %w", err)
		}
		out = append(out, knownText{Case: c, isSealed: p.o.Suite.IsSealed(c.ID)})
	}
	for _, e := range p.o.Examples {
		out = append(out, knownText{Case: suite.Case{Input: e.Text}, prompt: e.Prompt})
	}
	return out, nil
}

// isComparable reports whether a candidate can repeat a known text: no case of the suite repeats itself, and other
// variables make another case.
func (p *proposer) isComparable(c *candidate, k knownText) bool {
	return k.prompt != "" || !c.isOwn && (len(c.Vars) == 0 || maps.Equal(c.Vars, k.Vars))
}

// matches finds the closest known text of each candidate; of several, the first.
func (p *proposer) matches(known []knownText) map[*candidate]match {
	texts := make([]string, len(known))
	for i := range known {
		texts[i] = p.redactor.Unmarked(known[i].Input)
	}
	out := make(map[*candidate]match, len(p.found))
	for _, c := range p.found {
		out[c] = match{of: -1}
	}
	near.Between(p.texts(), texts, func(i, j int) bool {
		return p.isComparable(p.found[i], known[j])
	}, func(i, j int, similarity float64) {
		c := p.found[i]
		if m := out[c]; m.of < 0 || similarity > m.similarity || similarity == m.similarity && j < m.of {
			out[c] = match{j, similarity}
		}
	})
	return out
}

// texts are those by which candidates are alike: without what was redacted.
func (p *proposer) texts() []string {
	out := make([]string, len(p.found))
	for i, c := range p.found {
		out[i] = p.redactor.Unmarked(c.Input)
	}
	return out
}

// group gives candidates that nearly equal each other one group, named after the first of them, and puts those of a
// group together.
func (p *proposer) group() {
	middles := near.Groups(p.texts())
	first, size := map[int]int{}, map[int]int{}
	for i, middle := range middles {
		if p.found[i].Group != "" {
			continue // it has the group of a case
		}
		if size[middle]++; size[middle] == 1 {
			first[middle] = i
		}
	}
	for i, middle := range middles {
		if c := p.found[i]; c.Group == "" && size[middle] > 1 {
			c.Group = p.found[first[middle]].ID
		}
	}
	place := map[string]int{} // of the first of each group
	order := map[*candidate]int{}
	for i, c := range p.found {
		order[c] = i
		if c.Group == "" {
			continue
		}
		if at, ok := place[c.Group]; ok {
			order[c] = at
		} else {
			place[c.Group] = i
		}
	}
	p.groups = len(place)
	slices.SortStableFunc(p.found, func(a, b *candidate) int { return cmp.Compare(order[a], order[b]) })
}
