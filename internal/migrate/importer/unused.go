package importer

import (
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/text/wording"
)

// noteUsed notes the vars that a template names, also those that a loop goes over.
func (d *draft) noteUsed(template string) {
	for _, p := range pieces(template) {
		e := p.expr
		if m := forTag.FindStringSubmatch(template[p.from:p.to]); m != nil {
			e = parseExpr(m[3])
		}
		if e != nil && !slices.Contains(d.used, e.name) {
			d.used = append(d.used, e.name)
		}
	}
}

// listUnused lists the vars of the cases that went into no prompt, no expectation and
// no other var, and so are in none of the files.
func (d *draft) listUnused() {
	known := slices.Concat(d.used, []string{d.main.name})
	for _, e := range d.uses {
		known = append(known, e.name)
	}
	for _, c := range d.everyTurn() {
		if slices.ContainsFunc(c.expects, func(e expectation) bool { return e.code != nil }) {
			return // code gets all vars, in a table
		}
	}
	seen := map[string]int{}
	first := map[string]problem.Problem{}
	for _, c := range d.everyTurn() {
		for name, value := range c.vars {
			if slices.Contains(known, name) || isPartOfOther(asText(value), name, c.vars) {
				continue
			}
			if seen[name]++; seen[name] == 1 {
				first[name] = c.place
			}
		}
	}
	for _, name := range sortedKeys(seen) {
		d.lostAt(first[name], "the var %s (set by %s) goes into no prompt and no grader that is carried over", name,
			wording.Count(seen[name], "case"))
	}
}

func isPartOfOther(text, name string, vars map[string]any) bool {
	for other, value := range vars {
		if other != name && text != "" && strings.Contains(asText(value), text) {
			return true
		}
	}
	return false
}
