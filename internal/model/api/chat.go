package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	openai "github.com/sashabaranov/go-openai"

	"promptbench/graders"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/model"
)

// Chat is OpenAI's chat completions API, at OpenAI and at the many servers that speak it too. The words of
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
	call := post(t.Base()+"/chat/completions", r.Body)
	call.Transport = noStream
	if t.APIKey != "" {
		call.Header.Set("Authorization", "Bearer "+string(t.APIKey))
	}
	if call.Body != nil {
		return call, nil
	}
	var err error
	call.Body, err = chatBody(t.ID, renamed(r, t.Renames))
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
	fields, err := newBody(r, "messages", "model", "n", "stream", "stream_options")
	if err != nil {
		return nil, err
	}
	format, err := responseFormat(r)
	if err != nil {
		return nil, err
	}
	if format != nil {
		fields["response_format"] = format
	}
	setTools(fields, r)
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
	messages := make([]any, 0, len(r.Messages))
	var ids callIDs
	for _, m := range r.Messages {
		if len(m.ToolCalls) > 0 {
			messages, valid = append(messages, chatCalls(m, &ids)...), false
			continue
		}
		messages = append(messages, messageOf(m, chatPart))
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

// renamed returns r with the names that the endpoint has for parameters.
func renamed(r model.Request, names map[string]string) model.Request {
	extra := maps.Clone(r.Params.Extra)
	move := func(usual string, value **int) {
		if own := names[usual]; own != "" && *value != nil {
			if extra == nil {
				extra = map[string]any{}
			}
			extra[own], *value = **value, nil
		}
	}
	move("max_completion_tokens", &r.Params.MaxCompletionTokens)
	move("seed", &r.Params.Seed)
	r.Params.Extra = extra
	return r
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

// A completion is what is needed of an answer. Other fields may have any shape, and so may most of these.
type completion struct {
	Model   json.RawMessage `json:"model"`
	Created any             `json:"created"` // a number of seconds
	Choices []choice        `json:"choices"`
	Usage   json.RawMessage `json:"usage"`
	Error   json.RawMessage `json:"error"`
	Done    json.RawMessage `json:"done"` // of Ollama's own API
}

// A choice is one reply. Gateways report a failure of the provider in it.
type choice struct {
	FinishReason json.RawMessage `json:"finish_reason"`
	Message      *message        `json:"message"`
	Delta        *message        `json:"delta"` // of a server that streams in one piece
	Text         json.RawMessage `json:"text"`  // of the older completions API
	Error        json.RawMessage `json:"error"`
}

// A message is what the model wrote.
type message struct {
	Content          parts           `json:"content"`
	Refusal          json.RawMessage `json:"refusal"`
	ReasoningContent parts           `json:"reasoning_content"`
	Reasoning        parts           `json:"reasoning"` // of vLLM and OpenRouter
	Thinking         parts           `json:"thinking"`
	ReasoningDetails parts           `json:"reasoning_details"`
	ToolCalls        parts           `json:"tool_calls"`
	FunctionCall     parts           `json:"function_call"`
}

// Decode reads the first choice of a completion.
func (Chat) Decode(a model.Answer) (model.Response, error) {
	if resp, ok := withheldIn(a); ok {
		return resp, nil
	}
	var doc completion
	if err := decode(&a, &doc, &doc.Error); err != nil {
		return model.Response{}, err
	}
	switch {
	case len(doc.Choices) == 0 && has(doc.Done):
		return model.Response{}, noCompletion(a, "it is of Ollama's own API: end the base URL in /v1; it has no choices")
	case len(doc.Choices) == 0:
		return model.Response{}, noCompletion(a, "it has no choices")
	case isSet(doc.Choices[0].Error):
		return model.Response{}, errorOf(a, doc.Choices[0].Error)
	}
	return doc.response(a)
}

func (c *completion) response(a model.Answer) (model.Response, error) {
	first := &c.Choices[0]
	said, from := first.Message, ""
	if first.Delta != nil && (said == nil || said.isEmpty()) {
		said, from = first.Delta, "delta"
	}
	if said == nil {
		if !has(first.Text) {
			return model.Response{}, noCompletion(a, "it has a choice without a message")
		}
		said, from = &message{Content: parts{Text: word(first.Text)}}, "text"
	}
	reason := word(first.FinishReason)
	resp := model.Response{
		Reply: said.Content.Text, ReplyFrom: from, FinishReason: model.FinishReason(reason),
		Thinking: cmp.Or(said.Content.Thinking, said.ReasoningContent.all(), said.Reasoning.all(), said.Thinking.all(),
			said.ReasoningDetails.all()),
		ResponseModel: word(c.Model), Usage: readUsage(c.Usage),
	}
	said.fill(&resp)
	if seconds, ok := c.Created.(float64); ok && seconds > 0 && seconds < maxSeconds {
		resp.At = time.Unix(int64(seconds), 0).UTC()
	}
	return finished(a, resp, reason)
}

// maxSeconds is the end of the year 9999, the last that JSON can name.
const maxSeconds = 253402300799

// isEmpty reports whether a message holds no text at all.
func (m *message) isEmpty() bool {
	return m.Content.all() == "" && m.ReasoningContent.all() == "" && !has(m.Refusal) && len(m.calls()) == 0
}

func (m *message) calls() []graders.ToolCall {
	return slices.Concat(m.Content.Calls, m.ToolCalls.Calls, m.FunctionCall.Calls)
}

// fill takes the reply from elsewhere where the content is empty, and notes a refusal.
func (m *message) fill(resp *model.Response) {
	calls := m.calls()
	resp.ToolCalls = calls
	refusal := cmp.Or(word(m.Refusal), m.Content.Refusal)
	if refusal != "" {
		resp.Reply = cmp.Or(resp.Reply, refusal)
		// Beside a refusal, stop tells nothing; a word such as length does.
		if resp.FinishReason == "" || resp.FinishReason == model.FinishStop {
			resp.FinishReason = model.FinishRefusal
		}
	}
	if strings.TrimSpace(resp.Reply) != "" {
		return
	}
	if len(calls) > 0 {
		texts := make([]string, len(calls))
		for i, c := range calls {
			texts[i] = c.Arguments
		}
		resp.Reply, resp.ReplyFrom = strings.Join(texts, "\n"), model.FinishToolCalls
	} else if resp.Thinking != "" {
		resp.ReplyFrom = "reasoning"
	}
}
