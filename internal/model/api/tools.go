package api

import (
	"encoding/json"
	"fmt"

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
