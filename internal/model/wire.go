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
	"slices"
	"unicode/utf8"

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
//
// go-openai's own request is not used: it drops the zeros of temperature, top_p
// and the token limits, cuts floats to 32 bits, and refuses some pairs of model
// and limit.
func WireBody(id string, r Request) ([]byte, error) {
	if len(r.Messages) == 0 {
		return nil, errors.New("the request has no message")
	}
	if err := checkExtra(r.Params.Extra); err != nil {
		return nil, err
	}
	format, err := responseFormat(r)
	if err != nil {
		return nil, err
	}
	fields := make(map[string]any, 8+len(r.Params.Extra))
	maps.Copy(fields, r.Params.Extra)
	fields["model"], fields["messages"] = id, r.Messages
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
	return encodeFields(fields)
}

func set[T any](fields map[string]any, name string, value *T) {
	if value != nil {
		fields[name] = *value
	}
}

// responseFormat returns what stands as response_format in the body, or nil.
func responseFormat(r Request) (map[string]any, error) {
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

// encodeFields writes the canonical form of an object. The messages are written
// as they are, which [canonical] would encode and decode again: they are nearly
// all of the body, and a job encodes them for every trial.
func encodeFields(fields map[string]any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	text := func(s string) error {
		if err := enc.Encode(valid(s)); err != nil {
			return fmt.Errorf("encoding the request: %w", err)
		}
		out.Truncate(out.Len() - 1) // the encoder's line break
		return nil
	}
	for i, name := range slices.Sorted(maps.Keys(fields)) {
		out.WriteByte("{,"[min(i, 1)])
		if err := text(name); err != nil {
			return nil, err
		}
		out.WriteByte(':')
		messages, ok := fields[name].([]Message)
		if !ok {
			value, err := canonical(fields[name])
			if err != nil {
				return nil, err
			}
			out.Write(value)
			continue
		}
		for i, m := range messages {
			out.WriteByte("[,"[min(i, 1)])
			out.WriteString(`{"content":`)
			if err := text(m.Content); err != nil {
				return nil, err
			}
			out.WriteString(`,"role":`)
			if err := text(m.Role); err != nil {
				return nil, err
			}
			out.WriteByte('}')
		}
		out.WriteByte(']')
	}
	out.WriteByte('}')
	return out.Bytes(), nil
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
	data, err := canonical(body)
	if err != nil {
		data = wireBody // not reached: it was decoded from JSON, or is a string
	}
	return WireKey(endpoint, data, trial)
}

// WireKey is [Key] for a body that [WireBody] has returned, which is canonical
// already.
func WireKey(endpoint string, wireBody []byte, trial int) string {
	label, err := canonical(endpoint)
	if err != nil {
		label = []byte(`""`) // not reached: every string has a form in JSON
	}
	hash := sha256.New()
	for _, part := range [][]byte{
		[]byte(`{"api":"` + apiKind + `","body":`), wireBody, []byte(`,"endpoint":`), label, fmt.Appendf(nil, `,"trial":%d}`, trial),
	} {
		hash.Write(part)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// valid replaces what is no UTF-8 in s, as decoding JSON does.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}

// canonical encodes v with sorted keys and readable <, > and &. Structs and raw
// JSON are decoded first, so that their keys are sorted too.
func canonical(v any) ([]byte, error) {
	switch single := v.(type) { // most parameters are one
	case string:
		return encodePlain(valid(single))
	case float64, int, bool:
		return encodePlain(v)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	var plain any
	if err := decodeNumbers(data, &plain); err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	return encodePlain(plain)
}

// encodePlain encodes what JSON decodes to.
func encodePlain(plain any) ([]byte, error) {
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
