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

// Tools in each API: how they are declared, and how the calls in a message are written with what they return. Chat and
// Responses have the arguments of a call as text, Anthropic and Gemini as an object. Only what the model calls goes
// back with its results, see [model.Message].

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

// setResponsesTools sets the tools of a response. They are strict unless a request says otherwise, and strict ones take
// only some schemas.
func (b body) setResponsesTools(r model.Request) {
	if len(r.Tools) == 0 {
		return
	}
	setTools(b, r)
	tools := make([]any, len(r.Tools))
	for i, t := range r.Tools {
		tool := functionOf(t, "parameters")
		tool["type"], tool["strict"] = "function", false
		tools[i] = tool
	}
	b["tools"] = tools
	if _, isNamed := b["tool_choice"].(map[string]any); isNamed && r.ToolChoice != "" {
		b["tool_choice"] = map[string]any{"type": "function", "name": r.ToolChoice}
	}
}

// setAnthropicTools sets the tools of a message.
func (b body) setAnthropicTools(r model.Request) {
	if len(r.Tools) == 0 {
		return
	}
	tools := make([]any, len(r.Tools))
	for i, t := range r.Tools {
		tools[i] = functionOf(t, "input_schema")
	}
	b["tools"] = tools
	switch r.ToolChoice {
	case "":
	case prompt.ToolAuto, prompt.ToolNone:
		b["tool_choice"] = map[string]any{"type": r.ToolChoice}
	case prompt.ToolRequired:
		b["tool_choice"] = map[string]any{"type": "any"}
	default:
		b["tool_choice"] = map[string]any{"type": "tool", "name": r.ToolChoice}
	}
}

// setGeminiTools sets the tools of a content.
func (b body) setGeminiTools(r model.Request) error {
	if len(r.Tools) == 0 {
		return nil
	}
	tools := make([]any, len(r.Tools))
	for i, t := range r.Tools {
		tools[i] = functionOf(t, "parametersJsonSchema")
	}
	b["tools"] = []any{map[string]any{"functionDeclarations": tools}}
	if r.ToolChoice == "" {
		return nil
	}
	config, err := b.object("toolConfig")
	if err != nil {
		return err
	}
	calling := map[string]any{}
	switch r.ToolChoice {
	case prompt.ToolAuto, prompt.ToolNone:
		calling["mode"] = strings.ToUpper(r.ToolChoice)
	case prompt.ToolRequired:
		calling["mode"] = "ANY"
	default:
		calling["mode"], calling["allowedFunctionNames"] = "ANY", []string{r.ToolChoice}
	}
	config["functionCallingConfig"] = calling
	return nil
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

// callIDs names the calls of a conversation in order. Endpoints make ids up anew for each reply; these are the same for
// the same calls, so that keys of recordings are. Mistral takes ids of exactly nine letters and digits.
type callIDs int

func (n *callIDs) next() string {
	*n++
	return fmt.Sprintf("call%05d", *n)
}

// argumentsText are the arguments of a call as JSON, which some servers leave out where there are none.
func argumentsText(c graders.ToolCall) string { return cmp.Or(strings.TrimSpace(c.Arguments), "{}") }

// chatCalls writes a message that calls tools, and what they return.
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

// responsesCalls writes the calls of a message, and what they return. OpenAI's own ids of the calls would make it look
// for the reasoning before them, which it did not store.
func responsesCalls(m model.Message, ids *callIDs) (calls, results []any) {
	for _, c := range m.ToolCalls {
		id := ids.next()
		calls = append(calls, map[string]any{
			"type": "function_call", "call_id": id, "name": c.Name, "arguments": argumentsText(c),
		})
		results = append(results, map[string]any{"type": "function_call_output", "call_id": id, "output": c.Result})
	}
	return calls, results
}

// anthropicCalls writes a message that calls tools, with the thinking before the calls, and what they return: all of it
// in one message of the user.
func anthropicCalls(m model.Message, ids *callIDs) []any {
	var blocks, results []any
	for _, c := range m.ToolCalls {
		var thinking []json.RawMessage
		if json.Unmarshal([]byte(c.Signature), &thinking) == nil {
			for _, block := range thinking {
				blocks = append(blocks, block)
			}
		}
	}
	if strings.TrimSpace(m.Content) != "" { // a text without letters is refused
		blocks = append(blocks, map[string]any{"type": "text", "text": m.Content})
	}
	for _, c := range m.ToolCalls {
		id := ids.next()
		blocks = append(blocks, map[string]any{
			"type": "tool_use", "id": id, "name": c.Name, "input": json.RawMessage(argumentsText(c)),
		})
		results = append(results, map[string]any{"type": "tool_result", "tool_use_id": id, "content": c.Result})
	}
	return []any{
		map[string]any{"role": m.Role, "content": blocks},
		map[string]any{"role": graders.RoleUser, "content": results},
	}
}

// signThinking keeps the signed thinking of an Anthropic message with its first call: the API may want it back before
// the results.
func signThinking(body []byte, calls []graders.ToolCall) {
	var doc struct {
		Content []json.RawMessage `json:"content"`
	}
	if len(calls) == 0 || json.Unmarshal(body, &doc) != nil {
		return
	}
	var signed []json.RawMessage
	for _, block := range doc.Content {
		var kind struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(block, &kind) == nil && (kind.Type == "thinking" || kind.Type == "redacted_thinking") {
			signed = append(signed, block)
		}
	}
	if raw, err := json.Marshal(signed); err == nil && len(signed) > 0 {
		calls[0].Signature = string(raw)
	}
}

// geminiCalls writes the calls of a message, and what they return, which has to be an object.
func geminiCalls(m model.Message, ids *callIDs) (calls, results []geminiPart) {
	for _, c := range m.ToolCalls {
		id := ids.next()
		calls = append(calls, geminiPart{
			FunctionCall: &geminiFunction{
				ID: id, Name: c.Name, Args: json.RawMessage(argumentsText(c)),
			}, ThoughtSignature: c.Signature,
		})
		response := json.RawMessage(c.Result)
		if !isOnly[map[string]json.RawMessage](response) {
			response, _ = json.Marshal(map[string]string{"result": c.Result}) // texts always encode
		}
		results = append(results, geminiPart{FunctionResponse: &geminiFunction{ID: id, Name: c.Name, Response: response}})
	}
	return calls, results
}
