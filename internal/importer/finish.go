package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"promptbench/internal/problem"
	"promptbench/internal/prompt"
)

// placeholderInput stands for the input that a source has none of.
const placeholderInput = "(write an input here)"

// finish makes the files of a draft.
func (d *draft) finish() (*Result, problem.List) {
	if len(d.prompts) == 0 {
		probs := append(problem.List{{File: d.source, Message: "no prompt of it can be carried over, so there is nothing to run"}}, d.left...)
		return nil, probs
	}
	t := d.translate()
	if len(t.cases) == 0 {
		d.lostAt(problem.Problem{File: d.source}, "it has no case; cases/%s.yaml has one to be filled in, %s", d.name, t.exampleID())
		t.cases = []finished{t.example()}
	}
	w := writer{draft: d, t: t}
	return w.result()
}

// A translation is a draft in the terms of promptbench.
type translation struct {
	main    string // the var that is the input; empty where there is none
	uses    map[string]*expr
	prompts []promptDraft // in our templates
	cases   []finished
}

// finished is a case with its input, and its vars as text.
type finished struct {
	caseDraft
	input string
	vars  map[string]string
}

func (t *translation) exampleID() string { return "example" }

func (t *translation) example() finished {
	vars := map[string]string{}
	for name := range t.uses {
		vars[name] = "(" + name + ")"
	}
	return finished{caseDraft: caseDraft{id: t.exampleID()}, input: placeholderInput, vars: vars}
}

// translate chooses the input, and writes templates and cases with it.
func (d *draft) translate() *translation {
	t := &translation{uses: map[string]*expr{}}
	used := d.usedVars()
	if len(used) == 0 {
		d.takeWhole(t)
		return t
	}
	t.main = d.mainVar(used)
	for _, p := range d.prompts {
		if !slices.Contains(used[p.key()], t.main) {
			d.lostAt(p.place, "the prompt %s does not use {{%s}}, which is the input of the others", p.title(), t.main)
			continue
		}
		t.prompts = append(t.prompts, d.retell(t, p))
	}
	for _, name := range d.keep {
		t.uses[name] = &expr{name: name}
	}
	set := map[string]bool{}
	for _, c := range d.cases {
		for name := range c.vars {
			set[name] = true
		}
		input := asText(c.vars[t.main])
		if strings.TrimSpace(input) == "" {
			d.lostAt(c.place, "the case has no %s, which is the input", t.main)
			continue
		}
		f := finished{caseDraft: c, input: input, vars: map[string]string{}}
		for name, e := range t.uses {
			f.vars[name] = asText(e.value(c.vars))
		}
		t.cases = append(t.cases, f)
	}
	if len(d.cases) > 0 {
		for _, name := range sortedKeys(t.uses) {
			if e := t.uses[name]; !set[e.name] {
				d.lostAt(t.prompts[0].place, "no case sets %s, so it is empty", e.name)
			}
		}
	}
	return t
}

// key tells the prompts of a draft apart.
func (p promptDraft) key() string {
	return fmt.Sprint(p.place.File, p.place.Line, p.place.Column, p.label)
}

func (p promptDraft) title() string {
	if p.label != "" {
		return p.label
	}
	if len(p.messages) == 0 {
		return ""
	}
	return fmt.Sprintf("%.40q", strings.TrimSpace(p.messages[len(p.messages)-1].text))
}

// usedVars lists the vars that each prompt names without steps or filters, those
// named last at the end.
func (d *draft) usedVars() map[string][]string {
	out := map[string][]string{}
	for _, p := range d.prompts {
		for _, m := range p.messages {
			for _, piece := range pieces(m.text) {
				if piece.expr != nil {
					name := piece.expr.name
					list := slices.DeleteFunc(out[p.key()], func(s string) bool { return s == name })
					out[p.key()] = append(list, name)
				}
			}
		}
	}
	return out
}

// mainVar chooses the var that is the input: one that most prompts use, that is
// there in all cases, that goes by a usual name, that differs from case to case,
// that stands last.
func (d *draft) mainVar(used map[string][]string) string {
	type rank struct {
		name                                  string
		prompts, filled, known, distinct, pos int
	}
	ranks := map[string]*rank{}
	for _, p := range d.prompts {
		for i, name := range used[p.key()] {
			if ranks[name] == nil {
				ranks[name] = &rank{name: name, known: slices.Index(usualNames(), name)}
			}
			ranks[name].prompts++
			ranks[name].pos = max(ranks[name].pos, i)
		}
	}
	for _, r := range ranks {
		values := map[string]bool{}
		for _, c := range d.cases {
			if text := asText(c.vars[r.name]); strings.TrimSpace(text) != "" {
				r.filled++
				values[text] = true
			}
		}
		r.distinct = len(values)
	}
	list := slices.Collect(maps.Values(ranks))
	slices.SortFunc(list, func(a, b *rank) int {
		for _, by := range []int{
			b.prompts - a.prompts, b.filled - a.filled, b.known - a.known, b.distinct - a.distinct, b.pos - a.pos,
		} {
			if by != 0 {
				return by
			}
		}
		return strings.Compare(a.name, b.name)
	})
	return list[0].name
}

// usualNames are what inputs are called, the surest last.
func usualNames() []string {
	return []string{
		"body", "content", "document", "article", "statement", "text", "topic", "prompt", "request", "message", "user_message", "query",
		"user_query", "question", "user_prompt", "userInput", "user_input", "input",
	}
}

// retell writes a prompt in our templates.
func (d *draft) retell(t *translation, p promptDraft) promptDraft {
	out := p
	out.messages = nil
	for _, m := range p.messages {
		var b strings.Builder
		for _, piece := range pieces(m.text) {
			if piece.fault != "" {
				d.lostAt(m.at(piece.from, piece.to), "%s", piece.fault)
			}
			if piece.expr == nil {
				b.WriteString(escape(piece.text))
				continue
			}
			name := prompt.InputName
			if !piece.expr.plain() || piece.expr.name != t.main {
				name = t.nameFor(piece)
			}
			if strings.HasSuffix(b.String(), `\`) {
				d.lostAt(m.at(piece.from, piece.to), "a backslash right before {{%s}} is taken out, as it would make it text", name)
				text := strings.TrimRight(b.String(), `\`)
				b.Reset()
				b.WriteString(text)
			}
			b.WriteString("{{" + name + "}}")
		}
		text := b.String()
		if strings.TrimSpace(text) == "" {
			d.lostAt(m.at(0, 0), "the empty message of the role %s is left out", m.role)
			continue
		}
		m.text = text
		out.messages = append(out.messages, m)
	}
	return out
}

// nameFor gives the var that an expression becomes.
func (t *translation) nameFor(p piece) string {
	source := strings.Trim(p.text, "{}- ")
	if p.expr.plain() {
		source = p.expr.name
	}
	name := varName(source)
	for i := 2; ; i++ {
		other, taken := t.uses[name]
		if !taken || asJSON([]any{other.name, other.steps, fmt.Sprint(other.filters)}) == asJSON([]any{p.expr.name, p.expr.steps, fmt.Sprint(p.expr.filters)}) {
			t.uses[name] = p.expr
			return name
		}
		name = fmt.Sprintf("%s_%d", varName(source), i)
	}
}

// takeWhole makes an input of the last user message, where no prompt has a var.
// Of several prompts that differ in that message alone, each is a case.
func (d *draft) takeWhole(t *translation) {
	cases := d.cases
	if len(cases) == 0 {
		cases = []caseDraft{{id: "whole-prompt", place: d.prompts[0].place}}
	}
	first, at := d.prompts[0], -1
	for i, m := range first.messages {
		if m.role == "user" {
			at = i
		}
	}
	for n, p := range d.prompts {
		p = d.retell(t, p)
		if at < 0 || !sameBut(first, d.prompts[n], at) {
			d.lostAt(p.place, "the prompt %s has no var, and differs from the first in more than its last message", p.title())
			continue
		}
		for _, c := range cases {
			if len(d.prompts) > 1 {
				c.id = strings.TrimPrefix(c.id+"-"+slug(p.label, fmt.Sprintf("prompt-%d", n+1)), "-")
			}
			text, _ := render(d.prompts[n].messages[at].text, nil)
			t.cases = append(t.cases, finished{caseDraft: c, input: text})
		}
	}
	if at < 0 {
		return
	}
	p := d.retell(t, first)
	if len(d.prompts) > 1 {
		p.label = ""
	}
	p.messages[at].text = "{{input}}"
	t.prompts = []promptDraft{p}
}

// sameBut reports whether two prompts differ in one message at most.
func sameBut(a, b promptDraft, at int) bool {
	if len(a.messages) != len(b.messages) {
		return false
	}
	for i := range a.messages {
		if a.messages[i].role != b.messages[i].role || i != at && a.messages[i].text != b.messages[i].text {
			return false
		}
	}
	return true
}
