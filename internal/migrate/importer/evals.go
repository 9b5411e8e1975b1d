package importer

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
	"promptbench/internal/text/charset"
)

// isRegistry reports whether a document is one of the registry of OpenAI evals:
// a mapping of names, where one has a class and samples.
func isRegistry(root strictyaml.Node) bool {
	return slices.ContainsFunc(root.Entries(), func(e strictyaml.Entry) bool {
		return e.Value.Get("class").Kind() == strictyaml.Text
	})
}

// registry reads the entry of an eval, and its samples, which stand in
// registry/data beside registry/evals.
func (d *draft) registry(root strictyaml.Node) problem.List {
	var chosen strictyaml.Node
	for _, e := range root.Entries() {
		switch {
		case e.Value.Get("class").Kind() != strictyaml.Text:
			if text := e.Value.Get("description").Text(); text != "" {
				d.description = strings.TrimSpace(text)
			}
		case chosen.Kind() != strictyaml.None:
			d.lost(e.Key, "the eval %s is not carried over beside the first: import its samples by themselves", e.Key.Text())
		default:
			chosen = e.Value
			if d.options.Name == "" {
				name, _, _ := strings.Cut(e.Key.Text(), ".")
				d.Name = slug(name, d.Name)
			}
		}
	}
	args := chosen.Get("args")
	samples := args.Get("samples_jsonl")
	if samples.Kind() != strictyaml.Text {
		return problem.List{chosen.Problem("the eval has no args: samples_jsonl", "")}
	}
	d.ignoreCase = args.Get("ignore_case").Text() == "true"
	d.loseOthers(args, "an eval", "samples_jsonl", "ignore_case")
	class := chosen.Get("class").Text()
	_, kind, _ := strings.Cut(class, ":")
	if !slices.Contains([]string{"Match", "Includes", "FuzzyMatch"}, kind) {
		d.lost(chosen.Get("class"), "the class %s has no counterpart, so the ideal reply is looked for in the reply", class)
		kind = "Includes"
	}
	var unread error
	for _, dir := range []string{"../data/", ""} {
		file := relative(d.source, dir+samples.Text())
		data, err := d.files.Read(file)
		if err == nil {
			data, err = charset.Decode(data)
		}
		if err == nil {
			return d.samples(file, data, kind)
		}
		if unread == nil {
			unread = fmt.Errorf("the samples %s can't be read: %w", file, err)
		}
	}
	return problem.List{samples.Problem(unread.Error(), "they are looked for in ../data, and beside the file")}
}

type sample struct {
	id       string
	messages []message
	ideal    []string
	place    problem.Problem
}

// samples reads samples of OpenAI evals: an input of messages and the ideal
// reply, or several.
func (d *draft) samples(file string, data []byte, class string) problem.List {
	d.Format = "OpenAI evals samples"
	var list []sample
	for i, line := range strings.Split(string(data), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(list) >= maxCases {
			d.lostAt(
				problem.Problem{File: file, Line: i + 1, Column: 1}, "from the case %d on nothing is carried over", maxCases+1)
			break
		}
		doc, probs := strictyaml.ParseJSON(file, i+1, []byte(line))
		if doc == nil || probs.Err() != nil {
			return probs
		}
		if s, ok := d.sample(doc.Root()); ok {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return append(problem.List{{
			File: file, Message: "the file holds no sample with an input",
			Hint: `a sample is {"input": [{"role": "user", "content": "…"}], "ideal": "…"}`,
		}}, d.Left...)
	}
	d.shape(list, class)
	return nil
}

func (d *draft) sample(n strictyaml.Node) (sample, bool) {
	s := sample{id: strings.TrimSpace(n.Get("id").Text()), place: n.Problem("", "")}
	input := n.Get("input")
	switch input.Kind() {
	case strictyaml.Text:
		s.messages = []message{{role: "user", text: input.Text(), at: placesIn(input)}}
	case strictyaml.List:
		for _, m := range input.Items() {
			role, content := m.Get("role").Text(), m.Get("content")
			if !isRole(role) || content.Kind() != strictyaml.Text {
				d.lost(m, "a sample with a message of the role %q is not carried over", role)
				return s, false
			}
			s.messages = append(s.messages, message{role: role, text: content.Text(), at: placesIn(content)})
		}
	}
	if len(s.messages) == 0 {
		d.lost(n, "a sample without input is not carried over")
		return s, false
	}
	for _, item := range slices.Concat(items(n.Get("ideal")), items(n.Get("expected"))) {
		if text := asText(asSpelled(item)); strings.TrimSpace(text) != "" {
			s.ideal = append(s.ideal, text)
		}
	}
	d.loseOthers(n, "a sample", "id", "input", "ideal", "expected")
	return s, true
}

// shape makes a prompt of what the samples share, and vars of what differs. It
// takes the samples that have as many messages, of the same roles, as most have.
func (d *draft) shape(list []sample, class string) {
	roles := func(s sample) (list string) {
		for _, m := range s.messages {
			list += m.role + " "
		}
		return list
	}
	count := map[string]int{}
	usual := ""
	for _, s := range list {
		r := roles(s)
		if count[r]++; count[r] > count[usual] || usual == "" {
			usual = r
		}
	}
	var kept []sample
	for _, s := range list {
		if roles(s) != usual {
			d.lostAt(
				s.place, "a sample whose messages are %sand not %s is not carried over: they would need a prompt of their own",
				roles(s), strings.TrimSpace(usual))
			continue
		}
		kept = append(kept, s)
	}
	p := promptDraft{place: kept[0].place}
	last := -1
	for i, m := range kept[0].messages {
		if m.role == "user" || last < 0 {
			last = i
		}
	}
	names := make([]string, len(kept[0].messages))
	for i, m := range kept[0].messages {
		text := literal(m.text)
		switch {
		case i == last:
			names[i] = "input"
		case slices.ContainsFunc(kept, func(s sample) bool { return s.messages[i].text != m.text }):
			names[i] = fmt.Sprintf("%s_%d", m.role, i+1)
		}
		if names[i] != "" {
			text = "{{" + names[i] + "}}"
		}
		p.messages = append(p.messages, message{role: m.role, text: text, at: m.at})
	}
	d.prompts = []promptDraft{p}
	for _, s := range kept {
		c := caseDraft{Case: suite.Case{ID: s.id}, vars: map[string]any{}, place: s.place}
		for i, name := range names {
			if name != "" {
				c.vars[name] = s.messages[i].text
			}
		}
		if len(s.ideal) > 0 {
			c.expects = d.ideal(c.place, s.ideal, class)
		}
		d.cases = append(d.cases, c)
	}
}

// literal keeps a template from reading anything in a text.
func literal(s string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	return "{% raw %}" + strings.ReplaceAll(s, "{% endraw %}", "") + "{% endraw %}"
}

// ideal holds a reply to its ideal as the class of the eval does: it starts with
// it, has it, or is it.
func (d *draft) ideal(place problem.Problem, texts []string, class string) []expectation {
	how := d.options.Expected
	if how == "" {
		how = map[string]string{"": StartsWith, "Match": StartsWith, "Includes": Contains, "FuzzyMatch": "fuzzy"}[class]
	}
	var src string
	switch how {
	case Equals:
		return equals(texts...)
	case Contains:
		if d.ignoreCase {
			src = oneOf("lower(text) contains #", lower(texts))
			break
		}
		if len(texts) == 1 {
			return []expectation{{Expect: graders.Expect{Contains: texts}}}
		}
		src = oneOf("text contains #", texts)
	case "fuzzy": // either contains the other
		src = fmt.Sprintf(`any(%s, lower(text) contains # or # contains lower(trim(text)))`, asJSON(lower(texts)))
	default:
		src = oneOf("trim(text) startsWith #", trimmed(texts))
	}
	if err := graders.CheckExpression(src); err != nil {
		d.lostAt(place, "the ideal reply is not carried over: %s", err)
		return nil
	}
	return checks(src)
}
