package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	openai "github.com/sashabaranov/go-openai"

	"promptbench/internal/model"
)

const (
	// anthropicVersion is the version of the API that is asked for; the config can name another in headers.
	anthropicVersion = "2023-06-01"
	// anthropicLimit is the limit of a reply that is sent where a request names none: the API needs one. It counts
	// thinking, too.
	anthropicLimit = 8192
)

// Anthropic is Anthropic's Messages API, at Anthropic and at local servers.
type Anthropic struct{}

// Kind returns "messages".
func (Anthropic) Kind() string { return "messages" }

// Encode returns the request for a message. System messages go to their own place; a seed, which the API does not have,
// is not sent. A reasoning effort is sent as one, with adaptive thinking; "none" turns thinking off. Older models need
// {thinking: {type: enabled, budget_tokens: …}} as an extra parameter instead.
func (Anthropic) Encode(t model.Target, r model.Request) (model.Call, error) {
	call := post(versioned(t.Base(), "/v1")+"/messages", r.Body)
	call.Transport = noStream
	call.Header.Set("anthropic-version", anthropicVersion)
	if t.APIKey != "" {
		call.Header.Set("x-api-key", string(t.APIKey))
	}
	if call.Body != nil {
		return call, nil
	}
	var err error
	call.Body, err = anthropicBody(t.ID, r)
	return call, err
}

func anthropicBody(id string, r model.Request) ([]byte, error) {
	const name = "the Anthropic API"
	system, turns, err := split(name, r.Messages)
	if err != nil {
		return nil, err
	}
	b, err := newBody(r, "messages", "model", "stream", "system")
	if err != nil {
		return nil, err
	}
	if t := r.Params.Temperature; t != nil && *t > 1 {
		return nil, fmt.Errorf("temperature is %v, and %s takes at most 1", *t, name)
	}
	messages := make([]any, 0, len(turns))
	var ids callIDs
	for _, m := range turns {
		if len(m.ToolCalls) > 0 {
			messages = append(messages, anthropicCalls(m, &ids)...)
		} else {
			messages = append(messages, messageOf(m, anthropicPart))
		}
	}
	b["model"], b["messages"], b["max_tokens"] = id, messages, anthropicLimit
	b.setAnthropicTools(r)
	if system != "" {
		b["system"] = system
	}
	set(b, "max_tokens", tokenLimit(r))
	set(b, "temperature", r.Params.Temperature)
	set(b, "top_p", r.Params.TopP)
	if len(r.Params.Stop) > 0 {
		b["stop_sequences"] = r.Params.Stop
	}
	if err := b.setThinking(r.Params.ReasoningEffort); err != nil {
		return nil, err
	}
	if _, err := responseFormat(r); err != nil {
		return nil, err
	}
	switch openai.ChatCompletionResponseFormatType(r.ResponseFormat) {
	case openai.ChatCompletionResponseFormatTypeJSONObject:
		return nil, errors.New(name + " has no response format json_object: use json_schema, or leave responseFormat out")
	case openai.ChatCompletionResponseFormatTypeJSONSchema:
		config, err := b.object("output_config")
		if err != nil {
			return nil, err
		}
		config["format"] = map[string]any{"type": r.ResponseFormat, "schema": bareSchema(r.JSONSchema)}
	}
	return b.canonical()
}

// setThinking sets how much the model thinks.
func (b body) setThinking(effort string) error {
	thinking := "adaptive"
	switch effort {
	case "":
		return nil
	case "none":
		thinking = "disabled"
	default:
		config, err := b.object("output_config")
		if err != nil {
			return err
		}
		config["effort"] = effort
	}
	if _, isSet := b["thinking"]; !isSet {
		b["thinking"] = map[string]any{"type": thinking}
	}
	return nil
}

// Decode reads a message. Of a refusal without text, the reply is the explanation, if any.
func (Anthropic) Decode(a model.Answer) (model.Response, error) {
	var doc struct {
		Model   json.RawMessage `json:"model"`
		Content *parts          `json:"content"`
		Reason  json.RawMessage `json:"stop_reason"`
		Details struct {
			Explanation json.RawMessage `json:"explanation"`
		} `json:"stop_details"`
		Usage json.RawMessage `json:"usage"`
		Error json.RawMessage `json:"error"`
	}
	if err := decode(&a, &doc, &doc.Error); err != nil {
		return model.Response{}, err
	}
	if doc.Content == nil {
		return model.Response{}, noCompletion(a, "it has no content")
	}
	resp, err := completed(a, *doc.Content,
		model.Response{ResponseModel: word(doc.Model), Usage: readUsage(doc.Usage)}, word(doc.Reason))
	signThinking(a.Body, resp.ToolCalls)
	if resp.FinishReason == model.FinishRefusal && strings.TrimSpace(resp.Reply) == "" {
		resp.Reply = cmp.Or(word(doc.Details.Explanation), resp.Reply)
	}
	return resp, err
}
