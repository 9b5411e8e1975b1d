package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	openai "github.com/sashabaranov/go-openai"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/model"
)

// post returns a request with JSON for a URL.
func post(address string, body []byte) model.Call {
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("Accept", "application/json")
	return model.Call{Method: http.MethodPost, URL: address, Header: header, Body: body}
}

// noStream is sent with every request that can be streamed: some servers stream unless told otherwise.
const noStream = `"stream":false`

// versioned returns a base URL with the path of the API's version where it has no path at all.
func versioned(base, version string) string {
	if u, err := url.Parse(base); err == nil && u.Path == "" {
		return base + version
	}
	return base
}

// A body is a request before it is written. Extra parameters are in it first, and named ones laid over them.
type body map[string]any

// newBody returns a body with r's extra parameters, but for those that a request decides itself.
func newBody(r model.Request, own ...string) (body, error) {
	b := body{}
	for name, value := range r.Params.Extra {
		if slices.Contains(own, name) {
			return nil, fmt.Errorf("extra parameter %q is not allowed: promptbench sets it itself", name)
		}
		b[name] = value
	}
	return b, nil
}

// object returns the object of a name to write into, with what extra parameters set there.
func (b body) object(name string) (body, error) {
	inner := body{}
	switch given := b[name].(type) {
	case nil:
	case map[string]any:
		maps.Copy(inner, given) // the given one belongs to the request's parameters
	case body:
		return given, nil
	default:
		return nil, fmt.Errorf("extra parameter %q must be a mapping", name)
	}
	b[name] = inner
	return inner, nil
}

// canonical writes the body.
func (b body) canonical() ([]byte, error) {
	data, err := strictyaml.Canonical(b)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	return data, nil
}

// tokenLimit returns the limit of a reply where an API has one for text and reasoning together, or nil.
func tokenLimit(r model.Request) *int {
	if r.Params.MaxCompletionTokens != nil {
		return r.Params.MaxCompletionTokens
	}
	return r.Params.MaxTokens
}

// split takes the system messages from the front, joined by blank lines: some APIs have a place of their own for them.
func split(api string, messages []model.Message) (system string, turns []model.Message, err error) {
	var texts []string
	for i, m := range messages {
		switch {
		case m.Role != openai.ChatMessageRoleSystem && m.Role != openai.ChatMessageRoleDeveloper:
			turns = append(turns, m)
		case len(turns) > 0:
			return "", nil, fmt.Errorf("message %d is a %s message after the first turn, which %s does not take: "+
				"move it to the front", i+1, m.Role, api)
		default:
			texts = append(texts, m.Content)
		}
	}
	if len(turns) == 0 {
		return "", nil, fmt.Errorf("there is no user message, which %s needs", api)
	}
	return strings.Join(texts, "\n\n"), turns, nil
}

// bareSchema returns the schema of a response format without its name.
func bareSchema(doc json.RawMessage) any {
	switch wrapped := wrapSchema(doc).(type) {
	case map[string]any:
		return wrapped["schema"]
	case map[string]json.RawMessage:
		return wrapped["schema"]
	}
	return doc
}

// decode reads the answer of an API into doc, or says why it can't be: it is an error, or of another kind. Failure is
// the field of doc that holds an error inside a success.
func decode(a *model.Answer, doc any, failure *json.RawMessage) error {
	if a.Status >= http.StatusBadRequest {
		return errorIn(*a)
	}
	a.Body = strictyaml.TrimBOM(bytes.TrimSpace(a.Body))
	err := json.Unmarshal(a.Body, doc)
	if _, isBroken := errors.AsType[*json.SyntaxError](err); isBroken {
		// A decoder, unlike Unmarshal, tells an answer that was cut from another mistake.
		err = json.NewDecoder(bytes.NewReader(a.Body)).Decode(doc)
	}
	_, isMistyped := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case isSet(*failure):
		return errorIn(*a)
	case isMistyped:
		return noCompletion(*a, "it is JSON that is no completion")
	case err != nil:
		return unreadable(*a, err)
	}
	return nil
}

// completed returns the response with a content. The word is the endpoint's finish reason.
func completed(a model.Answer, content parts, resp model.Response, word string) (model.Response, error) {
	resp.Reply, resp.Thinking, resp.FinishReason = content.Text, content.Thinking, model.FinishReason(word)
	said := message{Content: content}
	said.fill(&resp)
	return finished(a, resp, word)
}
