package prompt

import (
	"encoding/json"
	"fmt"

	"promptbench/internal/input/strictyaml"
)

// File is the text of a prompt file that [Parse] reads back as this prompt, without the name of its file and git
// revision.
func (p *Prompt) File() ([]byte, error) {
	var out strictyaml.Object
	add := func(key string, value any, isThere bool) {
		if isThere {
			out = append(out, strictyaml.Field{Key: key, Value: value})
		}
	}
	add("name", p.Name, p.Name != "")
	add("description", p.Description, p.Description != "")
	add("model", p.Model, p.Model != "")
	params := p.paramFields()
	add("modelParameters", params, len(params) > 0)
	add("replyFormat", string(p.ReplyFormat), p.ReplyFormat != "")
	add("responseFormat", p.ResponseFormat, p.ResponseFormat != "")
	if len(p.JSONSchema) > 0 {
		var schema any
		if err := json.Unmarshal(p.JSONSchema, &schema); err != nil {
			return nil, fmt.Errorf("writing the jsonSchema of %s: %w", p.Name, err)
		}
		add("jsonSchema", schema, true)
	}
	tools := make([]any, len(p.Tools))
	for i, t := range p.Tools {
		var parameters any
		if err := json.Unmarshal(t.Parameters, &parameters); err != nil && len(t.Parameters) > 0 {
			return nil, fmt.Errorf("writing the tool %s of %s: %w", t.Name, p.Name, err)
		}
		fields := strictyaml.Object{{Key: "name", Value: t.Name}, {Key: "description", Value: t.Description}}
		if parameters != nil {
			fields = append(fields, strictyaml.Field{Key: "parameters", Value: parameters})
		}
		tools[i] = fields
	}
	add("tools", tools, len(tools) > 0)
	add("toolChoice", p.ToolChoice, p.ToolChoice != "")
	messages := make([]any, len(p.Messages))
	for i, m := range p.Messages {
		messages[i] = strictyaml.Object{{Key: "role", Value: m.Role}, {Key: "content", Value: m.Content}}
	}
	add("messages", messages, true)
	return strictyaml.Write(out)
}

func (p *Prompt) paramFields() (out strictyaml.Object) {
	add := func(key string, value any, isThere bool) {
		if isThere {
			out = append(out, strictyaml.Field{Key: key, Value: value})
		}
	}
	if v := p.Params.Temperature; v != nil {
		add("temperature", *v, true)
	}
	if v := p.Params.TopP; v != nil {
		add("topP", *v, true)
	}
	for _, f := range []struct {
		key   string
		value *int
	}{
		{"maxTokens", p.Params.MaxTokens}, {"maxCompletionTokens", p.Params.MaxCompletionTokens}, {"seed", p.Params.Seed},
	} {
		if f.value != nil {
			add(f.key, *f.value, true)
		}
	}
	stop := make(strictyaml.Flow, len(p.Params.Stop))
	for i, s := range p.Params.Stop {
		stop[i] = s
	}
	add("stop", stop, len(stop) > 0)
	add("reasoningEffort", p.Params.ReasoningEffort, p.Params.ReasoningEffort != "")
	add("extra", p.Params.Extra, len(p.Params.Extra) > 0)
	for _, name := range p.Params.Omit {
		add(name, json.RawMessage(nil), true)
	}
	return out
}
