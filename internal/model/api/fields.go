package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/model"
)

// CheckBody reports what in the body of a request from elsewhere, for a kind of API, promptbench would not have sent: a
// model other than id, messages that hold more than text and calls of functions, tools that are no functions, or a
// field that is neither one of promptbench nor a usual one for sampling nor among more. So a client that can only hand
// in requests can't turn on what costs more or acts, as the tools of a provider do. Functions do not: nothing calls
// them.
func CheckBody(kind, id string, body []byte, more []string) error {
	if canonical, err := strictyaml.Canonical(json.RawMessage(body)); err != nil || !bytes.Equal(canonical, body) {
		return errors.New("the body is not canonical JSON")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return errors.New("the body is no JSON object")
	}
	var named string
	if json.Unmarshal(fields["model"], &named) != nil || named != id {
		return fmt.Errorf("the body names model %q, not %q", model.Clean(named, model.MaxMessage), id)
	}
	texts, own := bodyFields(kind)
	known := slices.Concat(own, samplingFields(), more, []string{"model"})
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		isText, holdsText := texts[name]
		if !holdsText && !slices.Contains(known, name) {
			return fmt.Errorf("the body has the field %q, which is not known here", model.Clean(name, model.MaxMessage))
		}
		if holdsText && !isText(fields[name]) {
			return fmt.Errorf("the field %q of the body holds something else than promptbench sends", name)
		}
	}
	if store := fields["store"]; store != nil && string(store) != "false" && !slices.Contains(more, "store") {
		return errors.New("the body asks the endpoint to store the reply")
	}
	return nil
}

// bodyFields returns the fields of an API that hold words or other fields, each with its check, and the others.
func bodyFields(kind string) (checked map[string]func([]byte) bool, others []string) {
	switch kind {
	case Responses{}.Kind():
		return map[string]func([]byte) bool{"input": isInput, "tools": isResponsesTools}, []string{
			"max_output_tokens", "reasoning", "store", "temperature", "text", "tool_choice", "top_p",
		}
	case Anthropic{}.Kind():
		return map[string]func([]byte) bool{
				"messages": isAnthropicMessages, "system": isOnly[string], "tools": isSome[anthropicTool],
			}, []string{
				"max_tokens", "output_config", "stop_sequences", "temperature", "thinking", "tool_choice", "top_p",
			}
	case Gemini{}.Kind():
		return map[string]func([]byte) bool{
			"contents": isGeminiText, "systemInstruction": isOnly[geminiContent], "generationConfig": isGeminiConfig,
			"tools": isSome[geminiTools],
		}, []string{"toolConfig"}
	}
	return map[string]func([]byte) bool{"messages": isChatMessages, "tools": isChatTools}, []string{
		"max_completion_tokens", "max_tokens", "reasoning_effort", "response_format", "seed", "stop", "temperature",
		"tool_choice", "top_p",
	}
}

// samplingFields are fields of servers beside OpenAI's that say how words are drawn.
func samplingFields() []string {
	return []string{
		"cache_prompt", "chat_template_kwargs", "frequency_penalty", "min_p", "presence_penalty", "random_seed",
		"repeat_penalty", "repetition_penalty", "top_k",
	}
}

// isOnly reports whether data is a T with no other field.
func isOnly[T any](data []byte) bool {
	var into T
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(&into) == nil
}

// isSome reports whether data is a list of T with no other field, and not an empty one.
func isSome[T any](data []byte) bool {
	var list []T
	return isOnly[[]T](data) && json.Unmarshal(data, &list) == nil && len(list) > 0
}

// all reports whether data is a list of T with no other field, and each of them is fine.
func all[T any](data []byte, isFine func(T) bool) bool {
	var list []T
	return isOnly[[]T](data) && json.Unmarshal(data, &list) == nil &&
		!slices.ContainsFunc(list, func(one T) bool { return !isFine(one) })
}

// A checkedFunction is a function as chat completions have it: declared, or called.
type checkedFunction struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Parameters  json.RawMessage `json:"parameters"`
	Arguments   *string         `json:"arguments"`
}

// A checkedTool is a tool, or a call of one.
type checkedTool struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Function checkedFunction `json:"function"`
}

func isFunction(t checkedTool) bool { return t.Type == "function" }

func isChatTools(data []byte) bool { return isSome[checkedTool](data) && all(data, isFunction) }

// isChatMessages reports whether data is messages of text, with calls of functions and their results.
func isChatMessages(data []byte) bool {
	type message struct {
		Content    *string         `json:"content"`
		Role       string          `json:"role"`
		ToolCalls  json.RawMessage `json:"tool_calls"`
		ToolCallID string          `json:"tool_call_id"`
	}
	return all(data, func(m message) bool { return m.ToolCalls == nil || isChatTools(m.ToolCalls) })
}

func isResponsesTools(data []byte) bool {
	type tool struct {
		checkedFunction

		Strict bool   `json:"strict"`
		Type   string `json:"type"`
	}
	return isSome[tool](data) && all(data, func(t tool) bool { return t.Type == "function" })
}

// isInput reports whether data is the messages of the Responses API, with calls of functions and their results.
func isInput(data []byte) bool {
	type item struct {
		Type      string          `json:"type"`
		Role      string          `json:"role"`
		Content   json.RawMessage `json:"content"`
		CallID    string          `json:"call_id"`
		Name      string          `json:"name"`
		Arguments string          `json:"arguments"`
		Output    string          `json:"output"`
	}
	type part struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	return all(data, func(i item) bool {
		switch i.Type {
		case "message":
			return isOnly[string](i.Content) || isOnly[[]part](i.Content)
		case "function_call", "function_call_output":
			return i.Content == nil
		}
		return false
	})
}

// An anthropicTool is one of the client: those of Anthropic have a type.
type anthropicTool struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	InputSchema json.RawMessage `json:"input_schema"`
}

// isAnthropicMessages reports whether data is messages of text, with calls of functions and their results.
func isAnthropicMessages(data []byte) bool {
	type block struct {
		Type      string          `json:"type"`
		Text      string          `json:"text"`
		Thinking  string          `json:"thinking"`
		Signature string          `json:"signature"`
		Data      string          `json:"data"`
		ID        string          `json:"id"`
		Name      string          `json:"name"`
		Input     json.RawMessage `json:"input"`
		ToolUseID string          `json:"tool_use_id"`
		Content   string          `json:"content"`
	}
	type message struct {
		Content json.RawMessage `json:"content"`
		Role    string          `json:"role"`
	}
	kinds := []string{"text", "tool_use", "tool_result", "thinking", "redacted_thinking"}
	return all(data, func(m message) bool {
		return isOnly[string](m.Content) || all(m.Content, func(b block) bool { return slices.Contains(kinds, b.Type) })
	})
}

// geminiTools are functions: the tools of Google have fields of their own.
type geminiTools struct {
	Declarations []struct {
		Name        string          `json:"name"`
		Description string          `json:"description"`
		Parameters  json.RawMessage `json:"parametersJsonSchema"`
	} `json:"functionDeclarations"`
}

// isGeminiText reports whether data is contents of text, with calls of functions and their results.
func isGeminiText(data []byte) bool {
	return all(data, func(c geminiContent) bool {
		return !slices.ContainsFunc(c.Parts, func(p geminiPart) bool {
			return p.InlineData != nil || p.Text == nil && p.FunctionCall == nil && p.FunctionResponse == nil
		})
	})
}

// isGeminiConfig reports whether data is a generationConfig for text.
func isGeminiConfig(data []byte) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return false
	}
	for _, name := range []string{
		"temperature", "topP", "topK", "maxOutputTokens", "seed", "stopSequences", "thinkingConfig", "responseJsonSchema",
		"responseMimeType", "presencePenalty", "frequencyPenalty",
	} {
		delete(fields, name)
	}
	return len(fields) == 0
}
