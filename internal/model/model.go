// Package model asks language models. It is the seam, and opens no connection:
//
//	Model     answers a Request with a Response or an Error
//	API       how one wire format writes a request and reads an answer
//	Target    one model at one endpoint, and the keys of its recordings
//
// The packages in it do the work. No Error and no Response holds an API key.
//
//	api     the wire formats, one file each; add an API here
//	engine  one attempt over HTTP, and around it retries, limits and budgets
//	batch   many requests through a provider's batch API
//	queue   requests through workers on other machines
package model

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/input/prompt"
)

// A Model answers requests. Implementations are safe for concurrent use. An error of a call is an [*Error].
type Model interface {
	// Complete asks the model once, from the caller's point of view: it may make several attempts. It returns early when
	// ctx ends.
	Complete(ctx context.Context, r Request) (Response, error)
}

// A Message is one message of a request.
type Message struct {
	Role    string `json:"role"` // system, developer, user or assistant
	Content string `json:"content"`
	// Attachments are sent before the content. Only a user message may have some.
	Attachments []Attachment `json:"-"`
	// ToolCalls are what an assistant message calls. Their results are sent after it.
	ToolCalls []graders.ToolCall `json:"-"`
}

// An Attachment is an image or a document of a message.
type Attachment struct {
	Type string // such as image/png or application/pdf
	Data []byte
}

// A Request is one question to a model, independent of the model.
type Request struct {
	Messages []Message
	// Params are the parameters in force, already merged. A zero is sent, an unset one is not.
	Params params.Params
	// ResponseFormat is "", text, json_object or json_schema.
	ResponseFormat string
	// JSONSchema goes with json_schema: a schema, or an object {"name","schema","strict"} that holds one.
	JSONSchema json.RawMessage
	// Tools are what the model may call, and ToolChoice is auto, none, required or the name of one; empty: the endpoint's
	// default.
	Tools      []prompt.Tool
	ToolChoice string
	// Trial is the number of the trial, or of the judge's vote, from 1. It is part of the key and never sent, so that
	// repeats are separate recordings.
	Trial int

	// Optional names the parameters, as on the wire, that the caller can ask without. An error about one of them stops no
	// other call.
	Optional []string

	// Body is the request in the wire format of its target, and Key the name of its recording. [Target.Prepare] fills in
	// both.
	Body []byte
	Key  string

	// Label names the call in the log; may be empty.
	Label Label
	// Resting is called once, when the call failed and waits for another attempt, while others may be made; may be nil.
	Resting func()
	// Via makes the attempts at the call, where several models share the limits of one target; mostly nil.
	Via Model
	// Waiting ends when the call must not wait any more, though an attempt on the wire may be finished; nil means that
	// only the call's own context ends its waits. An engine sets it.
	Waiting context.Context //nolint:containedctx // a second one, which goes through the [Model] interface
}

// The parameters that callers can do without.
const (
	ParamResponseFormat = "response_format"
	ParamTemperature    = "temperature"
)

// CanDoWithout reports whether e refuses an optional parameter of r, which can be asked without it. An error that names
// no parameter may be about the response format.
func (r Request) CanDoWithout(e *Error) bool {
	switch {
	case e.Kind != KindBadRequest && e.Kind != KindNotFound && e.Status != http.StatusNotImplemented:
		return false
	case e.Param == "":
		return slices.Contains(r.Optional, ParamResponseFormat)
	}
	return slices.Contains(r.Optional, e.Param)
}

// A Label says which call of a run a request is.
type Label struct {
	Case  string // its id
	Trial int    // of the case; a judge's request has the number of its vote in Trial
}

// A Response is what a model returned.
type Response struct {
	// Reply is the text of the first choice, raw; a refusal in a field of its own is here too.
	Reply string `json:"reply,omitempty"`
	// Thinking is what the endpoint returned beside the reply as reasoning.
	Thinking string `json:"thinking,omitempty"`
	// FinishReason is why the model stopped, by meaning where that is known, see [FinishReason]; else the endpoint's word.
	// It is empty where the endpoint gave none.
	FinishReason string `json:"finish_reason,omitempty"`
	// ReplyFrom is the field that the reply was taken from where the content was empty, such as tool_calls. For reasoning,
	// the text stays in Thinking and the reply is empty. It is empty where the content holds the reply.
	ReplyFrom string `json:"reply_from,omitempty"`
	// ToolCalls are the calls that the model asks for.
	ToolCalls []graders.ToolCall `json:"tool_calls,omitempty"`
	// ResponseModel is the id of the model that answered, as the endpoint reports it.
	ResponseModel string `json:"response_model,omitempty"`
	// Usage is nil where the endpoint did not count tokens, or counted what can't be.
	Usage *Usage `json:"usage,omitempty"`
	// Latency is the time of the last attempt alone, without waiting.
	Latency time.Duration `json:"latency_ns,omitempty"`
	// Attempts counts the attempts that were made, from 1.
	Attempts int `json:"-"`
	// At is when the model answered, in UTC.
	At time.Time `json:"at,omitzero"`
	// Batch is the endpoint's id of the batch that held the request, if any; there is no latency then.
	Batch string `json:"-"`
}

// Usage counts tokens as the endpoint reported them.
type Usage struct {
	InputTokens  int
	OutputTokens int
	// CachedTokens are those of the input that the endpoint read from a cache, and ReasoningTokens those of the output
	// that are no text of the reply; 0 where the endpoint does not say.
	CachedTokens    int
	ReasoningTokens int
}

// Sleep waits for d and returns nil, or the context's error when ctx ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
