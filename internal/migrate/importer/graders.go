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
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// expectations fills in what each case expects, and returns what all of them
// expect apart.
func (d *draft) expectations() (shared graders.Expect) {
	count := map[string]int{}
	for _, c := range d.cases {
		for _, e := range distinct(c.expects) {
			count[e.key()]++
		}
	}
	common := map[string]bool{}
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
		for _, e := range distinct(c.expects) {
			if !common[e.key()] {
				expect(&c.Expect, e.Expect)
			}
		}
	}
	return shared
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
	return e.code == nil && e.grader == "" && e.Type == "" && e.Count == nil && (len(e.Meets) == 0 || !d.ownDemands) &&
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
	for _, b := range graders.BuiltIns() {
		isRead := slices.ContainsFunc(d.cases, func(c caseDraft) bool { return b.Expect.Words(c.Expect) != "" })
		var value any
		if i := slices.IndexFunc(fields, func(f strictyaml.Field) bool { return f.Key == b.Expect.Key }); i >= 0 {
			value = fields[i].Value
		}
		switch {
		case b.Counts && b.Expect.Key == "":
			value = d.limit(b.Name)
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
	out = append(out, d.commands()...)
	if len(out) == 0 {
		out = append(out, object{{Key: "length", Value: object{{Key: "min", Value: 1}}}})
		d.lostAt(
			problem.Problem{File: d.source},
			"no case has an assertion that can be carried over, so replies are held to not being empty and nothing else")
	}
	return out
}

// limit makes the parameters of a grader of the call, which holds for all cases; or nil.
func (d *draft) limit(grader string) any {
	var most []any
	var place problem.Problem
	cases := 0
	for _, c := range d.cases {
		for _, e := range distinct(c.expects) {
			if e.grader == grader {
				if cases++; !slices.Contains(most, e.most) {
					most, place = append(most, e.most), c.place
				}
			}
		}
	}
	switch {
	case len(most) == 0:
		return nil
	case len(most) > 1:
		d.lostAt(place, "%s is not carried over: it has %d different thresholds, and a suite has one", grader, len(most))
		return nil
	case cases < len(d.cases):
		d.lostAt(place, "%s holds for all %d cases of the suite, and for %d of them in the source", grader, len(d.cases),
			cases)
	}
	if b, _ := graders.LookUp(grader); b.Priced {
		d.note(place, "%s needs the price of the model in promptbench.yaml", grader)
	}
	return object{{Key: "max", Value: most[0]}}
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
		table, err := strictyaml.Canonical(map[string]any{"cases": byCase, "vars": vars, "parsed": parsed})
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
