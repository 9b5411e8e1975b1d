package importer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
)

// manyCases is from how many cases on they stand in a file of their own.
const manyCases = 1000

// The directories of a project.
const (
	promptsDir = "prompts"
	casesDir   = "cases"
)

// A writer renders a translation.
type writer struct {
	draft *draft
	t     *translation
	out   Result
}

type object = strictyaml.Object

func (w *writer) result() (*Result, problem.List) {
	d, r := w.draft, &w.out
	r.Name, r.Format, r.Models, r.Judge, r.Cases = d.name, d.format, d.models, d.judge, len(w.t.cases)
	if err := w.prompts(); err != nil {
		return nil, problem.List{{File: d.source, Message: err.Error()}}
	}
	if len(r.Prompts) == 0 {
		return nil, append(
			problem.List{{File: d.source, Message: "no prompt of it can be carried over, so there is nothing to run"}},
			d.left...)
	}
	if err := w.suite(); err != nil {
		return nil, problem.List{{File: d.source, Message: err.Error()}}
	}
	r.Left = d.left.Only(problem.Error)
	return r, nil
}

func (w *writer) add(name string, data []byte) {
	w.out.Files = append(w.out.Files, File{name, data})
}

func (w *writer) prompts() error {
	used := map[string]bool{}
	for i, p := range w.t.prompts {
		hasUser := slices.ContainsFunc(p.messages, func(m message) bool { return m.role == "user" })
		if !hasUser { // endpoints want one, and the input stands in another role
			last := len(p.messages) - 1
			w.draft.lostAt(
				p.place, "no message of the prompt %s has the role user, so its last one (%s) has it now", p.title(),
				p.messages[last].role)
			p.messages = slices.Clone(p.messages)
			p.messages[last].role = "user"
		}
		name := w.draft.name
		if len(w.t.prompts) > 1 {
			name = name + "-" + slug(p.label, fmt.Sprint(i+1))
		}
		name = unique(used, name)
		messages := make([]any, len(p.messages))
		for k, m := range p.messages {
			messages[k] = object{{Key: "role", Value: m.role}, {Key: "content", Value: m.text}}
		}
		o := object{
			{Key: "name", Value: cmp.Or(p.name, name)}, {Key: "description", Value: orNil(p.description)},
			{Key: "model", Value: orNil(p.model)},
			{Key: "modelParameters", Value: orNone(p.params)}, {Key: "responseFormat", Value: orNil(p.response.format)},
			{Key: "jsonSchema", Value: p.response.schema}, {Key: "messages", Value: messages},
		}
		data, err := strictyaml.Write(o)
		if err != nil {
			return err
		}
		file := path.Join(promptsDir, name+".prompt.yml")
		w.add(file, append([]byte(comment("Imported from "+w.draft.source+" by promptbench import.")), data...))
		w.out.Prompts = append(w.out.Prompts, file)
	}
	return nil
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func orNone(o object) any {
	if len(o) == 0 {
		return nil
	}
	return o
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

func (w *writer) suite() error {
	d := w.draft
	cases, shared := w.cases()
	graderList := w.graders(cases, shared)
	vars := w.sharedVars(cases)
	file := path.Join(casesDir, d.name+".yaml")
	w.out.Suite = file
	o := object{
		{Key: "suite", Value: d.name}, {Key: "description", Value: orNil(d.description)}, {Key: "vars", Value: orNone(vars)},
		{Key: "graders", Value: graderList},
	}
	if len(cases) > manyCases {
		lines, err := jsonLines(cases)
		if err != nil {
			return err
		}
		w.add(path.Join(casesDir, d.name+".jsonl"), lines)
		o = append(o, strictyaml.Field{Key: "cases", Value: object{{Key: "file", Value: d.name + ".jsonl"}}})
	} else {
		list := make([]any, len(cases))
		for i, c := range cases {
			value, err := caseObject(c)
			if err != nil {
				return err
			}
			list[i] = value
		}
		o = append(o, strictyaml.Field{Key: "cases", Value: list})
	}
	data, err := strictyaml.Write(o)
	if err != nil {
		return err
	}
	head := "Imported from " + d.source + " by promptbench import."
	left := d.left.Only(problem.Error)
	foot := ""
	if len(left) > 0 {
		head += "\nNot everything could be carried over; the end of this file lists what was not."
		lines := []string{"", "Not carried over from " + d.source + ":"}
		for _, g := range Group(left) {
			lines = append(lines, "- "+g)
		}
		foot = comment(strings.Join(lines, "\n"))[2:]
	}
	w.add(file, slices.Concat([]byte(comment(head)), data, []byte(foot)))
	return nil
}

func jsonLines(cases []suite.Case) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, c := range cases {
		if err := enc.Encode(c); err != nil {
			return nil, fmt.Errorf("writing case %s: %w", c.ID, err)
		}
	}
	return []byte(b.String()), nil
}

func caseObject(c suite.Case) (any, error) {
	var vars any
	if len(c.Vars) > 0 {
		o := object{}
		for _, name := range sortedKeys(c.Vars) {
			o = append(o, strictyaml.Field{Key: name, Value: c.Vars[name]})
		}
		vars = o
	}
	expect, err := expectObject(c.Expect)
	if err != nil {
		return nil, err
	}
	return object{
		{Key: "id", Value: c.ID}, {Key: "input", Value: c.Input}, {Key: "vars", Value: vars}, {Key: "expect", Value: expect},
		{Key: "note", Value: orNil(c.Note)}, {Key: "tags", Value: flowOf(c.Tags)},
	}, nil
}

func expectObject(e graders.Expect) (any, error) {
	var schema any
	if len(e.JSONSchema) > 0 {
		var err error
		if schema, err = decodeJSON(e.JSONSchema); err != nil {
			return nil, err
		}
	}
	o := object{
		{Key: "equals", Value: flowOf(e.Equals)}, {Key: "contains", Value: flowOf(e.Contains)},
		{Key: "not_contains", Value: flowOf(e.NotContains)},
		{Key: "regex", Value: orNil(e.Regex)}, {Key: "json_schema", Value: schema}, {Key: "checks", Value: listOf(e.Checks)},
		{Key: "meets", Value: listOf(e.Meets)},
	}
	if !slices.ContainsFunc(o, func(f strictyaml.Field) bool { return f.Value != nil }) {
		return nil, nil
	}
	return o, nil
}

func flowOf(list []string) any {
	if all, ok := listOf(list).([]any); ok {
		return strictyaml.Flow(all)
	}
	return nil
}

func listOf(list []string) any {
	if len(list) == 0 {
		return nil
	}
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

func decodeJSON(raw json.RawMessage) (any, error) {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	return v, nil
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
		if p.Line > 0 {
			place = fmt.Sprint(p.Line)
			if p.Column > 0 {
				place += fmt.Sprintf(":%d", p.Column)
			}
		}
		if !slices.Contains(places[k], place) {
			places[k] = append(places[k], place)
		}
	}
	out := make([]string, len(order))
	for i, k := range order {
		at := places[k]
		line := k.file
		if at[0] != "" {
			line += ":" + at[0]
		}
		line += ": " + k.message
		if len(at) > 1 {
			line += fmt.Sprintf(" (also at %s)", strings.Join(at[1:], ", "))
		}
		out[i] = line
	}
	return out
}
