package api

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"promptbench/internal/model"
)

// Responses is OpenAI's Responses API, at OpenAI, at Azure and at local servers. OpenAI is asked to store nothing.
type Responses struct{}

// Kind returns "responses".
func (Responses) Kind() string { return "responses" }

// Encode returns the request for a response. The API has no stop texts and no seed: the former are an error, the latter
// is not sent.
func (Responses) Encode(t model.Target, r model.Request) (model.Call, error) {
	call := post(t.Base()+"/responses", r.Body)
	call.Transport = noStream
	if t.APIKey != "" {
		call.Header.Set("Authorization", "Bearer "+string(t.APIKey))
	}
	if call.Body != nil {
		return call, nil
	}
	var err error
	call.Body, err = responsesBody(t.ID, r)
	return call, err
}

func responsesBody(id string, r model.Request) ([]byte, error) {
	switch {
	case len(r.Messages) == 0:
		return nil, errors.New("the request has no message")
	case len(r.Params.Stop) > 0:
		return nil, errors.New("the Responses API has no stop texts: leave stop out, or use api: chat")
	}
	b, err := newBody(r, "input", "model", "stream")
	if err != nil {
		return nil, err
	}
	if _, isSet := b["store"]; !isSet {
		b["store"] = false
	}
	var input []any
	var ids callIDs
	for _, m := range r.Messages {
		calls, results := responsesCalls(m, &ids)
		if len(calls) > 0 && m.Content == "" {
			input = slices.Concat(input, calls, results)
			continue
		}
		item := map[string]any{"type": "message", "role": m.Role, "content": m.Content}
		if m.Role == openai.ChatMessageRoleAssistant {
			item["content"] = []any{map[string]any{"type": "output_text", "text": m.Content}}
		}
		if len(m.Attachments) > 0 {
			item["content"] = append(partsOf(m, responsesPart), map[string]any{"type": "input_text", "text": m.Content})
		}
		input = slices.Concat(append(input, item), calls, results)
	}
	b["model"], b["input"] = id, input
	b.setResponsesTools(r)
	set(b, "temperature", r.Params.Temperature)
	set(b, "top_p", r.Params.TopP)
	set(b, "max_output_tokens", tokenLimit(r))
	if effort := r.Params.ReasoningEffort; effort != "" {
		reasoning, err := b.object("reasoning")
		if err != nil {
			return nil, err
		}
		reasoning["effort"] = effort
	}
	if err := b.setTextFormat(r); err != nil {
		return nil, err
	}
	return b.canonical()
}

// setTextFormat sets the response format, whose schema has its name beside it.
func (b body) setTextFormat(r model.Request) error {
	format, err := responseFormat(r)
	if err != nil || format == nil {
		return err
	}
	flat := map[string]any{"type": r.ResponseFormat}
	switch wrapped := format["json_schema"].(type) {
	case map[string]any:
		maps.Copy(flat, wrapped)
	case map[string]json.RawMessage:
		for name, value := range wrapped {
			flat[name] = value
		}
	}
	text, err := b.object("text")
	if err == nil {
		text["format"] = flat
	}
	return err
}

// Decode reads a response: the text of its messages, the summaries of its reasoning, and why it is incomplete.
func (Responses) Decode(a model.Answer) (model.Response, error) {
	var doc struct {
		Model      json.RawMessage `json:"model"`
		Created    any             `json:"created_at"` // a number of seconds
		Status     json.RawMessage `json:"status"`
		Incomplete struct {
			Reason json.RawMessage `json:"reason"`
		} `json:"incomplete_details"`
		Output *parts          `json:"output"`
		Usage  json.RawMessage `json:"usage"`
		Error  json.RawMessage `json:"error"`
	}
	if err := decode(&a, &doc, &doc.Error); err != nil {
		return model.Response{}, err
	}
	if doc.Output == nil {
		return model.Response{}, noCompletion(a, "it has no output")
	}
	reason := word(doc.Status)
	if has(doc.Incomplete.Reason) {
		reason = word(doc.Incomplete.Reason)
	}
	resp := model.Response{ResponseModel: word(doc.Model), Usage: readUsage(doc.Usage)}
	if seconds, ok := doc.Created.(float64); ok && seconds > 0 && seconds < maxSeconds {
		resp.At = time.Unix(int64(seconds), 0).UTC()
	}
	return completed(a, *doc.Output, resp, reason)
}
