package importer

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
)

func (d *draft) finish() (*Result, problem.List) {
	d.dropBlank()
	if len(d.prompts) == 0 && !d.ownPrompt() {
		return nil, d.nothing("neither a prompt nor a case of it can be carried over, so there is nothing to run")
	}
	if probs := d.badInput(); probs != nil {
		return nil, probs
	}
	d.translate()
	if len(d.cases) == 0 {
		d.lostAt(
			problem.Problem{File: d.source},
			"it has no case that can be carried over, so cases/%s.yaml has one to be filled in, example", d.Name)
		c := suite.Case{ID: "example", Input: "(write the input here)", Vars: map[string]string{}}
		for name := range d.uses {
			c.Vars[name] = "(write " + name + " here)"
		}
		d.cases = []caseDraft{{Case: c}}
	}
	return d.write()
}

// nothing is what Import returns where there is no result: the reason, and what is
// not carried over.
func (d *draft) nothing(reason string) problem.List {
	return append(problem.List{{File: d.source, Message: reason}}, d.Left...)
}

// dropBlank leaves messages out that say nothing, and prompts without any other.
func (d *draft) dropBlank() {
	hasText := func(p piece) bool { return p.expr != nil || strings.TrimSpace(p.text) != "" }
	for i, p := range d.prompts {
		d.prompts[i].messages = slices.DeleteFunc(p.messages, func(m message) bool {
			isBlank := !slices.ContainsFunc(pieces(m.text), hasText)
			if isBlank {
				d.lostAt(m.at(0, 0), "the empty message of the role %s is left out", m.role)
			}
			return isBlank
		})
	}
	d.prompts = slices.DeleteFunc(d.prompts, func(p promptDraft) bool { return len(p.messages) == 0 })
}

// ownPrompt makes a prompt of the vars of the cases alone, where the source has
// cases and no prompt that is text.
func (d *draft) ownPrompt() bool {
	names := map[string]bool{}
	for _, c := range d.cases {
		for name := range c.vars {
			names[name] = true
		}
	}
	var lines []string
	for _, name := range sortedKeys(names) {
		if e := parseExpr(name); e != nil && e.plain() {
			lines = append(lines, name+": {{"+name+"}}")
		}
	}
	if len(lines) == 0 {
		return false
	}
	if len(lines) == 1 {
		_, lines[0], _ = strings.Cut(lines[0], ": ")
	}
	place := problem.Problem{File: d.source}
	d.prompts = []promptDraft{{
		messages: []message{{role: "user", text: strings.Join(lines, "\n"), at: always(place)}}, place: place,
	}}
	d.lostAt(
		place,
		"no prompt of it can be carried over, so prompts/%s.prompt.yml has the vars of the cases and nothing else: "+
			"write yours",
		d.Name,
	)
	return true
}

func (d *draft) example() caseDraft {
	c := caseDraft{Case: suite.Case{ID: "example"}, vars: map[string]any{}, place: problem.Problem{File: d.source}}
	for _, list := range d.usedVars() {
		for _, e := range list {
			c.vars[e.name] = "(write " + e.name + " here)"
		}
	}
	return c
}

// translate chooses the input, and writes templates and cases with it.
func (d *draft) translate() {
	d.uses, d.made, d.vars = map[string]*expr{}, map[string]string{}, names{}
	used := d.usedVars()
	if len(used) == 0 {
		d.sayTurns()
		d.useLastMessage()
		return
	}
	d.main = d.mainVar(used)
	d.sayTurns()
	var prompts []promptDraft
	var cases []caseDraft
	for _, p := range d.prompts {
		inputs := d.inputs(p, used[p.key()])
		if len(inputs) == 0 {
			d.lostAt(p.place, "the prompt %s does not use {{%s}}, which is the input of the others", p.title(), d.main.source)
			continue
		}
		written := d.toOurTemplates(p, inputs)
		if slices.ContainsFunc(prompts, written.sends) {
			d.lostAt(p.place, "the prompt %s sends what another one sends already", p.title())
			continue
		}
		prompts = append(prompts, written)
	}
	for _, name := range d.keep {
		d.uses[name] = &expr{source: name, name: name}
	}
	set := map[string]bool{}
	for _, c := range d.cases {
		for name := range c.vars {
			set[name] = true
		}
		c.Input = asText(d.main.value(c.vars))
		if strings.TrimSpace(c.Input) == "" {
			d.lostAt(c.place, "the case has no %s, which is the input", d.main.source)
			continue
		}
		c.Vars = map[string]string{}
		for name, e := range d.uses {
			c.Vars[name] = asText(e.value(c.vars))
		}
		cases = append(cases, c)
	}
	if len(d.cases) > 0 {
		for _, name := range sortedKeys(d.uses) {
			if e := d.uses[name]; !set[e.name] {
				d.lostAt(prompts[0].place, "no case sets %s, so it is empty", e.name)
			}
		}
	}
	d.listUnused()
	d.prompts, d.cases = prompts, cases
}

func (p promptDraft) key() string {
	return fmt.Sprint(p.place.File, p.place.Line, p.place.Column, p.label)
}

func (p promptDraft) sends(o promptDraft) bool {
	same := func(a, b message) bool { return a.role == b.role && a.text == b.text }
	return slices.EqualFunc(p.messages, o.messages, same) && p.response.equal(o.response) && sameObject(p.params, o.params)
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

// inputs are the expressions of a prompt that are the input: those that equal it in every
// case, or else the one that is it but for its filters, which is said.
func (d *draft) inputs(p promptDraft, used []*expr) (out []*expr) {
	input := func(e *expr) string { return fmt.Sprint(e.name, e.steps) }
	for _, e := range used {
		differs := func(c caseDraft) bool { return asText(e.value(c.vars)) != asText(d.main.value(c.vars)) }
		if e.same(d.main) || e.name == d.main.name && !slices.ContainsFunc(d.cases, differs) {
			out = append(out, e)
		}
	}
	for _, e := range used {
		if len(out) == 0 && input(e) == input(d.main) {
			d.lostAt(p.place, "{{%s}} has lost its filter: it is the input of other prompts, {{%s}}, here too", e.source,
				d.main.source)
			out = append(out, e)
		}
	}
	return out
}

// toOurTemplates writes a prompt in our templates, with {{input}} for some expressions.
func (d *draft) toOurTemplates(p promptDraft, inputs []*expr) promptDraft {
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
			if !slices.ContainsFunc(inputs, piece.expr.same) {
				name = d.nameFor(piece.expr, m.at(piece.from, piece.to))
			}
			if strings.HasSuffix(b.String(), `\`) {
				d.lostAt(m.at(piece.from, piece.to), "a backslash right before {{%s}} is taken out, as it would make it text", name)
				text := strings.TrimRight(b.String(), `\`)
				b.Reset()
				b.WriteString(text)
			}
			b.WriteString("{{" + name + "}}")
		}
		m.text = b.String()
		out.messages = append(out.messages, m)
	}
	return out
}

// nameFor gives the var that an expression at a place becomes.
func (d *draft) nameFor(e *expr, at problem.Problem) string {
	name, ok := d.made[e.key()]
	if !ok {
		if name = d.vars.numbered(varName(e.source), "_"); name != e.source {
			d.note(at, "{{%s}} is the var %s", e.source, name)
		}
		d.made[e.key()], d.uses[name] = name, e
	}
	return name
}

// useLastMessage makes an input of the last user message, where no prompt has a var.
// Of several prompts that differ in that message alone, each is a case.
func (d *draft) useLastMessage() {
	cases := d.cases
	if len(cases) == 0 {
		cases = []caseDraft{{Case: suite.Case{ID: "whole-prompt"}, place: d.prompts[0].place}}
	}
	d.cases = nil
	first, at := d.prompts[0], -1
	for i, m := range first.messages {
		if m.role == "user" {
			at = i
		}
	}
	for n, p := range d.prompts {
		p = d.toOurTemplates(p, nil)
		if at < 0 || !sameBut(first, d.prompts[n], at) {
			d.lostAt(p.place, "the prompt %s has no var, and differs from the first in more than its last message", p.title())
			continue
		}
		for _, c := range cases {
			if len(d.prompts) > 1 {
				c.ID = strings.TrimPrefix(c.ID+"-"+slug(p.label, fmt.Sprintf("prompt-%d", n+1)), "-")
			}
			c.Input, _ = render(d.prompts[n].messages[at].text, nil)
			d.cases = append(d.cases, c)
		}
	}
	if at < 0 {
		d.prompts = nil
		return
	}
	p := d.toOurTemplates(first, nil)
	if len(d.prompts) > 1 {
		p.label = ""
	}
	p.messages[at].text = "{{input}}"
	d.prompts = []promptDraft{p}
}

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
