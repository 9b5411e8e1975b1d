package batch

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	openai "github.com/sashabaranov/go-openai"

	"promptbench/internal/model"
)

// The final states of a [Batch], in OpenAI's words.
const (
	statusCompleted = "completed"
	statusFailed    = "failed" // its file was not accepted, nothing was done
	statusExpired   = "expired"
	statusCancelled = "cancelled"
)

// A Batch is the state of a batch at its endpoint.
type Batch struct {
	ID         string
	Status     string // the endpoint's word
	OutputFile string // the ids of its files; empty where there is none
	ErrorFile  string
	Total      int // requests, once the endpoint has counted them
	Completed  int
	Failed     int
	Problem    string // why it failed: the endpoint's words on the first fault
	Busy       bool   // it failed because too many requests wait at the endpoint
}

// Over reports whether the batch is in a final state.
func (b Batch) Over() bool {
	switch b.Status {
	case statusCompleted, statusFailed, statusExpired, statusCancelled:
		return true
	}
	return false
}

// batch reads OpenAI's form of a batch.
func (c *Client) batch(b openai.Batch) Batch {
	out := Batch{
		ID: b.ID, Status: model.Clean(b.Status, 64),
		Total: b.RequestCounts.Total, Completed: b.RequestCounts.Completed, Failed: b.RequestCounts.Failed,
	}
	if b.OutputFileID != nil {
		out.OutputFile = *b.OutputFileID
	}
	if b.ErrorFileID != nil {
		out.ErrorFile = *b.ErrorFileID
	}
	if b.Errors != nil && len(b.Errors.Data) > 0 {
		first := b.Errors.Data[0]
		out.Busy = first.Code == "token_limit_exceeded"
		out.Problem = first.Message
		if first.Line != nil {
			out.Problem = fmt.Sprintf("line %d: %s", *first.Line, first.Message)
		}
		out.Problem = c.client.Clean(out.Problem)
	}
	return out
}

// requestLine is the line of a request file that asks for the reply to body under a key.
func requestLine(key string, body []byte) []byte {
	return fmt.Appendf(make([]byte, 0, len(body)+len(key)+80),
		`{"custom_id":"%s","method":"POST","url":"/v1/chat/completions","body":%s}`+"\n", key, body)
}

// A result is a line of an output or an error file.
type result struct {
	key       string
	response  model.Response
	failure   *model.Error // why there is no response, or nil
	isSkipped bool         // the batch ended before the request was executed
}

// parse reads a line. The error is for a line that is no result at all.
func (c *Client) parse(line []byte) (result, error) {
	var doc struct {
		CustomID string `json:"custom_id"`
		Response *struct {
			StatusCode int             `json:"status_code"`
			Body       json.RawMessage `json:"body"`
		} `json:"response"`
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := json.Unmarshal(line, &doc); err != nil {
		return result{}, fmt.Errorf("a line of a batch's results: %w", err)
	}
	if doc.CustomID == "" {
		return result{}, errors.New("a line of a batch's results has no custom_id")
	}
	r := result{key: doc.CustomID}
	answer := model.Answer{Status: http.StatusInternalServerError}
	switch {
	case doc.Error.Code == "batch_expired", doc.Error.Code == "batch_cancelled":
		r.isSkipped = true
		r.failure = c.client.Explain(&model.Error{Kind: model.KindBatch, Message: doc.Error.Message})
		return r, nil
	case doc.Response != nil && doc.Response.StatusCode != 0:
		answer.Status, answer.Body = doc.Response.StatusCode, doc.Response.Body
	case doc.Error.Code == "":
		r.failure = c.client.Explain(&model.Error{
			Kind: model.KindMalformed, Message: "a line of the batch has neither a response nor an error",
		})
		return r, nil
	default:
		var err error
		if answer.Body, err = json.Marshal(map[string]any{"error": doc.Error}); err != nil {
			return result{}, err
		}
	}
	var err error
	r.response, err = c.client.Decode(answer)
	if failure, ok := errors.AsType[*model.Error](err); ok {
		r.failure, err = failure, nil
	}
	return r, err
}
