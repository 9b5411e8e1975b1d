package api

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"promptbench/graders"
)

// Parts are the texts of a message by their kind. Decoded from JSON, they are what a content holds in whichever shape:
// a text, a list of texts or of parts, or one part. Nothing makes the decoding fail.
type parts struct {
	Text     string
	Thinking string
	Refusal  string
	Calls    []graders.ToolCall
}

// UnmarshalJSON reads a content.
func (p *parts) UnmarshalJSON(data []byte) error {
	*p = parts{}
	p.add(data, false)
	return nil
}

// all returns every text, the thinking first.
func (p *parts) all() string { return p.Thinking + p.Text }

// A part is one part of a content, of any API.
type part struct {
	Type      string          `json:"type"`
	Text      json.RawMessage `json:"text"`
	Content   json.RawMessage `json:"content"`
	Value     json.RawMessage `json:"value"`
	Thinking  json.RawMessage `json:"thinking"`
	Reasoning json.RawMessage `json:"reasoning"`
	Summary   json.RawMessage `json:"summary"`
	Refusal   json.RawMessage `json:"refusal"`
	Function  json.RawMessage `json:"function"` // of a tool call
	Called    json.RawMessage `json:"functionCall"`
	Arguments json.RawMessage `json:"arguments"`
	Args      json.RawMessage `json:"args"`
	Input     json.RawMessage `json:"input"`
	Name      json.RawMessage `json:"name"`    // of a tool
	Thought   bool            `json:"thought"` // Gemini's mark of a part that is thinking
	Signature json.RawMessage `json:"thoughtSignature"`
}

// add adds what is in a JSON value. Nested values are at most as deep as encoding/json allows.
func (p *parts) add(data json.RawMessage, isThinking bool) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || string(data) == "null" {
		return
	}
	switch data[0] {
	case '"':
		p.addText(word(data), isThinking)
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(data, &list) == nil {
			for _, item := range list {
				p.add(item, isThinking)
			}
		}
	case '{':
		p.addPart(data, isThinking)
	default:
		p.addText(string(data), isThinking)
	}
}

func (p *parts) addPart(data json.RawMessage, isThinking bool) {
	var one part
	_ = json.Unmarshal(data, &one) // a field of another type is left out, the others are read
	kind := strings.ToLower(one.Type)
	isThinking = isThinking || one.Thought || strings.Contains(kind, "thinking") || strings.Contains(kind, "reasoning")
	switch {
	case has(one.Thinking):
		p.add(one.Thinking, true)
	case has(one.Reasoning):
		p.add(one.Reasoning, true)
	case has(one.Refusal):
		p.Refusal += word(one.Refusal)
	case has(one.Text):
		p.add(one.Text, isThinking)
	case has(one.Content) && (!isThinking || isSet(one.Content)): // else there is a summary
		p.add(one.Content, isThinking)
	case has(one.Summary) && isThinking:
		p.add(one.Summary, true)
	case has(one.Function):
		p.function(one.Function, nil)
	case has(one.Called):
		p.function(one.Called, one.Signature)
	case has(one.Arguments):
		p.call(one.Name, one.Arguments)
	case has(one.Args):
		p.call(one.Name, one.Args)
	case has(one.Input):
		p.call(one.Name, one.Input)
	case has(one.Value):
		p.add(one.Value, isThinking)
	case kind == "": // a document that a gateway decoded
		p.addText(string(data), isThinking)
	}
}

// function adds the call of a function, which may have no arguments at all.
func (p *parts) function(data, signature json.RawMessage) {
	var one part
	if json.Unmarshal(data, &one) != nil || !has(one.Name) {
		p.add(data, false)
		return
	}
	arguments := one.Arguments
	if !has(arguments) {
		arguments = one.Args
	}
	p.call(one.Name, arguments)
	p.Calls[len(p.Calls)-1].Signature = word(signature)
}

func (p *parts) call(name, arguments json.RawMessage) {
	p.Calls = append(p.Calls, graders.ToolCall{Name: word(name), Arguments: word(arguments)})
}

func (p *parts) addText(text string, isThinking bool) {
	if isThinking {
		p.Thinking += text
		return
	}
	p.Text += text
}

// has reports whether a field is there and not null.
func has(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// word returns a JSON value that should be a string: the string, "" for null, and the JSON of anything else.
func word(raw json.RawMessage) string {
	if end := len(raw) - 1; end > 0 && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1:end]) // nothing in it has to be decoded
	}
	var s string
	if json.Unmarshal(raw, &s) == nil { // null, too
		return s
	}
	return string(raw)
}

// isSet reports whether a JSON value says something: it is there, and not null, false, 0, "", {} or [].
func isSet(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "false", "0", `""`, "{}", "[]":
		return false
	}
	return true
}
