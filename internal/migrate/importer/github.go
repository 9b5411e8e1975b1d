package importer

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/graders/schema"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// github reads a .prompt.yml file of GitHub Models, whose testData and evaluators
// belong to a suite here.
func (d *draft) github(root strictyaml.Node) problem.List {
	d.Format = ".prompt.yml file"
	p := promptDraft{place: root.Problem("", "")}
	for _, e := range root.Entries() {
		switch key, v := e.Key.Text(), e.Value; key {
		case "name":
			p.name = strings.TrimSpace(v.Text())
		case "description":
			p.description = strings.TrimSpace(v.Text())
			d.description = p.description
		case "model":
			p.model = v.Text()
		case "modelParameters":
			d.githubParams(&p, v)
		case "responseFormat":
			switch v.Text() {
			case "text", "json_object", "json_schema":
				p.response.format = v.Text()
			default:
				d.lost(v, "the response format %s is not carried over", v.Describe())
			}
		case "jsonSchema":
			d.githubSchema(&p, v)
		case "messages":
			d.githubMessages(&p, v)
		case "evaluators", "testData":
		default:
			d.lost(e.Key, "%s is not carried over", key)
		}
	}
	if len(p.messages) == 0 {
		return problem.List{root.Get("messages").Problem("messages holds no message", "")}
	}
	if p.response.format == "json_schema" && p.response.schema == nil {
		d.lost(root.Get("responseFormat"), "json_schema without a jsonSchema that can be read is not carried over")
		p.response.format = ""
	}
	if p.model != "" {
		if strings.TrimSpace(p.model) == "" || strings.ContainsAny(p.model, " \t\n") {
			d.lost(root.Get("model"), "the model %q is not carried over", p.model)
			p.model = ""
		} else {
			d.Models = append(d.Models, d.githubModel(root.Get("model"), p.model))
		}
	}
	d.prompts = []promptDraft{p}
	for _, item := range root.Get("testData").Items() {
		if item.Kind() != strictyaml.Mapping {
			d.lost(item, "expected a mapping of vars, found %s", item.Describe())
			continue
		}
		c := caseDraft{vars: map[string]any{}, place: item.Problem("", "")}
		for _, e := range item.Entries() {
			c.vars[e.Key.Text()] = asSpelled(e.Value)
		}
		d.cases = append(d.cases, c)
	}
	if len(d.cases) == 0 {
		d.lostAt(root.Problem("", ""), "it has no testData, so cases/%s.yaml has one case to be filled in, example", d.Name)
		d.cases = []caseDraft{d.example()}
	}
	for _, n := range root.Get("evaluators").Items() {
		d.evaluator(n)
	}
	return nil
}

// githubModel is a model of GitHub Models, which has shut down: at its publisher's own API, else at OpenRouter.
func (d *draft) githubModel(n strictyaml.Node, id string) Model {
	publisher, name, _ := strings.Cut(id, "/")
	own := map[string]string{
		"openai": "openai", "mistral-ai": "mistral", "deepseek": "deepseek", "xai": "xai", "cohere": "cohere",
	}[publisher]
	if own == "" {
		own, name = "openrouter", id
	}
	p, _ := endpointOf(own)
	d.lost(n, "GitHub Models has shut down; the model %s is now asked at %s, check its id there", id, own)
	m := modelAt(p, name)
	m.Name = id
	return m
}

func (d *draft) githubParams(p *promptDraft, n strictyaml.Node) {
	f := promptfooConfig{draft: d}
	var m Model
	for _, e := range n.Entries() {
		switch key := e.Key.Text(); key {
		case "temperature", "topP", "maxTokens", "maxCompletionTokens", "seed", "stop", "reasoningEffort":
			f.param(&m, key, key, e.Value)
		default:
			d.lost(e.Key, "the parameter %s is not carried over", key)
		}
	}
	p.params = m.Params
}

func (d *draft) githubSchema(p *promptDraft, n strictyaml.Node) {
	value := plain(n)
	if text, ok := value.(string); ok {
		decoded, err := schema.Parse(text)
		if err != nil {
			d.lost(n, "jsonSchema is no JSON")
			return
		}
		value = decoded
	}
	m, ok := value.(map[string]any)
	if !ok {
		d.lost(n, "jsonSchema is not a JSON object")
		return
	}
	if err := schemaFault(m); err != nil {
		d.lost(n, "jsonSchema is not carried over: %s", err)
		return
	}
	p.response.schema = m
}

func (d *draft) githubMessages(p *promptDraft, n strictyaml.Node) {
	for _, item := range n.Items() {
		role, content := item.Get("role").Text(), item.Get("content")
		if !isRole(role) || content.Kind() != strictyaml.Text {
			d.lost(item, "a message of the role %q is not carried over", role)
			continue
		}
		p.messages = append(p.messages, message{role: role, text: content.Text(), at: placesIn(content)})
	}
}

// evaluator carries one evaluator over: a comparison of texts, or a judge's
// choice.
func (d *draft) evaluator(n strictyaml.Node) {
	name := n.Get("name").Text()
	for _, e := range n.Entries() {
		switch key, v := e.Key.Text(), e.Value; key {
		case "name":
		case "string":
			d.stringEvaluator(v)
		case "llm":
			d.judgeEvaluator(name, v)
		case "uses":
			d.lost(v, "the evaluator %s has no counterpart", v.Text())
		default:
			d.lost(e.Key, "%s of an evaluator is not carried over", key)
		}
	}
}

// stringEvaluator compares texts, without regard to case as gh models eval does,
// but for equals.
func (d *draft) stringEvaluator(n strictyaml.Node) {
	tests := map[string]string{
		"contains": "lower(text) contains #", "startsWith": "lower(text) startsWith #", "endsWith": "lower(text) endsWith #",
	}
	for _, e := range n.Entries() {
		key, template := e.Key.Text(), e.Value.Text()
		if tests[key] == "" && key != "equals" {
			d.lost(e.Key, "%s of a string evaluator is not carried over", key)
			continue
		}
		d.noteUsed(template)
		for i, c := range d.cases {
			text, faults := render(template, c.vars)
			for _, fault := range faults {
				d.lost(e.Value, "%s", fault)
			}
			switch {
			case strings.TrimSpace(text) == "":
				d.lostAt(c.place, "%s has no value for this case", key)
			case key == "equals":
				d.cases[i].expects = append(d.cases[i].expects, equals(text)...)
			default:
				check := oneOf(tests[key], []string{strings.ToLower(text)})
				d.cases[i].expects = append(d.cases[i].expects, checks(check)...)
			}
		}
	}
}

// judgeEvaluator makes a criterion whose options are the choices. What the
// evaluator's prompt fills in, a judge sees anyway: the input and the reply; the
// expected text becomes a demand of the case.
func (d *draft) judgeEvaluator(name string, n strictyaml.Node) {
	c := graders.Criterion{ID: slug(name, fmt.Sprintf("criterion-%d", len(d.criteria)+1))}
	for _, choice := range n.Get("choices").Items() {
		option := strings.TrimSpace(choice.Get("choice").Text())
		score := choice.Get("score")
		if option == "" || slices.Contains(c.Options, option) {
			d.lost(choice, "a choice without a name of its own is not carried over")
			continue
		}
		c.Options = append(c.Options, option)
		worth, isNumber := number(plain(score))
		if isNumber && worth > 0 {
			c.Pass = append(c.Pass, option)
		}
		if isNumber && worth != 0 && worth != 1 {
			d.lost(score, "the score %s of the choice %s counts as 1: an option passes or fails", score.Text(), option)
		}
	}
	if len(c.Pass) == 0 || len(c.Pass) == len(c.Options) {
		d.lost(n, "the evaluator %s is not carried over: its choices need some that pass and some that fail", name)
		return
	}
	d.loseOthers(n, "an evaluator", "prompt", "choices", "modelId", "systemPrompt")
	if id := n.Get("modelId"); id.Kind() != strictyaml.None {
		m := d.githubModel(id, id.Text())
		switch {
		case m.Name == "" || strings.ContainsAny(m.Name, " \t\n"):
			d.lost(id, "the judge %q is not carried over", m.Name)
		case d.Judge == "" || d.Judge == m.Name:
			d.Judge = d.addModel(m)
		default:
			d.lost(id, "a second judge, %s, is not carried over", m.ID)
		}
	}
	system := strings.TrimSpace(n.Get("systemPrompt").Text())
	body, demands := d.question(n.Get("prompt"))
	c.Question = strings.TrimSpace(system + "\n" + body)
	if c.Question == "" {
		d.lost(n, "the evaluator %s is not carried over: it has no prompt", name)
		return
	}
	if demands != "" {
		d.used = append(d.used, demands)
		for i, one := range d.cases {
			text := strings.TrimSpace(asText(one.vars[demands]))
			if text != "" {
				d.cases[i].expects = append(d.cases[i].expects, meets(text))
			}
		}
		d.ownDemands = true
	}
	d.criteria = append(d.criteria, c)
}

// question writes the prompt of an evaluator as a question. It returns the var
// that is the demand of a case, if there is one.
func (d *draft) question(n strictyaml.Node) (text, demand string) {
	var b strings.Builder
	for _, p := range pieces(n.Text()) {
		switch {
		case p.expr == nil:
			b.WriteString(p.text)
		case p.expr.name == "completion" || p.expr.name == "input":
			b.WriteString("[the " + map[string]string{"completion": "reply", "input": "input"}[p.expr.name] + "]")
		case demand == "" || demand == p.expr.name:
			demand = p.expr.name
			b.WriteString("{{meets}}")
		default:
			at := placesIn(n)(p.from, p.to)
			d.lostAt(at, "%s in the prompt of an evaluator is not carried over", p.text)
			b.WriteString(p.text)
		}
	}
	return b.String(), demand
}
