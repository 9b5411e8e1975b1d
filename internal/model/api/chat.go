package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/model"
)

// Chat is OpenAI's chat completions API, at OpenAI, at Azure, and at the many servers that speak it too. The words of
// the API and its errors are those of go-openai. Its request is not used: it drops the zeros of temperature, top_p and
// the token limits, cuts floats to 32 bits, and refuses some pairs of model and limit. Nor is its response: it fails on
// fields that nobody needs.
type Chat struct{}

// Kind returns "chat.completions".
func (Chat) Kind() string { return "chat.completions" }

// Encode returns the request for a completion. Parameters are sent exactly as r holds them, zeros included; extra ones
// become top-level fields, except those that a request decides itself, which are an error. A parameter that is set both
// ways keeps its named value. For json_schema a bare schema is wrapped as {"name":"reply","schema":…,"strict":true}; a
// document that has "schema" itself is sent as written, with a name if it lacks one.
func (Chat) Encode(t model.Target, r model.Request) (model.Call, error) {
	call := model.Call{Method: http.MethodPost, URL: t.Base() + "/chat/completions", Header: http.Header{}, Body: r.Body}
	call.Header.Set("Content-Type", "application/json")
	call.Header.Set("Accept", "application/json")
	switch {
	case t.APIVersion != "":
		call.URL = t.Base() + "/openai/deployments/" + url.PathEscape(t.ID) + "/chat/completions?api-version=" +
			url.QueryEscape(t.APIVersion)
		call.Header.Set(openai.AzureAPIKeyHeader, string(t.APIKey))
	case t.APIKey != "":
		call.Header.Set("Authorization", "Bearer "+string(t.APIKey))
	}
	if call.Body != nil {
		return call, nil
	}
	var err error
	call.Body, err = chatBody(t.ID, r)
	return call, err
}

// A chatMessage has its fields in the order of their names, as canonical JSON has them.
type chatMessage struct {
	Content string `json:"content"`
	Role    string `json:"role"`
}

func chatBody(id string, r model.Request) ([]byte, error) {
	if len(r.Messages) == 0 {
		return nil, errors.New("the request has no message")
	}
	fields := make(map[string]any, 8+len(r.Params.Extra))
	for name, value := range r.Params.Extra {
		if slices.Contains([]string{"messages", "model", "n", "stream", "stream_options"}, name) {
			return nil, fmt.Errorf("extra parameter %q is not allowed: promptbench sets it itself", name)
		}
		fields[name] = value
	}
	format, err := responseFormat(r)
	if err != nil {
		return nil, err
	}
	if format != nil {
		fields["response_format"] = format
	}
	set(fields, "temperature", r.Params.Temperature)
	set(fields, "top_p", r.Params.TopP)
	set(fields, "max_tokens", r.Params.MaxTokens)
	set(fields, "max_completion_tokens", r.Params.MaxCompletionTokens)
	set(fields, "seed", r.Params.Seed)
	if len(r.Params.Stop) > 0 {
		fields["stop"] = r.Params.Stop
	}
	if r.Params.ReasoningEffort != "" {
		fields["reasoning_effort"] = r.Params.ReasoningEffort
	}
	// The messages are nearly all of the body, and a job encodes them for every trial. Where their text is valid, they
	// are canonical as they are, and only the rest is made so.
	valid := utf8.ValidString(id)
	for name, value := range fields {
		if fields[name], err = strictyaml.Canonical(value); err != nil {
			return nil, fmt.Errorf("encoding the request: %w", err)
		}
		valid = valid && utf8.ValidString(name)
	}
	messages := make([]chatMessage, len(r.Messages))
	for i, m := range r.Messages {
		messages[i] = chatMessage{Content: m.Content, Role: m.Role}
		valid = valid && utf8.ValidString(m.Content) && utf8.ValidString(m.Role)
	}
	fields["model"], fields["messages"] = id, messages
	encode := strictyaml.Canonical
	if valid {
		encode = strictyaml.Sorted
	}
	body, err := encode(fields)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	return body, nil
}

func set[T any](fields map[string]any, name string, value *T) {
	if value != nil {
		fields[name] = *value
	}
}

// responseFormat returns the response_format of the body, or nil.
func responseFormat(r model.Request) (map[string]any, error) {
	switch openai.ChatCompletionResponseFormatType(r.ResponseFormat) {
	case "":
		return nil, nil
	case openai.ChatCompletionResponseFormatTypeText, openai.ChatCompletionResponseFormatTypeJSONObject:
		return map[string]any{"type": r.ResponseFormat}, nil
	case openai.ChatCompletionResponseFormatTypeJSONSchema:
		if len(r.JSONSchema) == 0 {
			return nil, errors.New("response format json_schema needs a jsonSchema")
		}
		return map[string]any{"type": r.ResponseFormat, "json_schema": wrapSchema(r.JSONSchema)}, nil
	}
	return nil, fmt.Errorf("unknown response format %q: want text, json_object or json_schema", r.ResponseFormat)
}

// wrapSchema returns the json_schema of a response format.
func wrapSchema(doc json.RawMessage) any {
	var object map[string]json.RawMessage
	has := func(name string) bool { return len(object[name]) > 0 && string(object[name]) != "null" }
	isWrapped := json.Unmarshal(doc, &object) == nil && has("schema") && object["schema"][0] == '{' &&
		!has("type") && !has("properties")
	if !isWrapped {
		return map[string]any{"name": "reply", "schema": doc, "strict": true}
	}
	var name string
	if err := json.Unmarshal(object["name"], &name); err != nil || name == "" {
		object["name"] = json.RawMessage(`"reply"`)
	}
	return object
}

// A completion is what is needed of an answer. Other fields may have any shape.
type completion struct {
	Model   string `json:"model"`
	Created any    `json:"created"` // a number of seconds
	Choices []struct {
		FinishReason openai.FinishReason `json:"finish_reason"`
		Message      struct {
			Content          content `json:"content"`
			Refusal          string  `json:"refusal"`
			ReasoningContent string  `json:"reasoning_content"`
			Reasoning        any     `json:"reasoning"` // of vLLM and OpenRouter, where it is a text
		} `json:"message"`
	} `json:"choices"`
	Usage *struct {
		PromptTokens     int `json:"prompt_tokens"`
		CompletionTokens int `json:"completion_tokens"`
	} `json:"usage"`
	Error json.RawMessage `json:"error"`
}

// A content is a text, or a list of parts; some parts have a text.
type content string

// UnmarshalJSON reads either form.
func (c *content) UnmarshalJSON(data []byte) error {
	if len(data) == 0 || data[0] != '[' {
		return json.Unmarshal(data, (*string)(c))
	}
	var parts []openai.ChatMessagePart
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	for _, part := range parts {
		*c += content(part.Text)
	}
	return nil
}

// Decode reads the first choice of a completion.
func (Chat) Decode(a model.Answer) (model.Response, error) {
	if a.Status >= 400 {
		return model.Response{}, errorIn(a)
	}
	var doc completion
	// A decoder, unlike Unmarshal, tells an answer that was cut from another mistake.
	err := json.NewDecoder(bytes.NewReader(a.Body)).Decode(&doc)
	switch {
	case len(doc.Choices) == 0 && len(doc.Error) > 0 && string(doc.Error) != "null":
		return model.Response{}, errorIn(a) // an error inside a success
	case err != nil:
		return model.Response{}, malformed(a, err)
	case len(doc.Choices) == 0:
		return model.Response{}, &model.Error{Kind: model.KindMalformed, Status: a.Status, Message: "it has no choices"}
	case doc.Choices[0].FinishReason == "error":
		// Gateways say so when the model behind them failed half-way.
		return model.Response{}, &model.Error{
			Kind: model.KindServer, Status: a.Status, Message: "the model behind the endpoint failed",
		}
	}
	message := doc.Choices[0].Message
	resp := model.Response{
		Reply: string(message.Content), Thinking: message.ReasoningContent,
		FinishReason: string(doc.Choices[0].FinishReason), ResponseModel: doc.Model,
	}
	if resp.Thinking == "" {
		resp.Thinking, _ = message.Reasoning.(string)
	}
	if message.Refusal != "" {
		if resp.Reply == "" {
			resp.Reply = message.Refusal
		}
		// Beside a refusal, stop tells nothing; a word such as length does.
		if resp.FinishReason == "" || resp.FinishReason == string(openai.FinishReasonStop) {
			resp.FinishReason = model.FinishRefusal
		}
	}
	if doc.Usage != nil {
		resp.Usage = &model.Usage{InputTokens: doc.Usage.PromptTokens, OutputTokens: doc.Usage.CompletionTokens}
	}
	if seconds, ok := doc.Created.(float64); ok && seconds > 0 {
		resp.At = time.Unix(int64(seconds), 0).UTC()
	}
	return resp, nil
}

// malformed is the error of a body that can't be decoded.
func malformed(a model.Answer, err error) *model.Error {
	e := &model.Error{Kind: model.KindMalformed, Status: a.Status, Message: err.Error()}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		e.Message = "it was cut off"
	}
	return e
}
