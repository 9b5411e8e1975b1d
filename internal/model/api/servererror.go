package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"promptbench/internal/input/strictyaml"
)

// A serverError is what an endpoint says of an error, in whichever shape.
type serverError struct {
	Code       string
	Type       string
	Message    string
	Param      string        // the field of the request that the error is about; may be empty
	Status     int           // an HTTP status given inside the body, or 0
	RetryAfter time.Duration // 0 where the body does not say
	Flagged    bool          // a filter found something in the input
	Generated  string        // what the model wrote before the endpoint withheld it
	IsWithheld bool          // it did
}

const (
	// maxSaid is how much of a server's text is searched for words.
	maxSaid = 8 << 10
	// maxCauses is how deep causes may be nested in each other.
	maxCauses = 4
)

// readServerError reads an error body. go-openai knows OpenAI's shape alone and hands everything else back as bytes,
// and its error for a body without a message has none of the rest; so the shapes are read here:
//
//	{"error":{"message","code","type","param"}}    OpenAI, Azure, llama.cpp, vLLM
//	{"error":{…,"metadata":{"raw":"{…}"}}}         OpenRouter, with the provider's error inside
//	[{"error":{…,"details":[…]}}]                  Gemini
//	{"error":"…"}                                  Ollama and others
//	{"message":"…"}, {"detail":"…"}, {"msg":"…"}   older vLLM, gateways
//	{"base_resp":{"status_code","status_msg"}}     MiniMax
func readServerError(body []byte, now time.Time) serverError {
	body = strictyaml.TrimBOM(bytes.TrimSpace(body))
	for _, event := range streamed(body) {
		if bytes.HasPrefix(event, []byte("{")) {
			body = event
			break
		}
	}
	var doc any
	if json.Unmarshal(body, &doc) != nil {
		return serverError{Message: plainText(string(body[:min(len(body), maxSaid)]))}
	}
	e := serverErrorIn(doc, maxCauses)
	e.RetryAfter = retryAfterIn(doc, now)
	if e.Message == "" && string(body) != "null" {
		e.Message = string(body)
	}
	e.Message = e.Message[:min(len(e.Message), maxSaid)]
	if e.RetryAfter == 0 {
		e.RetryAfter = saidDelay(e.Message)
	}
	return e
}

func serverErrorIn(doc any, causes int) serverError {
	if list, ok := doc.([]any); ok && len(list) > 0 {
		doc = list[0]
	}
	object, ok := doc.(map[string]any)
	if !ok {
		return serverError{Message: text(doc)}
	}
	for _, name := range []string{"error", "errors", "base_resp", "fault"} {
		switch inner := object[name].(type) {
		case map[string]any, []any:
			if causes == 0 {
				break
			}
			if e := serverErrorIn(inner, causes-1); e.Message != "" || e.Code != "" {
				return e
			}
		case string:
			if inner != "" {
				e := fieldsOf(object)
				e.Message = joined(inner, e.Message)
				return e
			}
		}
	}
	e := fieldsOf(object)
	if causes > 0 {
		if said := e.Message; strings.HasPrefix(said, "{") {
			e.Message = ""
			e.takeCause(said, causes-1)
		}
		e.addCause(object, causes-1)
	}
	return e
}

// fieldsOf reads an object with the fields of an error.
func fieldsOf(object map[string]any) serverError {
	pick := func(names ...string) string {
		for _, name := range names {
			if s := text(object[name]); s != "" {
				return s
			}
		}
		return ""
	}
	e := serverError{
		Code: pick("code", "error_code", "errorCode", "errcode", "status_code", "statusCode"),
		Type: pick("type", "status"), Param: pick("param"),
		Message: pick("message", "msg", "error_msg", "errmsg", "error_message", "error_description", "status_msg",
			"faultstring", "Message", "title"),
	}
	e.readDetail(object["detail"])
	e.readDetails(object["details"])
	if generated, ok := object["failed_generation"]; ok {
		e.Generated, e.IsWithheld = text(generated), true
	}
	// Gateways answer 200 and put the upstream's status here.
	for _, field := range []*string{&e.Type, &e.Code} {
		if n, err := strconv.Atoi(*field); err == nil && n >= 400 && n <= 599 {
			*field, e.Status = "", n
		}
	}
	return e
}

// readDetail reads FastAPI's field: a text, or what is wrong with which field of the request.
func (e *serverError) readDetail(detail any) {
	if list, ok := detail.([]any); ok && len(list) > 0 {
		if first, ok := list[0].(map[string]any); ok {
			if place, ok := first["loc"].([]any); ok {
				names := make([]string, len(place))
				for i, name := range place {
					names[i] = text(name)
				}
				e.Param = strings.Join(names, ".")
			}
		}
	}
	if e.Message == "" {
		e.Message = text(detail)
	}
}

// readDetails reads Google's list.
func (e *serverError) readDetails(details any) {
	list, _ := details.([]any)
	for _, item := range list {
		if object, ok := item.(map[string]any); ok && text(object["reason"]) != "" {
			e.Code = text(object["reason"])
		}
	}
}

// addCause adds the error of the provider behind a gateway.
func (e *serverError) addCause(object map[string]any, causes int) {
	e.takeCause(object["innererror"], causes)
	e.takeCause(object["cause"], causes)
	metadata, ok := object["metadata"].(map[string]any)
	if !ok {
		return
	}
	if name := text(metadata["provider_name"]); name != "" {
		e.Message = strings.TrimSpace(e.Message + " (" + name + ")")
	}
	if reasons := text(metadata["reasons"]); reasons != "" {
		e.Message = joined(e.Message, reasons)
		e.Flagged = true
	}
	e.Flagged = e.Flagged || text(metadata["flagged_input"]) != ""
	e.takeCause(metadata["raw"], causes)
}

// takeCause takes over what a cause says, be it JSON inside a string.
func (e *serverError) takeCause(cause any, causes int) {
	if cause == nil {
		return
	}
	if s, ok := cause.(string); ok {
		if json.Unmarshal([]byte(s), &cause) != nil {
			cause = s
		}
	}
	inner := serverErrorIn(cause, causes)
	e.Message = joined(e.Message, inner.Message)
	if inner.Code != "" {
		e.Code = inner.Code
	}
	if inner.Type != "" {
		e.Type = inner.Type
	}
	if inner.Param != "" {
		e.Param = inner.Param
	}
	if e.Status == 0 {
		e.Status = inner.Status
	}
	if inner.IsWithheld {
		e.Generated, e.IsWithheld = inner.Generated, true
	}
	e.Flagged = e.Flagged || inner.Flagged
}

// joined adds a cause to a message, unless it is there.
func joined(message, cause string) string {
	switch {
	case message == "" || strings.Contains(cause, message):
		return cause
	case cause == "" || strings.Contains(message, cause):
		return message
	}
	return message + ": " + cause
}

// text renders a JSON value that should be a string.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			parts[i] = text(part)
		}
		return strings.Join(parts, ", ")
	default:
		data, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(data)
	}
}

// plainText returns the title of an HTML page, and other text as it is.
func plainText(text string) string {
	lower := strings.ToLower(text)
	// Lower-casing can change lengths outside ASCII; the tags are then not looked for.
	if len(lower) != len(text) || !isHTML(lower) {
		return text
	}
	if _, rest, ok := strings.Cut(lower, "<title>"); ok {
		if title, _, ok := strings.Cut(rest, "</title>"); ok {
			start := len(text) - len(rest)
			return text[start : start+len(title)]
		}
	}
	return "an HTML page"
}

func isHTML(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "<html") || strings.Contains(text, "<!doctype")
}
