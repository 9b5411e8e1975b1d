package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	openai "github.com/sashabaranov/go-openai"
)

// apiKind is the API that a key is for. Another API with the same body gives
// another reply.
const apiKind = "chat.completions"

// WireBody returns the body that is sent to ask model id the request: canonical
// JSON (keys sorted, no spaces, no HTML escaping, numbers as the user wrote
// them), without transport fields such as stream.
//
// Parameters are sent exactly as the request holds them, zeros included; extra
// ones become top-level fields, but for those that a request decides itself
// (model, messages, stream, stream_options, n), which are an error. A parameter
// that is set both ways keeps its named value. For json_schema a bare schema is
// wrapped as {"name":"reply","schema":…,"strict":true}; a document that has
// "schema" itself is sent as written, with a name if it lacks one.
func WireBody(id string, r Request) ([]byte, error) {
	req, err := chatRequest(id, r)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(req)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	var fields map[string]any
	if err := decodeNumbers(data, &fields); err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	delete(fields, "stream")
	if err := checkExtra(r.Params.Extra); err != nil {
		return nil, err
	}
	body := maps.Clone(r.Params.Extra)
	if body == nil {
		body = map[string]any{}
	}
	maps.Copy(body, fields)
	mergeParams(body, r)
	return canonical(body)
}

// chatRequest fills go-openai's request with what it carries faithfully. Its
// temperature, top_p and token limits are not among that: their zeros are
// dropped, floats are cut to 32 bits, and some pairs of model and limit are
// refused.
func chatRequest(id string, r Request) (openai.ChatCompletionRequest, error) {
	req := openai.ChatCompletionRequest{
		Model:           id,
		Seed:            r.Params.Seed,
		Stop:            r.Params.Stop,
		ReasoningEffort: r.Params.ReasoningEffort,
	}
	for _, m := range r.Messages {
		req.Messages = append(req.Messages, openai.ChatCompletionMessage{Role: m.Role, Content: m.Content})
	}
	if len(req.Messages) == 0 {
		return req, errors.New("the request has no message")
	}
	switch format := openai.ChatCompletionResponseFormatType(r.ResponseFormat); format {
	case "":
	case openai.ChatCompletionResponseFormatTypeText, openai.ChatCompletionResponseFormatTypeJSONObject:
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: format}
	case openai.ChatCompletionResponseFormatTypeJSONSchema:
		if len(r.JSONSchema) == 0 {
			return req, errors.New("response format json_schema needs a jsonSchema")
		}
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: format}
	default:
		return req, fmt.Errorf("unknown response format %q: want text, json_object or json_schema", r.ResponseFormat)
	}
	return req, nil
}

// mergeParams puts into body what go-openai's request drops or changes.
func mergeParams(body map[string]any, r Request) {
	// An empty message loses its content field, which servers refuse.
	if messages, ok := body["messages"].([]any); ok {
		for _, m := range messages {
			if m, ok := m.(map[string]any); ok && m["content"] == nil {
				m["content"] = ""
			}
		}
	}
	set(body, "temperature", r.Params.Temperature)
	set(body, "top_p", r.Params.TopP)
	set(body, "max_tokens", r.Params.MaxTokens)
	set(body, "max_completion_tokens", r.Params.MaxCompletionTokens)
	if format, ok := body["response_format"].(map[string]any); ok && r.ResponseFormat == "json_schema" {
		format["json_schema"] = wrapSchema(r.JSONSchema)
	}
}

func set[T any](body map[string]any, name string, value *T) {
	if value != nil {
		body[name] = *value
	}
}

// wrapSchema returns what stands as json_schema in the body.
func wrapSchema(doc json.RawMessage) any {
	var object map[string]any
	if err := decodeNumbers(doc, &object); err == nil {
		if _, ok := object["schema"].(map[string]any); ok && object["type"] == nil && object["properties"] == nil {
			if name, _ := object["name"].(string); name == "" {
				object["name"] = "reply"
			}
			return object
		}
	}
	return map[string]any{"name": "reply", "schema": doc, "strict": true}
}

func checkExtra(extra map[string]any) error {
	for _, name := range []string{"messages", "model", "n", "stream", "stream_options"} {
		if _, ok := extra[name]; ok {
			return fmt.Errorf("extra parameter %q is not allowed: promptbench sets it itself", name)
		}
	}
	return nil
}

// Key names a call in recordings: the SHA-256, in lower-case hex, of the
// canonical JSON of
//
//	{"api":"chat.completions","body":…,"endpoint":"…","trial":1}
//
// with the endpoint as [EndpointLabel] gives it, the wire body as [WireBody]
// gives it, and the number of the trial or vote. Canonical means keys sorted
// bytewise, no spaces, numbers as written, and the string escapes of
// encoding/json without its HTML escaping. A body that is not JSON is taken as
// a string.
func Key(endpoint string, wireBody []byte, trial int) string {
	var body any
	if err := decodeNumbers(wireBody, &body); err != nil {
		body = string(wireBody)
	}
	data, err := canonical(map[string]any{"api": apiKind, "body": body, "endpoint": endpoint, "trial": trial})
	if err != nil {
		// Not reached: everything in it was decoded from JSON or is a string or int.
		data = wireBody
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// canonical encodes v with sorted keys and readable <, > and &. Structs and raw
// JSON are decoded first, so that their keys are sorted too.
func canonical(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	var plain any
	if err := decodeNumbers(data, &plain); err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(plain); err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// decodeNumbers decodes exactly one JSON value, keeping numbers as written.
func decodeNumbers(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}
