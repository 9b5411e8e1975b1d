package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
)

// setTools sets the tools of a chat completion and the choice between them.
func setTools(fields map[string]any, r model.Request) {
	if len(r.Tools) == 0 {
		return
	}
	tools := make([]any, len(r.Tools))
	for i, t := range r.Tools {
		tools[i] = map[string]any{"type": "function", "function": functionOf(t, "parameters")}
	}
	fields["tools"] = tools
	switch r.ToolChoice {
	case "":
	case prompt.ToolAuto, prompt.ToolNone, prompt.ToolRequired:
		fields["tool_choice"] = r.ToolChoice
	default:
		fields["tool_choice"] = map[string]any{"type": "function", "function": map[string]any{"name": r.ToolChoice}}
	}
}

// callIDs names the calls of a conversation in order. Endpoints make ids up anew for each reply; these are the same for
// the same calls, so that keys of recordings are. Mistral takes ids of exactly nine letters and digits.
type callIDs int

func (n *callIDs) next() string {
	*n++
	return fmt.Sprintf("call%05d", *n)
}

// chatCalls writes an assistant message that calls tools, and what they return.
func chatCalls(m model.Message, ids *callIDs) []any {
	calls, results := make([]any, len(m.ToolCalls)), make([]any, len(m.ToolCalls))
	for i, c := range m.ToolCalls {
		id := ids.next()
		calls[i] = map[string]any{"id": id, "type": "function", "function": map[string]any{
			"name": c.Name, "arguments": argumentsText(c),
		}}
		results[i] = map[string]any{"role": "tool", "tool_call_id": id, "content": c.Result}
	}
	message := map[string]any{"role": m.Role, "content": nil, "tool_calls": calls}
	if m.Content != "" {
		message["content"] = m.Content
	}
	return append([]any{message}, results...)
}

// argumentsText are the arguments of a call as JSON, which some servers leave out where there are none.
func argumentsText(c graders.ToolCall) string { return cmp.Or(strings.TrimSpace(c.Arguments), "{}") }

// functionOf describes a tool, the schema of its arguments under a name. A tool without a schema has no arguments.
func functionOf(t prompt.Tool, schema string) map[string]any {
	out := map[string]any{"name": t.Name, schema: json.RawMessage(`{"properties":{},"type":"object"}`)}
	if t.Description != "" {
		out["description"] = t.Description
	}
	if len(t.Parameters) > 0 {
		out[schema] = t.Parameters
	}
	return out
}

// withoutTools refuses tools at an API that promptbench does not send them to.
func withoutTools(api string, r model.Request) error {
	if len(r.Tools) == 0 {
		return nil
	}
	return fmt.Errorf("promptbench sends tools to chat completions only, not to %s: use api: chat", api)
}
