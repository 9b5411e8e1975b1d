package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"promptbench/internal/model"
)

// A serverError is what an endpoint says of an error, in whichever shape.
type serverError struct {
	Code    string
	Type    string
	Message string
	Status  int // an HTTP status given inside the body, or 0
}

// readServerError reads an error body. go-openai knows OpenAI's shape alone and hands everything else back as bytes,
// and its error for a body without a message has none of the rest; so the shapes are read here:
//
//	{"error":{"message","code","type"}}   OpenAI, Azure, llama.cpp, vLLM
//	[{"error":{…}}]                       Gemini
//	{"error":"…"}                         Ollama and others
//	{"message":"…"}, {"detail":"…"}       older vLLM, gateways
func readServerError(body []byte) serverError {
	var doc any
	if json.Unmarshal(body, &doc) != nil {
		return serverError{Message: plainText(string(body))}
	}
	if list, ok := doc.([]any); ok && len(list) > 0 {
		doc = list[0]
	}
	object, ok := doc.(map[string]any)
	if !ok {
		return serverError{Message: string(body)}
	}
	switch inner := object["error"].(type) {
	case map[string]any:
		object = inner
	case string:
		return serverError{Message: inner, Code: word(object["code"])}
	}
	e := serverError{
		Code:    word(object["code"]),
		Type:    word(object["type"]),
		Message: word(object["message"]),
	}
	if e.Message == "" {
		e.Message = word(object["detail"])
	}
	if n, err := strconv.Atoi(e.Code); err == nil {
		// Gateways answer 200 and put the upstream's status here.
		e.Code = ""
		if n >= 400 && n <= 599 {
			e.Status = n
		}
	}
	if inner, ok := object["innererror"].(map[string]any); ok && e.Code == "" {
		e.Code = word(inner["code"])
	}
	if e.Message == "" {
		e.Message = string(body)
	}
	return e
}

// word renders a JSON value that should be a string.
func word(v any) string {
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
			parts[i] = word(part)
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
	if len(lower) != len(text) || !strings.Contains(lower, "<html") && !strings.Contains(lower, "<!doctype") {
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

// errorIn returns the error of an answer with an error status, or of a success with an error inside. Its message is the
// server's text as it came.
func errorIn(a model.Answer) *model.Error {
	said := readServerError(a.Body)
	status := a.Status
	if status < 400 && said.Status != 0 {
		status = said.Status
	}
	e := &model.Error{
		Kind: kindOf(status, said), Status: status, Code: cmp.Or(said.Code, said.Type), Message: said.Message,
	}
	e.NoAPI = e.Kind == model.KindNotFound && !aboutModel(said)
	switch e.Kind {
	case model.KindRateLimited, model.KindServer:
		e.RetryAfter = retryAfter(a.Header, a.At)
	case model.KindQuota:
		e.Permanent = true
	}
	return e
}

// The codes of an unknown model.
const (
	codeModelNotFound = "model_not_found"
	codeNoDeployment  = "DeploymentNotFound" // Azure
)

// aboutModel tells an unknown model from a wrong path: an API that is asked for a path that it lacks answers 404 too,
// often in the same shape.
func aboutModel(said serverError) bool {
	return said.Code == codeModelNotFound || said.Code == codeNoDeployment ||
		strings.Contains(strings.ToLower(said.Message), "model")
}

func kindOf(status int, said serverError) model.Kind {
	is := func(codes ...string) bool {
		return slices.Contains(codes, said.Code) || slices.Contains(codes, said.Type)
	}
	switch {
	case is("insufficient_quota", "billing_hard_limit_reached", "billing_not_active"),
		status == http.StatusPaymentRequired:
		return model.KindQuota
	case is("context_length_exceeded", "exceed_context_size_error"),
		status != http.StatusTooManyRequests && overContext(said.Message):
		return model.KindContextLength
	case is("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"):
		return model.KindContentFilter
	case is(codeModelNotFound, codeNoDeployment):
		return model.KindNotFound
	case is("invalid_api_key"):
		return model.KindAuth
	case status == http.StatusTooManyRequests, status < 400 && is("rate_limit_exceeded"):
		return model.KindRateLimited
	}
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired:
		return model.KindAuth
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return model.KindNotFound
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusTooEarly:
		return model.KindServer
	case status >= 400 && status < 500:
		return model.KindBadRequest
	default:
		return model.KindServer
	}
}

// overContext recognises the sentences of servers that give no code for a prompt over the context: llama.cpp, vLLM, and
// hosted ones.
func overContext(message string) bool {
	message = strings.ToLower(message)
	return slices.ContainsFunc([]string{
		"exceeds the available context size",
		"maximum context length",
		"exceeds the context window",
		"exceeds the model's context",
		"exceed context limit",
		"prompt is too long",
		"input is too long",
	}, func(phrase string) bool { return strings.Contains(message, phrase) })
}
