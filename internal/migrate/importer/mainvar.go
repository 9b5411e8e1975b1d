package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
)

// usedVars lists the expressions in braces of each prompt, the last one at the end.
func (d *draft) usedVars() map[string][]*expr {
	out := map[string][]*expr{}
	for _, p := range d.prompts {
		for _, m := range p.messages {
			for _, piece := range pieces(m.text) {
				if piece.expr != nil {
					list := slices.DeleteFunc(out[p.key()], piece.expr.same)
					out[p.key()] = append(list, piece.expr)
				}
			}
		}
	}
	return out
}

// mainVar chooses what is the input: what most prompts use, that is there in
// most cases, that goes by a usual name, that is a var without more, that differs
// from case to case, that stands last.
func (d *draft) mainVar(used map[string][]*expr) *expr {
	type rank struct {
		expr                                         *expr
		prompts, filled, known, plain, distinct, pos int
	}
	var ranks []*rank
	for _, p := range d.prompts {
		for i, e := range used[p.key()] {
			at := slices.IndexFunc(ranks, func(r *rank) bool { return r.expr.same(e) })
			if at < 0 {
				at = len(ranks)
				ranks = append(ranks, &rank{expr: e, known: slices.Index(usualNames(), folded(e.name))})
				if e.plain() {
					ranks[at].plain = 1
				}
			}
			ranks[at].prompts++
			ranks[at].pos = max(ranks[at].pos, i)
		}
	}
	for _, r := range ranks {
		values := map[string]bool{}
		for _, c := range d.everyTurn() {
			if text := asText(r.expr.value(c.vars)); strings.TrimSpace(text) != "" {
				r.filled++
				values[text] = true
			}
		}
		r.distinct = len(values)
	}
	if i := slices.IndexFunc(ranks, func(r *rank) bool { return r.expr.source == d.options.Input }); i >= 0 {
		return ranks[i].expr
	}
	slices.SortStableFunc(ranks, func(a, b *rank) int {
		return cmp.Or(
			b.prompts-a.prompts, b.filled-a.filled, b.known-a.known, b.plain-a.plain, b.distinct-a.distinct, b.pos-a.pos)
	})
	var others []string
	for _, r := range ranks[1:] {
		others = append(others, r.expr.source)
	}
	if len(others) > 0 {
		d.noteInput(d.prompts[0].place, "var "+ranks[0].expr.source, others)
	}
	return ranks[0].expr
}

// badInput is the problem that no prompt uses the var that was chosen as the input.
func (d *draft) badInput() problem.List {
	want := d.options.Input
	used := map[string]bool{}
	for _, list := range d.usedVars() {
		for _, e := range list {
			used[e.source] = true
		}
	}
	if d.Format == formatTable || want == "" || used[want] {
		return nil
	}
	return problem.List{{
		File: d.source, Message: fmt.Sprintf("no prompt uses a var %q as its input", want),
		Hint: "they use: " + strings.Join(sortedKeys(used), ", "),
	}}
}

// usualNames are what inputs are called, in small letters and with underscores, the surest last.
func usualNames() []string {
	return strings.Fields(`
		body content document article statement 내용 text 문장 topic prompt request message user_message query user_query
		질문 question user_prompt userinput user_input 입력 input`)
}
