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
// model other than id, messages that hold more than text, or a field that is neither one of promptbench nor a usual one
// for sampling nor among more. So a client that can only hand in requests can't turn on what costs more or acts, as
// tools do.
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
		return map[string]func([]byte) bool{"input": isInput}, []string{
			"max_output_tokens", "reasoning", "store", "temperature", "text", "top_p",
		}
	case Anthropic{}.Kind():
		return map[string]func([]byte) bool{"messages": isOnly[[]chatMessage], "system": isOnly[string]}, []string{
			"max_tokens", "output_config", "stop_sequences", "temperature", "thinking", "top_p",
		}
	case Gemini{}.Kind():
		return map[string]func([]byte) bool{
			"contents": isGeminiText, "systemInstruction": isOnly[geminiContent], "generationConfig": isGeminiConfig,
		}, nil
	}
	return map[string]func([]byte) bool{"messages": isOnly[[]chatMessage]}, []string{
		"max_completion_tokens", "max_tokens", "reasoning_effort", "response_format", "seed", "stop", "temperature", "top_p",
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

// isInput reports whether data is the messages of the Responses API.
func isInput(data []byte) bool {
	type item struct {
		Type    string          `json:"type"`
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	}
	type part struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	var items []item
	return isOnly[[]item](data) && json.Unmarshal(data, &items) == nil &&
		!slices.ContainsFunc(items, func(i item) bool {
			return i.Type != "message" || !isOnly[string](i.Content) && !isOnly[[]part](i.Content)
		})
}

// isGeminiText reports whether data is contents that hold text alone.
func isGeminiText(data []byte) bool {
	var contents []geminiContent
	return isOnly[[]geminiContent](data) && json.Unmarshal(data, &contents) == nil &&
		!slices.ContainsFunc(contents, func(c geminiContent) bool {
			return slices.ContainsFunc(c.Parts, func(p geminiPart) bool { return p.Text == nil || p.InlineData != nil })
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
