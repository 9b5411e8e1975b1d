package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"

	"promptbench/internal/model"
)

// errorIn returns the error of an answer with an error status, or of a success with an error inside. Its message is the
// server's text as it came.
func errorIn(a model.Answer) *model.Error { return errorOf(a, a.Body) }

// errorOf is errorIn for an error that is a part of the answer, such as that of a choice.
func errorOf(a model.Answer, part []byte) *model.Error {
	said := readServerError(part, a.At)
	status := a.Status
	if status < 400 && said.Status != 0 {
		status = said.Status
	}
	e := &model.Error{
		Kind: kindOf(status, said), Status: status, Code: cmp.Or(said.Code, said.Type), Message: said.Message,
	}
	switch e.Kind {
	case model.KindNotFound:
		e.NoAPI = !isAboutModel(said)
	case model.KindBadRequest:
		e.Param = refusedParam(said)
	case model.KindRateLimited, model.KindServer:
		e.RetryAfter = cmp.Or(retryAfter(a.Header, a.At), said.RetryAfter)
		e.Permanent = status == http.StatusNotImplemented
	case model.KindQuota:
		e.Permanent = true
	}
	return e
}

// noCompletion is the error of a success that is JSON and no completion: why says what is missing. Where the words of
// the server tell the cause, it is of that kind.
func noCompletion(a model.Answer, why string) *model.Error {
	said := readServerError(a.Body, a.At)
	e := &model.Error{Kind: kindOf(cmp.Or(said.Status, a.Status), said), Status: a.Status, Code: said.Code}
	if e.Kind == model.KindServer || e.Kind == model.KindBadRequest {
		e.Kind, e.MaxAttempts = model.KindMalformed, 2 // the next answer will hardly be another
	}
	if e.Kind == model.KindNotFound {
		e.NoAPI = !isAboutModel(said)
	}
	e.Message = fmt.Sprintf("%s (%s)", why, contentType(a))
	if said.Message != "" {
		e.Message += ": " + said.Message
	}
	return e
}

// unreadable is the error of a success that is no JSON, with err why. It may have been cut, so it is asked for again.
// The events of a stream are read for an error.
func unreadable(a model.Answer, err error) *model.Error {
	if events := streamed(a.Body); events != nil {
		for _, event := range events {
			var doc struct {
				Error json.RawMessage `json:"error"`
			}
			if json.Unmarshal(event, &doc) == nil && isSet(doc.Error) {
				return errorOf(a, event)
			}
		}
		return &model.Error{
			Kind: model.KindMalformed, Status: a.Status, MaxAttempts: 2,
			Message: fmt.Sprintf("it is a stream of events (%s), though stream is off: %s",
				contentType(a), bytes.Join(events[:min(len(events), maxEvents)], nil)),
		}
	}
	e := &model.Error{Kind: model.KindMalformed, Status: a.Status}
	if len(bytes.TrimSpace(a.Body)) == 0 || isCut(err) {
		e.Message = "it was cut off"
		return e
	}
	said := plainText(string(a.Body[:min(len(a.Body), maxSaid)]))
	e.Message = fmt.Sprintf("it is no JSON but %s: %s", contentType(a), said)
	return e
}

// maxEvents is how many events of a stream a message quotes.
const maxEvents = 8

// contentType names what a body is.
func contentType(a model.Answer) string {
	kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	switch {
	case isHTML(string(a.Body[:min(len(a.Body), 512)])):
		return "text/html"
	case err != nil || kind == "":
		return "answer without a content type"
	}
	return kind
}

// streamed returns the data of server-sent events, or nil where a body is none.
func streamed(body []byte) [][]byte {
	var out [][]byte
	body = bytes.TrimSpace(body)
	if !bytes.HasPrefix(body, []byte("data:")) && !bytes.HasPrefix(body, []byte("event:")) &&
		!bytes.HasPrefix(body, []byte(":")) && !bytes.HasPrefix(body, []byte("id:")) {
		return nil
	}
	for line := range bytes.Lines(body) {
		if data, ok := bytes.CutPrefix(line, []byte("data:")); ok {
			out = append(out, bytes.TrimSpace(data))
		}
	}
	return out
}

// The codes of an unknown model.
const (
	codeModelNotFound = "model_not_found"
	codeNoDeployment  = "DeploymentNotFound" // Azure
)

// kindOf names an error by its status, its codes and its words.
func kindOf(status int, said serverError) model.Kind {
	is := func(codes ...string) bool {
		return slices.Contains(codes, said.Code) || slices.Contains(codes, said.Type)
	}
	limited := status == http.StatusTooManyRequests
	switch {
	case status == http.StatusProxyAuthRequired, status < 500 && !limited && saysAccount.MatchString(said.Message):
		return model.KindAuth
	case status == http.StatusPaymentRequired, saysQuota.MatchString(said.Message),
		is("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance", "1113"):
		return model.KindQuota
	case is("context_length_exceeded", "exceed_context_size_error", "string_above_max_length"),
		!limited && isOverContext(said.Message):
		return model.KindContextLength
	case said.Flagged, is(
		"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation", "invalid_prompt",
		"data_inspection_failed", "DataInspectionFailed", "moderation_blocked", "content_moderation", "1301",
	), !limited && status != http.StatusUnauthorized && saysFiltered.MatchString(said.Message):
		return model.KindContentFilter
	case is(codeModelNotFound, codeNoDeployment):
		return model.KindNotFound
	case is("invalid_api_key", "API_KEY_INVALID", "authentication_error", "invalid_authentication"),
		status < 500 && !limited && saysAuth.MatchString(said.Message):
		return model.KindAuth
	case limited, status < 400 && is("rate_limit_exceeded", "rate_limit_error", "RESOURCE_EXHAUSTED"):
		return model.KindRateLimited
	case status < 500 && saysNoAPI.MatchString(said.Message):
		return model.KindNotFound
	}
	return kindOfStatus(status, said)
}

func kindOfStatus(status int, said serverError) model.Kind {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return model.KindAuth
	case status == http.StatusNotFound && saysNoProvider.MatchString(said.Message):
		return model.KindBadRequest // the model is known, what is asked of it is not
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
