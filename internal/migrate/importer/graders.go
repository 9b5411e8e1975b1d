package importer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/graders/schema"
	"promptbench/internal/input/config"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
)

// expectations fills in what each case expects, and returns what all of them
// expect apart.
func (d *draft) expectations() (shared graders.Expect) {
	count := map[string]int{} // none of a suite with turns: what it has itself is about the last
	for _, c := range d.cases {
		if d.hasTurns() {
			break
		}
		for _, e := range distinct(c.expects) {
			count[e.key()]++
		}
	}
	common := d.shareGraders(count)
	if n := len(d.cases); n > 1 {
		for _, e := range distinct(d.cases[0].expects) {
			if k := e.key(); count[k] == n && d.canBeShared(e, shared) {
				common[k] = true
				expect(&shared, e.Expect)
			}
		}
	}
	for i := range d.cases {
		c := &d.cases[i]
		if len(c.later) > 0 {
			d.expectTurns(c)
			continue
		}
		for _, e := range distinct(c.expects) {
			switch {
			case common[e.key()]:
			case e.grader != nil:
				d.addGrader(c, e, 0)
			default:
				expect(&c.Expect, e.Expect)
			}
		}
	}
	return shared
}

// shareGraders makes graders of the suite of those that all cases have, and returns their keys. If cases differ in one
// of the name, each names its own.
func (d *draft) shareGraders(count map[string]int) map[string]bool {
	common, keys := map[string]bool{}, map[string]map[string]bool{}
	for _, c := range d.cases {
		for _, e := range c.expects {
			if e.grader != nil {
				if keys[e.grader.Name] == nil {
					keys[e.grader.Name] = map[string]bool{}
				}
				keys[e.grader.Name][e.key()] = true
			}
		}
	}
	for i, c := range d.everyTurn() {
		for _, e := range distinct(c.expects) {
			if e.grader == nil {
				continue
			}
			if b, _ := graders.LookUp(e.grader.Name); b.Priced {
				d.note(e.place, "%s needs the price of the model in promptbench.yaml", e.grader.Name)
			} else if b.Embeds {
				if d.Embeddings.ID == "" { // see https://www.promptfoo.dev/docs/configuration/expected-outputs/similar/
					preset, _ := config.PresetOf(config.OpenAI)
					d.Embeddings = modelAt(preset, "text-embedding-3-large")
					d.Embeddings.Name = d.Embeddings.ID
				}
				d.note(e.place, "%s uses the model %s; change it under embeddings in promptbench.yaml", e.grader.Name,
					d.Embeddings.ID)
			}
			if i == 0 && count[e.key()] == len(d.cases) && len(keys[e.grader.Name]) == 1 {
				common[e.key()] = true
				d.shared = append(d.shared, *e.grader)
			}
		}
	}
	return common
}

// addGrader gives a case a grader of its own, about the reply to a turn; 0: to its only one. It can have one of a name
// for each.
func (d *draft) addGrader(c *caseDraft, e expectation, turn int) {
	g := *e.grader
	if b, _ := graders.LookUp(g.Name); turn > 0 && (b.Priced || g.Name == "latency") {
		d.lostAt(e.place, "%s about a turn is not carried over: the grader counts all turns; write one for the case", g.Name)
		return
	} else if turn > 0 {
		g.Params = at(g.Params, turn)
	}
	if slices.ContainsFunc(c.Graders, func(o suite.CaseGrader) bool {
		return o.Name == g.Name && turnOf(o.Params) == turnOf(g.Params)
	}) {
		d.lostAt(e.place, "a case has one grader %s, so the second is not carried over; write it for a case with the same "+
			"input", e.grader.Name)
		return
	}
	c.Graders = append(c.Graders, g)
}

// at adds the turn of a conversation to the parameters of a grader.
func at(params json.RawMessage, turn int) json.RawMessage {
	all := map[string]any{}
	_ = json.Unmarshal(params, &all) // canonical
	all["at"] = turn
	return json.RawMessage(asJSON(all))
}

// turnOf is the turn in the parameters of a grader; 0 where they have none.
func turnOf(params json.RawMessage) int {
	var of struct{ At int }
	_ = json.Unmarshal(params, &of)
	return of.At
}

func distinct(list []expectation) []expectation {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(e expectation) bool {
		k := e.key()
		isRepeated := seen[k]
		seen[k] = true
		return isRepeated
	})
}

// canBeShared reports whether an expectation of all cases can stand at the suite's
// grader: one that holds one value only may be taken.
func (d *draft) canBeShared(e expectation, shared graders.Expect) bool {
	return e.code == nil && e.grader == nil && e.Type == "" && e.Count == nil && len(e.ToolCalls) == 0 &&
		(len(e.Meets) == 0 || !d.ownDemands) &&
		(len(e.Equals) == 0 || len(shared.Equals) == 0) &&
		(e.Regex == "" || shared.Regex == "") &&
		(len(e.JSONSchema) == 0 || len(shared.JSONSchema) == 0)
}

func expect(out *graders.Expect, e graders.Expect) {
	out.Type, out.Count = cmp.Or(out.Type, e.Type), cmp.Or(out.Count, e.Count)
	switch {
	case len(out.Equals) == 0:
		out.Equals = e.Equals
	case len(e.Equals) > 0:
		out.Checks = append(out.Checks, oneOf("trim(text) == #", trimmed(e.Equals)))
	}
	out.Contains = append(out.Contains, e.Contains...)
	out.NotContains = append(out.NotContains, e.NotContains...)
	switch {
	case out.Regex == "":
		out.Regex = e.Regex
	case e.Regex != "":
		out.Checks = append(out.Checks, "text matches "+asJSON(e.Regex))
	}
	switch {
	case len(out.JSONSchema) == 0:
		out.JSONSchema = e.JSONSchema
	case len(e.JSONSchema) > 0:
		out.JSONSchema = []byte(asJSON(map[string]any{"allOf": []json.RawMessage{out.JSONSchema, e.JSONSchema}}))
	}
	if len(out.ToolCalls) == 0 {
		out.ToolCalls = e.ToolCalls
	}
	out.Checks = append(out.Checks, e.Checks...)
	out.Meets = append(out.Meets, e.Meets...)
}

func trimmed(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.TrimSpace(s)
	}
	return out
}

// oneOf writes an expression that holds where it holds for one of the texts; #
// stands for a text.
func oneOf(test string, texts []string) string {
	if len(texts) == 1 {
		return strings.Replace(test, "#", asJSON(texts[0]), 1)
	}
	return fmt.Sprintf("any(%s, %s)", asJSON(texts), test)
}

// graders lists the suite's graders: those that cases need, with what all of
// them expect.
func (d *draft) graders(common graders.Expect) []any {
	fields := expectObject(common)
	var out []any
	var expected []graders.Expect
	for _, c := range d.cases {
		expected = append(expected, c.Expect)
		for _, t := range c.Turns {
			expected = append(expected, t.Expect)
		}
	}
	for _, b := range graders.BuiltIns() {
		isRead := slices.ContainsFunc(expected, func(e graders.Expect) bool { return b.Expect.Words(e) != "" })
		var value any
		if i := slices.IndexFunc(fields, func(f strictyaml.Field) bool { return f.Key == b.Expect.Key }); i >= 0 {
			value = fields[i].Value
		}
		switch {
		case b.Name == "rubric":
			value, isRead = d.rubric(common.Meets, isRead), false
		case b.FileAt != "" && value != nil:
			value = object{{Key: b.FileAt, Value: value}}
		}
		switch {
		case value != nil:
			out = append(out, object{{Key: b.Name, Value: value}})
		case isRead:
			out = append(out, b.Name)
		}
	}
	for _, g := range d.shared {
		out = append(out, graderValue(g))
	}
	out = append(out, d.commands()...)
	hasOwn := func(c caseDraft) bool { return len(c.Graders) > 0 }
	if len(out) == 0 && slices.ContainsFunc(d.cases, hasOwn) { // a suite names one
		return append(out, "checks")
	}
	if len(out) == 0 {
		out = append(out, object{{Key: "length", Value: object{{Key: "min", Value: 1}}}})
		d.lostAt(
			problem.Problem{File: d.source},
			"no case has an assertion that can be carried over, so replies are held to not being empty and nothing else")
	}
	return out
}

// graderValue is a grader with its parameters, as a suite has it.
func graderValue(g suite.CaseGrader) any {
	params, err := schema.Parse(string(g.Params))
	if err != nil {
		return g.Name
	}
	return object{{Key: g.Name, Value: params}}
}

// rubric makes the criteria, or nil: one for each demand of all cases, and one
// whose question each case makes itself.
func (d *draft) rubric(common []string, own bool) any {
	used := names{}
	var criteria []any
	for _, c := range d.criteria {
		criteria = append(criteria, filled(
			"id", used.unique(slug(c.ID, "criterion")), "question", c.Question, "options", flow(c.Options...),
			"pass", flow(c.Pass...)))
	}
	if d.ownDemands {
		common, own = nil, false
	}
	for i, demand := range common {
		id := used.unique(fmt.Sprintf("demand-%d", i+1))
		question := "Does the reply meet this demand?\n" + strings.TrimSpace(demand)
		criteria = append(criteria, object{{Key: "id", Value: id}, {Key: "question", Value: question}})
	}
	if own {
		const question = "Does the reply meet all of this?\n{{meets}}"
		criteria = append(criteria, object{{Key: "id", Value: used.unique("demands")}, {Key: "question", Value: question}})
	}
	if len(criteria) == 0 {
		return nil
	}
	d.Judged = true
	return object{{Key: "criteria", Value: criteria}}
}

func (d *draft) sharedVars() map[string]string {
	out := map[string]string{}
	if len(d.cases) < 2 {
		return nil
	}
	for name, value := range d.cases[0].Vars {
		if !slices.ContainsFunc(d.cases, func(c caseDraft) bool { return c.Vars[name] != value }) {
			out[name] = value
		}
	}
	for _, c := range d.cases {
		maps.DeleteFunc(c.Vars, func(name, _ string) bool { _, isShared := out[name]; return isShared })
	}
	return out
}

// commands makes the graders that run code of the source, a script for each
// language with what it runs for which case.
func (d *draft) commands() []any {
	var out []any
	for _, l := range []language{
		{"python", "Python", "python3", ".py", pythonScript},
		{"javascript", "JavaScript", "node", ".cjs", javascriptScript},
	} {
		byCase := map[string][]*code{}
		vars := map[string]map[string]any{}
		var files []string
		for _, c := range d.cases {
			for _, e := range c.expects {
				if e.code == nil || e.code.Language != l.name {
					continue
				}
				byCase[c.ID] = append(byCase[c.ID], e.code)
				vars[c.ID] = c.vars
				if f := e.code.File; f != "" && !slices.Contains(files, f) {
					files = append(files, f)
				}
			}
		}
		if len(byCase) == 0 {
			continue
		}
		base := d.Name + "-" + l.name
		parsed := !slices.ContainsFunc(d.prompts, func(p promptDraft) bool { return p.response.format != "json_schema" })
		table, err := strictyaml.Canonical(map[string]any{
			"cases": byCase, "vars": vars, "parsed": parsed || d.read.isValue, "calls": d.calls,
		})
		if err != nil {
			continue // JSON of JSON
		}
		d.add(path.Join(casesDir, base+l.ext), l.script)
		d.add(path.Join(casesDir, base+".json"), append(table, '\n'))
		slices.Sort(files)
		out = append(out, object{{Key: "command", Value: object{
			{Key: "name", Value: l.name},
			{Key: "run", Value: strictyaml.Flow{l.program, base + l.ext}},
			{Key: "files", Value: flow(append([]string{base + ".json"}, files...)...)},
		}}})
		d.Code = append(d.Code, l.title)
	}
	return out
}
