package blame

import (
	"slices"
	"strings"

	"promptbench/internal/input/prompt"
)

// join makes one hunk of those that can't stand alone, so that every subset is a prompt that a file could hold: it has
// the input, a user's message and no empty one, and user and assistant take turns where they do in base and head. It
// also joins those that are the same.
func (c *Change) join(same [][]int) {
	groups := make([]int, len(c.Hunks))
	for i := range groups {
		groups[i] = i
	}
	together := func(hunks []int) {
		for _, h := range hunks {
			if h != always {
				from, to := groups[h], groups[hunks[0]]
				for i, g := range groups {
					if g == from {
						groups[i] = to
					}
				}
			}
		}
	}
	for _, hunks := range same {
		together(hunks)
	}
	for i := range c.texts {
		if t := &c.texts[i]; t.hunk == always && isTurn(t.role) && t.mayBeEmpty() {
			together(t.hunksOf())
		}
	}
	together(c.unlessSure(func(t *message) bool { return t.role == "user" }, nil))
	together(c.unlessSure(nil, holdsInput))
	if takesTurns(c.Base.Messages) && takesTurns(c.Head.Messages) {
		together(c.unpaired())
	}
	c.renumber(groups)
}

func isTurn(role string) bool { return role == "user" || role == "assistant" }

// hunksOf are the hunks of the message's text.
func (m *message) hunksOf() []int {
	var out []int
	for _, p := range m.pieces {
		if p.hunk != always {
			out = append(out, p.hunk)
		}
	}
	return out
}

// mayBeEmpty reports whether a variant may have no piece of a message.
func (m *message) mayBeEmpty() bool {
	var list []place
	for _, p := range m.pieces {
		list = append(list, p.place)
	}
	return !isSure(list)
}

// isSure reports whether each variant has at least one of several places.
func isSure(list []place) bool {
	return slices.ContainsFunc(list, func(p place) bool {
		return p.hunk == always || slices.Contains(list, place{p.hunk, !p.in})
	})
}

// unlessSure are the hunks that hold messages or texts, if a variant may have none of these; else nothing.
func (c *Change) unlessSure(isWanted func(*message) bool, holds func(string) bool) []int {
	var list []place
	for i := range c.texts {
		t := &c.texts[i]
		switch {
		case isWanted != nil && isWanted(t):
			list = append(list, t.place)
		case holds != nil:
			for _, p := range t.pieces {
				if holds(p.text) {
					at := p.place
					if t.hunk != always { // its pieces are in all variants that have it
						at = t.place
					}
					list = append(list, at)
				}
			}
		}
	}
	if isSure(list) {
		return nil
	}
	out := make([]int, len(list))
	for i, p := range list {
		out[i] = p.hunk
	}
	return out
}

// takesTurns reports whether no two messages of a user or of the assistant follow each other.
func takesTurns(list []prompt.Message) bool {
	before := ""
	for _, m := range list {
		if isTurn(m.Role) {
			if m.Role == before {
				return false
			}
			before = m.Role
		}
	}
	return true
}

// unpaired are the hunks that add or take away messages of a user or of the assistant, if one of them changes who
// speaks next: it does something else than add or take away pairs of a user's message and an answer.
func (c *Change) unpaired() []int {
	of := map[int]*[2]string{} // the roles that a hunk takes away and adds
	var hunks []int
	for i := range c.texts {
		t := &c.texts[i]
		if t.hunk == always || !isTurn(t.role) {
			continue
		}
		if of[t.hunk] == nil {
			of[t.hunk] = &[2]string{}
			hunks = append(hunks, t.hunk)
		}
		side := 0
		if t.in {
			side = 1
		}
		of[t.hunk][side] += t.role + " "
	}
	arePairs := func(s string) bool { return strings.ReplaceAll(s, "user assistant ", "") == "" }
	if !slices.ContainsFunc(hunks, func(h int) bool {
		r := of[h]
		return r[0] != r[1] && !(arePairs(r[0]) && arePairs(r[1]))
	}) {
		return nil
	}
	return hunks
}

// renumber joins the hunks of each group, and numbers hunks in the order of the prompt.
func (c *Change) renumber(groups []int) {
	numbers := map[int]int{} // by group
	c.eachHunk(func(hunk *int) {
		if _, ok := numbers[groups[*hunk]]; !ok {
			numbers[groups[*hunk]] = len(numbers)
		}
	})
	joined := make([]Hunk, len(numbers))
	for i, h := range c.Hunks {
		j := &joined[numbers[groups[i]]]
		j.Where = joinPlaces(j.Where, h.Where)
		j.Base, j.Head = joinTexts(j.Base, h.Base, "\n"), joinTexts(j.Head, h.Head, "\n")
	}
	c.eachHunk(func(hunk *int) { *hunk = numbers[groups[*hunk]] })
	c.Hunks = joined
}

// eachHunk calls do with each reference to a hunk, in the order of the prompt.
func (c *Change) eachHunk(do func(*int)) {
	unlessAlways := func(hunk *int) {
		if *hunk != always {
			do(hunk)
		}
	}
	for i := range c.texts {
		t := &c.texts[i]
		unlessAlways(&t.hunk)
		unlessAlways(&t.begin.hunk)
		for k := range t.pieces {
			unlessAlways(&t.pieces[k].hunk)
			unlessAlways(&t.pieces[k].sep.hunk)
		}
		unlessAlways(&t.end.hunk)
	}
	for i := range c.settings {
		unlessAlways(&c.settings[i].hunk)
	}
}

// joinPlaces names two places, and several examples in a row as one.
func joinPlaces(a, b string) string {
	const one, many = "example ", "examples "
	at := strings.LastIndex(b, one)
	if at < 0 || !strings.HasPrefix(a, b[:at]) || strings.Contains(a, "; ") {
		return joinTexts(a, b, "; ")
	}
	rest, isOne := strings.CutPrefix(a[at:], one)
	if !isOne {
		if rest, isOne = strings.CutPrefix(a[at:], many); !isOne {
			return joinTexts(a, b, "; ")
		}
	}
	first, _, _ := strings.Cut(rest, " ")
	return b[:at] + many + first + " to " + b[at+len(one):]
}

func joinTexts(a, b, sep string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + sep + b
}
