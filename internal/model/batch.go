package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// The states of a [Batch] that it does not leave any more, in OpenAI's words.
const (
	BatchCompleted = "completed"
	BatchFailed    = "failed" // its file was not accepted, nothing was done
	BatchExpired   = "expired"
	BatchCancelled = "cancelled"
)

// A Batch is what an endpoint says of one.
type Batch struct {
	ID         string
	Status     string // the endpoint's word
	OutputFile string // the ids of its files; empty where there is none
	ErrorFile  string
	Total      int // requests, once the endpoint has counted them
	Completed  int
	Failed     int
	Problem    string // why it failed: the endpoint's words on the first fault
	Busy       bool   // it failed only since too much is waiting at the endpoint
	Created    time.Time
	Labels     map[string]string
}

// Over reports whether the endpoint does no more on it.
func (b Batch) Over() bool {
	switch b.Status {
	case BatchCompleted, BatchFailed, BatchExpired, BatchCancelled:
		return true
	}
	return false
}

// batch reads OpenAI's form of a batch.
func (c *BatchClient) batch(b openai.Batch) Batch {
	out := Batch{
		ID: b.ID, Status: sanitise(b.Status, nil, 64), Total: b.RequestCounts.Total, Completed: b.RequestCounts.Completed, Failed: b.RequestCounts.Failed,
		Created: time.Unix(int64(b.CreatedAt), 0).UTC(), Labels: map[string]string{},
	}
	if b.OutputFileID != nil {
		out.OutputFile = *b.OutputFileID
	}
	if b.ErrorFileID != nil {
		out.ErrorFile = *b.ErrorFileID
	}
	for name, value := range b.Metadata {
		if text, ok := value.(string); ok {
			out.Labels[name] = text
		}
	}
	if b.Errors != nil && len(b.Errors.Data) > 0 {
		first := b.Errors.Data[0]
		out.Busy = first.Code == "token_limit_exceeded"
		out.Problem = first.Message
		if first.Line != nil {
			out.Problem = fmt.Sprintf("line %d: %s", *first.Line, first.Message)
		}
		out.Problem = sanitise(out.Problem, c.client.secrets, maxMessage)
	}
	return out
}

// BatchLine is the line of a request file that asks for the reply to body, which
// [WireBody] made, under a key.
func BatchLine(key string, body []byte) []byte {
	line := make([]byte, 0, len(body)+len(key)+80)
	line = append(line, `{"custom_id":"`...)
	line = append(line, key...)
	line = append(line, `","method":"POST","url":"/v1/chat/completions","body":`...)
	line = append(line, body...)
	return append(line, '}', '\n')
}

// A BatchResult is a line of an output or an error file.
type BatchResult struct {
	Key     string
	Failed  bool // [BatchClient.Read] will return an error
	Again   bool // which another batch may not have
	Skipped bool // the batch ended before the request was executed

	status int
	body   json.RawMessage
	code   string
	said   string
}

// batchExpired and batchCancelled are the codes of requests that were not
// executed.
const (
	batchExpired   = "batch_expired"
	batchCancelled = "batch_cancelled"
)

// ParseBatchResult reads a line. What is no result at all is an error.
func ParseBatchResult(line []byte) (BatchResult, error) {
	var doc struct {
		CustomID string `json:"custom_id"`
		Response *struct {
			StatusCode int             `json:"status_code"`
			Body       json.RawMessage `json:"body"`
		} `json:"response"`
		Error *struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(line, &doc); err != nil {
		return BatchResult{}, fmt.Errorf("a line of a batch's results: %w", err)
	}
	if doc.CustomID == "" {
		return BatchResult{}, errors.New("a line of a batch's results has no custom_id")
	}
	r := BatchResult{Key: doc.CustomID}
	if doc.Response != nil {
		r.status, r.body = doc.Response.StatusCode, doc.Response.Body
	}
	if doc.Error != nil {
		r.code, r.said = doc.Error.Code, doc.Error.Message
	}
	r.Failed = r.status != http.StatusOK || !hasChoices(r.body)
	if r.Failed {
		e := r.failure()
		r.Again = e.Retryable()
		r.Skipped = r.code == batchExpired || r.code == batchCancelled
	}
	return r, nil
}

// hasChoices reports whether a body has at least one, as a reply does.
func hasChoices(body []byte) bool {
	var doc struct {
		Choices []json.RawMessage `json:"choices"`
	}
	return json.Unmarshal(body, &doc) == nil && len(doc.Choices) > 0
}

// failure names why a request of a batch has no reply.
func (r BatchResult) failure() *Error {
	switch {
	case r.code == batchExpired, r.code == batchCancelled:
		return &Error{Kind: KindBatch, Message: r.said}
	case r.status == 0 && r.code != "":
		body, err := json.Marshal(map[string]any{"error": map[string]string{"code": r.code, "message": r.said}})
		if err != nil {
			body = nil // not reached: a map of strings has a form in JSON
		}
		return classify(http.StatusInternalServerError, nil, body, time.Time{})
	case r.status == 0:
		return &Error{Kind: KindMalformed, Message: "a line of the batch has neither a response nor an error"}
	case r.status == http.StatusOK && !hasError(r.body):
		return &Error{Kind: KindMalformed, Message: "it has no choices"}
	}
	return classify(r.status, nil, r.body, time.Time{})
}

// Read returns the reply of a request, or its [*Error].
func (c *BatchClient) Read(r BatchResult) (Response, error) {
	if r.Failed {
		return Response{}, c.client.explain(r.failure())
	}
	var chat openai.ChatCompletionResponse
	if err := json.Unmarshal(r.body, &chat); err != nil || len(chat.Choices) == 0 {
		return Response{}, c.client.explain(&Error{Kind: KindMalformed, Message: "a line of the batch is no chat completion"})
	}
	resp := c.client.response(chat, r.body)
	if chat.Created > 0 {
		resp.At = time.Unix(chat.Created, 0).UTC()
	}
	return resp, nil
}
