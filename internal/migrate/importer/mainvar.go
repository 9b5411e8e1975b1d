package importer

import (
	"cmp"
	"slices"
	"strings"
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
				ranks = append(ranks, &rank{expr: e, known: slices.Index(usualNames(), e.name)})
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
		for _, c := range d.cases {
			if text := asText(r.expr.value(c.vars)); strings.TrimSpace(text) != "" {
				r.filled++
				values[text] = true
			}
		}
		r.distinct = len(values)
	}
	slices.SortStableFunc(ranks, func(a, b *rank) int {
		return cmp.Or(
			b.prompts-a.prompts, b.filled-a.filled, b.known-a.known, b.plain-a.plain, b.distinct-a.distinct, b.pos-a.pos)
	})
	return ranks[0].expr
}

// usualNames are what inputs are called, the surest last.
func usualNames() []string {
	return []string{
		"body", "content", "document", "article", "statement", "text", "topic", "prompt", "request", "message",
		"user_message", "query",
		"user_query", "question", "user_prompt", "userInput", "user_input", "input",
	}
}
