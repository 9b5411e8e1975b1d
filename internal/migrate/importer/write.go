package importer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/graders/schema"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
	"promptbench/internal/migrate/starter"
)

// manyCases is from how many cases on they stand in a file of their own.
const manyCases = 1000

// The directories of a project.
const (
	promptsDir = "prompts"
	casesDir   = "cases"
)

type object = strictyaml.Object

func (d *draft) write() (*Result, problem.List) {
	d.Cases = len(d.cases)
	for _, c := range d.cases {
		d.Assertions = append(d.Assertions, c.asserted)
	}
	if len(d.prompts) == 0 {
		return nil, d.nothing("no prompt of it can be carried over, so there is nothing to run")
	}
	err := d.writePrompts()
	if err == nil {
		err = d.writeSuite()
	}
	if err != nil {
		return nil, problem.List{{File: d.source, Message: err.Error()}}
	}
	d.Left, d.Notes = d.Left.Only(problem.Error), d.Left.Only(problem.Warning)
	return &d.Result, nil
}

func (d *draft) add(name string, data []byte) {
	d.Files = append(d.Files, starter.File{Path: name, Data: data})
}

func (d *draft) writePrompts() error {
	used := names{}
	for i, p := range d.prompts {
		hasUser := slices.ContainsFunc(p.messages, func(m message) bool { return m.role == "user" })
		if !hasUser { // endpoints want one, and the input stands in another role
			last := len(p.messages) - 1
			d.lostAt(
				p.place, "no message of the prompt %s has the role user, so its last one (%s) has it now", p.title(),
				p.messages[last].role)
			p.messages = slices.Clone(p.messages)
			p.messages[last].role = "user"
		}
		name := d.Name
		if len(d.prompts) > 1 {
			name += "-" + slug(p.label, fmt.Sprint(i+1))
		}
		name = used.unique(name)
		messages := make([]any, len(p.messages))
		for k, m := range p.messages {
			messages[k] = object{{Key: "role", Value: m.role}, {Key: "content", Value: m.text}}
		}
		data, err := strictyaml.Write(filled(
			"name", cmp.Or(p.name, name), "description", p.description, "model", p.model, "modelParameters", p.params,
			"responseFormat", p.response.format, "jsonSchema", p.response.schema, "tools", p.tools.list, "toolChoice",
			p.tools.choice, "messages", messages))
		if err != nil {
			return err
		}
		file := path.Join(promptsDir, name+".prompt.yml")
		if p.called != "" && !strings.HasSuffix(name, "-"+p.called) {
			d.note(p.place, "the prompt %q is %s", p.called, file)
		}
		d.add(file, append([]byte(comment("Imported from "+d.source+" by promptbench import.")), data...))
		d.Prompts = append(d.Prompts, file)
	}
	return nil
}

// comment writes lines that YAML passes over.
func comment(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(strings.TrimRight("# "+oneLine(line), " ") + "\n")
	}
	return b.String()
}

// oneLine keeps what could end a comment out of it.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 || r == 0x2028 || r == 0x2029 || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

func (d *draft) writeSuite() error {
	d.nameCases()
	graderList := d.graders(d.expectations())
	vars := d.sharedVars()
	d.Suite = path.Join(casesDir, d.Name+".yaml")
	var cases any
	if len(d.cases) > manyCases && !slices.ContainsFunc(d.cases, hasMessages) {
		lines, err := d.jsonLines()
		if err != nil {
			return err
		}
		d.add(path.Join(casesDir, d.Name+".jsonl"), lines)
		cases = object{{Key: "file", Value: d.Name + ".jsonl"}}
	} else {
		list := make([]any, len(d.cases))
		for i, c := range d.cases {
			input := c.Input
			if hasMessages(c) {
				input = ""
			}
			list[i] = filled(
				"id", c.ID, "input", input, "messages", messagesOf(c), "turns", turnsOf(c),
				"vars", varsObject(c.Vars), "expect", expectObject(c.Expect),
				"graders", graderValues(c.Graders), "group", c.Group, "note", c.Note, "tags", flow(c.Tags...))
		}
		cases = list
	}
	data, err := strictyaml.Write(filled(
		"suite", d.Name, "description", d.description, "vars", varsObject(vars), "reply", d.replyRules(),
		"graders", graderList, "cases", cases))
	if err != nil {
		return err
	}
	head := "Imported from " + d.source + " by promptbench import."
	if len(d.Left.Only(problem.Error)) > 0 {
		head += "\nNot everything could be carried over; the end of this file lists what was not."
	}
	list := func(title string, of problem.Severity) {
		for i, g := range Group(d.Left.Only(of)) {
			if i == 0 {
				data = append(data, comment(title+" "+d.source+":")...)
			}
			data = append(data, comment("- "+g)...)
		}
	}
	list("Chosen and renamed in", problem.Warning)
	list("Not carried over from", problem.Error)
	d.add(d.Suite, append([]byte(comment(head)), data...))
	return nil
}

func graderValues(list []suite.CaseGrader) []any {
	var out []any
	for _, g := range list {
		out = append(out, graderValue(g))
	}
	return out
}

// replyRules are the rules for reading replies: the types that cases expect, and what transforms replies.
func (d *draft) replyRules() object {
	rules := d.replyTypes()
	if d.verbatim && len(rules) == 0 {
		rules = append(rules, strictyaml.Field{Key: "verbatim", Value: true})
	}
	if d.read.src != "" {
		rules = append(rules, strictyaml.Field{Key: "transform", Value: d.read.src})
	}
	return rules
}

// replyTypes are the types that cases expect.
func (d *draft) replyTypes() object {
	var types []string
	for _, c := range d.cases {
		if t := c.Expect.Type; t != "" && !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	if len(types) == 0 {
		return nil
	}
	d.note(problem.Problem{File: d.source}, "cases expect types of replies; write in the suite, under reply, "+
		"where JSON or XML replies have their type and items")
	return object{{Key: "types", Value: flow(types...)}}
}

func (d *draft) jsonLines() ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, c := range d.cases {
		if err := enc.Encode(c.Case); err != nil {
			return nil, fmt.Errorf("writing case %s: %w", c.ID, err)
		}
	}
	return []byte(b.String()), nil
}

func expectObject(e graders.Expect) object {
	document, _ := schema.Parse(string(e.JSONSchema)) // none, or one that was written here
	var count object
	if e.Count != nil {
		for key, bound := range map[string]*int{"min": e.Count.Min, "max": e.Count.Max} {
			if bound != nil {
				count = append(count, strictyaml.Field{Key: key, Value: *bound})
			}
		}
		slices.SortFunc(count, func(a, b strictyaml.Field) int { return cmp.Compare(b.Key, a.Key) }) // min before max
	}
	return filled(
		"type", e.Type, "count", count, "equals", flow(e.Equals...), "contains", flow(e.Contains...),
		"not_contains", flow(e.NotContains...),
		"regex", e.Regex, "json_schema", document, "tool_calls", callsObject(e.ToolCalls),
		"reference", flow(e.Reference...), "checks", []any(flow(e.Checks...)), "meets", []any(flow(e.Meets...)))
}

func callsObject(calls []graders.ExpectedCall) []any {
	var out []any
	for _, c := range calls {
		arguments, _ := schema.Parse(string(c.Arguments)) // none, or one that was written here
		document, _ := schema.Parse(string(c.Schema))
		out = append(out, filled("name", c.Name, "arguments", arguments, "schema", document, "check", c.Check))
	}
	return out
}

// filled makes a mapping of keys and values, without texts and lists that are empty.
func filled(pairs ...any) object {
	var out object
	for pair := range slices.Chunk(pairs, 2) {
		v := reflect.ValueOf(pair[1])
		isEmpty := !v.IsValid() || (v.Kind() == reflect.String || v.Kind() == reflect.Slice) && v.Len() == 0
		if key, ok := pair[0].(string); ok && !isEmpty {
			out = append(out, strictyaml.Field{Key: key, Value: pair[1]})
		}
	}
	return out
}

func varsObject(vars map[string]string) object {
	var out object
	for _, name := range sortedKeys(vars) {
		out = append(out, strictyaml.Field{Key: name, Value: vars[name]})
	}
	return out
}

func flow(list ...string) strictyaml.Flow {
	out := make(strictyaml.Flow, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// Group joins what is said of several places, so that a long list can be read: a
// line for each message and file, with all its places.
func Group(list problem.List) []string {
	type key struct{ file, message string }
	var order []key
	places := map[key][]string{}
	for _, p := range list {
		k := key{p.File, p.Message}
		if places[k] == nil {
			order = append(order, k)
		}
		place := ""
		switch {
		case p.Column > 0 && p.Line > 0:
			place = fmt.Sprintf("%d:%d", p.Line, p.Column)
		case p.Line > 0:
			place = fmt.Sprint(p.Line)
		}
		if !slices.Contains(places[k], place) {
			places[k] = append(places[k], place)
		}
	}
	out := make([]string, len(order))
	for i, k := range order {
		at := places[k]
		out[i] = strings.TrimSuffix(k.file+":"+at[0], ":") + ": " + k.message
		if len(at) > 1 {
			out[i] += fmt.Sprintf(" (also at %s)", strings.Join(at[1:], ", "))
		}
	}
	return out
}
