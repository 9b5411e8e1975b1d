package judge

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/model"
)

const jsonSchema = "json_schema"

// A Call is one call of a judge: some questions about one sample.
type Call struct {
	Prompt        *prompt.Prompt
	Params        params.Params // in force; a temperature that is neither set nor omitted is 0
	Sample        graders.Sample
	Questions     []graders.Question
	Vote          int    // from 1
	LastFault     string // what was wrong with the last answer; empty the first time
	Plain         bool   // ask for no structured output
	NoTemperature bool   // send no temperature
	Pair          *Pair  // compare two replies, instead of the sample's alone
}

// Request fills the prompt in. It quotes everything that comes from the case or the
// reply, see [Quote], and leaves the thinking out. Unless the prompt or Plain says
// otherwise, a JSON Schema of the answer allows the options and nothing else.
func (a Call) Request() (model.Request, error) {
	vars := make(map[string]string, len(a.Sample.Vars)+3)
	for name, value := range a.Sample.Vars {
		vars[name] = inline(value)
	}
	if a.Pair == nil {
		if _, isVar := vars[placeReference]; !isVar {
			vars[placeReference] = references(a.Sample.Expect.Reference)
		}
		vars[placeReply], vars[placeQuestions] = Quote("reply", a.Sample.Reply.Text), questions(a.Questions)
	} else {
		a.Pair.fill(vars)
	}
	vars[placeAnswer] = answer(a.Questions) + retryNote(a.LastFault)
	in := a.Params
	if a.NoTemperature {
		in = params.Params{Omit: []string{params.Temperature}}.Over(in)
	}
	r, err := fill(a.Prompt, in, Quote("input", a.Sample.Before()), vars)
	r.Trial = a.Vote
	if err == nil && r.ResponseFormat == "" && !a.Plain {
		r.ResponseFormat = jsonSchema
		r.JSONSchema, err = schemaOf(a.Questions)
	}
	return r, err
}

// references quotes the reference texts of a case, each as data.
func references(texts []string) string {
	if len(texts) == 0 {
		return "(no reference)"
	}
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = Quote("reference", text)
	}
	return strings.Join(quoted, "\n\n")
}

// fill renders a judge's prompt.
func fill(p *prompt.Prompt, in params.Params, input string, vars map[string]string) (model.Request, error) {
	messages, err := p.Render(input, vars)
	if err != nil {
		return model.Request{}, err
	}
	r := model.Request{Params: in, ResponseFormat: p.ResponseFormat}
	if r.Params.Temperature == nil && !slices.Contains(r.Params.Omit, params.Temperature) {
		zero := 0.0
		r.Params.Temperature = &zero
	}
	for _, m := range messages {
		r.Messages = append(r.Messages, model.Message{Role: m.Role, Content: m.Content})
	}
	return r, nil
}

// questions lists the questions with their options and what these mean.
func questions(list []graders.Question) string {
	var b strings.Builder
	for i, q := range list {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString("Question")
		if len(list) > 1 {
			b.WriteString(" " + q.Criterion)
		}
		fmt.Fprintf(&b, ": %s\nOptions: %s", strings.TrimSpace(q.Text), strings.Join(q.Options, ", "))
		for _, o := range q.Options {
			if anchor, ok := q.Anchors[o]; ok {
				fmt.Fprintf(&b, "\n- %s: %s", o, strings.TrimSpace(anchor))
			}
		}
	}
	return b.String()
}

// answer says what form the answer must have.
func answer(list []graders.Question) string {
	if len(list) == 1 {
		return "Answer with one JSON object and nothing else, the reason first: " + form(list[0])
	}
	forms := make([]string, len(list))
	for i, q := range list {
		forms[i] = quoted(q.Criterion) + ": " + form(q)
	}
	return "Answer every question, in one JSON object and nothing else, each reason first: {" +
		strings.Join(forms, ", ") + "}"
}

// form shows one verdict with its options.
func form(q graders.Question) string {
	options := make([]string, len(q.Options))
	for i, o := range q.Options {
		options[i] = quoted(o)
	}
	return `{"reason": "…", "verdict": ` + strings.Join(options, " or ") + "}"
}

func retryNote(before string) string {
	if before == "" {
		return ""
	}
	return "\nThe answer before this one did not count. Keep to this form, to the letter."
}

func quoted(s string) string {
	raw, err := strictyaml.Canonical(s)
	if err != nil { // a string always encodes
		return `""`
	}
	return string(raw)
}

// schemaOf is the JSON Schema of an answer, in the form that endpoints take.
func schemaOf(list []graders.Question) (json.RawMessage, error) {
	schema := verdictSchema(list[0].Options)
	if len(list) > 1 {
		properties, ids := map[string]any{}, make([]string, len(list))
		for i, q := range list {
			properties[q.Criterion], ids[i] = verdictSchema(q.Options), q.Criterion
		}
		schema = object(properties, ids)
	}
	return strictyaml.Canonical(map[string]any{"name": "verdict", "strict": true, "schema": schema})
}

// verdictSchema puts the reason first by name, too: endpoints keep the order in
// which the properties stand, which on the wire is that of their names.
func verdictSchema(options []string) map[string]any {
	return object(map[string]any{
		"reason":  map[string]any{"type": "string"},
		"verdict": map[string]any{"type": "string", "enum": slices.Clone(options)},
	}, []string{"reason", "verdict"})
}

func object(properties map[string]any, required []string) map[string]any {
	return map[string]any{"type": "object", "additionalProperties": false, "properties": properties, "required": required}
}
