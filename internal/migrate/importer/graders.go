package importer

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
)

// cases makes the cases, and returns what all of them expect apart.
func (w *writer) cases() (cases []suite.Case, shared []expectation) {
	count := map[string]int{}
	for _, c := range w.t.cases {
		seen := map[string]bool{}
		for _, e := range c.expects {
			if k := e.key(); !seen[k] {
				seen[k] = true
				count[k]++
			}
		}
	}
	common := map[string]bool{}
	if n := len(w.t.cases); n > 1 {
		for _, e := range w.t.cases[0].expects {
			if k := e.key(); count[k] == n && e.kind != kindCode && !common[k] && canBeShared(e, shared, w.draft.ownDemands) {
				common[k] = true
				shared = append(shared, e)
			}
		}
	}
	used := map[string]bool{}
	for i, c := range w.t.cases {
		id := c.id
		if id == "" {
			id = fmt.Sprintf("case-%0*d", len(fmt.Sprint(len(w.t.cases))), i+1)
		}
		out := suite.Case{
			ID: unique(used, slug(id, fmt.Sprintf("case-%d", i+1))), Input: c.input, Note: c.note, Vars: c.vars, Tags: c.tags,
		}
		seen := map[string]bool{}
		for _, e := range c.expects {
			if k := e.key(); !common[k] && !seen[k] {
				seen[k] = true
				expect(&out.Expect, e)
			}
		}
		w.t.cases[i].id = out.ID
		cases = append(cases, out)
	}
	return cases, shared
}

// canBeShared reports whether an expectation of all cases can stand at the suite's
// grader: one that holds one value only may be taken.
func canBeShared(e expectation, shared []expectation, ownDemands bool) bool {
	if e.kind == kindMeets && ownDemands {
		return false
	}
	if e.kind != kindEquals && e.kind != kindRegex && e.kind != kindSchema {
		return true
	}
	return !slices.ContainsFunc(shared, func(o expectation) bool { return o.kind == e.kind })
}

// expect adds one expectation to those of a case.
func expect(out *graders.Expect, e expectation) {
	switch e.kind {
	case kindEquals:
		if len(out.Equals) == 0 {
			out.Equals = e.texts
		} else {
			out.Checks = append(out.Checks, oneOf("trim(text) == #", trimmed(e.texts)))
		}
	case kindContains:
		out.Contains = append(out.Contains, e.texts...)
	case kindNotContains:
		out.NotContains = append(out.NotContains, e.texts...)
	case kindRegex:
		if out.Regex == "" {
			out.Regex = e.text()
		} else {
			out.Checks = append(out.Checks, "text matches "+asJSON(e.text()))
		}
	case kindSchema:
		schema := e.schema
		if len(out.JSONSchema) > 0 {
			if before, err := decodeJSON(out.JSONSchema); err == nil {
				schema = map[string]any{"allOf": []any{before, e.schema}}
			}
		}
		out.JSONSchema = []byte(asJSON(schema))
	case kindCheck:
		out.Checks = append(out.Checks, e.texts...)
	case kindMeets:
		out.Meets = append(out.Meets, e.texts...)
	}
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
func (w *writer) graders(cases []suite.Case, shared []expectation) []any {
	var common graders.Expect
	for _, e := range shared {
		expect(&common, e)
	}
	params, _ := expectObject(common) // a schema that was written here decodes
	fields, _ := params.(object)
	var out []any
	for _, b := range graders.BuiltIns() {
		isRead := slices.ContainsFunc(cases, func(c suite.Case) bool { return b.Expect.Words(c.Expect) != "" })
		var value any
		if i := slices.IndexFunc(fields, func(f strictyaml.Field) bool { return f.Key == b.Expect.Key }); i >= 0 {
			value = fields[i].Value
		}
		switch {
		case b.Name == "rubric":
			value, isRead = w.rubric(common.Meets, isRead), false
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
	out = append(out, w.commands()...)
	if len(out) == 0 {
		out = append(out, object{{Key: "length", Value: object{{Key: "min", Value: 1}}}})
		w.draft.lostAt(
			problem.Problem{File: w.draft.source},
			"no case has an assertion that can be carried over, so replies are held to not being empty and nothing else")
	}
	return out
}

// rubric makes the criteria, or nil: one for each demand of all cases, and one
// whose question each case makes itself.
func (w *writer) rubric(common []string, own bool) any {
	used := map[string]bool{}
	var criteria []any
	for _, c := range w.draft.criteria {
		criteria = append(criteria, object{
			{Key: "id", Value: unique(used, slug(c.id, "criterion"))}, {Key: "question", Value: c.question},
			{Key: "options", Value: flowOf(c.options)}, {Key: "pass", Value: flowOf(c.pass)},
		})
	}
	if w.draft.ownDemands {
		common, own = nil, false
	}
	for i, demand := range common {
		id := unique(used, fmt.Sprintf("demand-%d", i+1))
		question := "Does the reply meet this demand?\n" + strings.TrimSpace(demand)
		criteria = append(criteria, object{{Key: "id", Value: id}, {Key: "question", Value: question}})
	}
	if own {
		const question = "Does the reply meet all of this?\n{{meets}}"
		criteria = append(criteria, object{{Key: "id", Value: unique(used, "demands")}, {Key: "question", Value: question}})
	}
	if len(criteria) == 0 {
		return nil
	}
	w.out.Judged = true
	return object{{Key: "criteria", Value: criteria}}
}

// sharedVars takes what is the same in all cases out of them.
func (w *writer) sharedVars(cases []suite.Case) object {
	var out object
	if len(cases) < 2 {
		return nil
	}
	for _, name := range sortedKeys(cases[0].Vars) {
		value := cases[0].Vars[name]
		same := !slices.ContainsFunc(cases, func(c suite.Case) bool { return c.Vars[name] != value })
		if !same {
			continue
		}
		out = append(out, strictyaml.Field{Key: name, Value: value})
		for i := range cases {
			delete(cases[i].Vars, name)
		}
	}
	return out
}

// commands makes the graders that run code of the source, a script for each
// language with what it runs for which case.
func (w *writer) commands() []any {
	var out []any
	for _, l := range languages() {
		byCase := map[string][]*code{}
		vars := map[string]map[string]any{}
		var files []string
		for _, c := range w.t.cases {
			for _, e := range c.expects {
				if e.kind != kindCode || e.code.Language != l.name {
					continue
				}
				byCase[c.id] = append(byCase[c.id], e.code)
				vars[c.id] = c.caseDraft.vars
				if f := e.code.File; f != "" && !slices.Contains(files, f) {
					files = append(files, f)
				}
			}
		}
		if len(byCase) == 0 {
			continue
		}
		base := w.draft.name + "-" + l.name
		parsed := !slices.ContainsFunc(w.t.prompts, func(p promptDraft) bool { return p.response.format != "json_schema" })
		table, err := strictyaml.Canonical(map[string]any{"cases": byCase, "vars": vars, "parsed": parsed})
		if err != nil {
			continue // JSON of JSON
		}
		w.add(path.Join(casesDir, base+l.ext), l.script)
		w.add(path.Join(casesDir, base+".json"), append(table, '\n'))
		slices.Sort(files)
		out = append(out, object{{Key: "command", Value: object{
			{Key: "name", Value: l.name},
			{Key: "run", Value: strictyaml.Flow{l.program, base + l.ext}},
			{Key: "files", Value: flowOf(append([]string{base + ".json"}, files...))},
		}}})
		w.out.Code = append(w.out.Code, l.title)
	}
	return out
}
