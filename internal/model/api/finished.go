package api

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"strings"

	"promptbench/internal/model"
)

// finished returns the response of an answer that could be read, or why it is none: the provider failed half-way, or
// nothing shows that the model wrote anything. The word is the endpoint's finish reason; it counts where the response
// has none. Counts of tokens that can't be are left out.
func finished(a model.Answer, resp model.Response, word string) (model.Response, error) {
	resp.FinishReason = cmp.Or(resp.FinishReason, model.FinishReason(word))
	isEmpty := strings.TrimSpace(resp.Reply) == "" && resp.Thinking == "" && len(resp.ToolCalls) == 0
	if resp.Usage != nil && !isEmpty && (resp.Usage.InputTokens == 0 || resp.Usage.OutputTokens == 0) {
		resp.Usage = nil
	}
	failure := &model.Error{Kind: model.KindServer, Status: a.Status, Code: word}
	switch resp.FinishReason {
	case model.FinishFailed:
		failure.Message = "the model behind the endpoint failed, with finish reason " + word
		return model.Response{}, failure
	case model.FinishLength, model.FinishContentFilter, model.FinishRefusal:
		return resp, nil
	}
	if strings.EqualFold(word, "MALFORMED_FUNCTION_CALL") { // of Gemini, where the model wrote no call that can be read
		return resp, nil
	}
	if resp.FinishReason == model.FinishToolCalls && len(resp.ToolCalls) == 0 && strings.TrimSpace(resp.Reply) == "" {
		return model.Response{}, noCompletion(a, "it says that the model calls a tool, and has no call that can be read")
	}
	if isEmpty && (resp.Usage == nil || resp.Usage.OutputTokens == 0) {
		failure.Message = "the answer has no text and counts no output tokens"
		return model.Response{}, failure
	}
	return resp, nil
}

// withheldIn returns the reply in an error that says the endpoint withheld it, since it has not the form that was asked
// for: Groq sends along what the model wrote.
func withheldIn(a model.Answer) (model.Response, bool) {
	if a.Status != http.StatusBadRequest {
		return model.Response{}, false
	}
	said := readServerError(a.Body, a.At)
	return model.Response{Reply: said.Generated, FinishReason: model.FinishInvalid}, said.IsWithheld
}

// isCut reports whether a decoder ran out of input.
func isCut(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
