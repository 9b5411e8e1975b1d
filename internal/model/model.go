// Package model turns a request into a reply of a language model behind an
// OpenAI-compatible endpoint.
//
// One call flows through wrappers that all have the same one method, from the
// outermost to the innermost:
//
//	stop      once no call can succeed any more, none is tried
//	budget    --max-calls, --max-cost
//	count     calls, tokens and cost, for the progress display
//	retry     tries again what may succeed later, see [Retry]
//	breaker   sees that everything fails
//	allow     requests and tokens a minute, as configured
//	limit     how many may be under way, how fast, from when on, see [Limiter]
//	log       a line for each attempt
//	client    one attempt at one endpoint, through go-openai, see [Client]
//
// An [Engine] puts them together for the models of a job, and holds what those
// share. Retry stands outside of limit, so that a call which waits for its next
// attempt holds no place.
//
// What goes over the wire is decided in one place, [WireBody]: the bytes that
// it returns are the bytes that are sent and the bytes that [Key] names a
// recording by. Every failure is an [Error] whose [Kind] says whether trying
// again, or asking anything else at all, makes sense.
//
// An API key travels as a [Secret], and the text of a server never reaches an
// error or a reply with the key still in it.
package model

import (
	"context"
	"encoding/json"
	"time"

	"promptbench/internal/input/params"
)

// A Model answers requests. Implementations are safe for concurrent use. An
// error of a call is an [*Error].
type Model interface {
	// Complete asks the model once, from the caller's point of view: wrappers may
	// make several attempts. It returns early when ctx ends.
	Complete(ctx context.Context, r Request) (Response, error)
}

// A Message is one message of a request.
type Message struct {
	Role    string `json:"role"` // system, developer, user or assistant
	Content string `json:"content"`
}

// A Request is one question to a model, independent of which model is asked.
type Request struct {
	Messages []Message
	// Params holds the parameters in force, already merged. They are sent as
	// they are: a zero is sent, an unset one is not.
	Params params.Params
	// ResponseFormat is "", text, json_object or json_schema.
	ResponseFormat string
	// JSONSchema goes with json_schema: a schema, or an object that holds one as
	// {"name","schema","strict"}.
	JSONSchema json.RawMessage
	// Trial is the number of the trial, or of the judge's vote, from 1. It is
	// part of the key and never sent, so that repeats are separate recordings.
	Trial int
	// Wire is what [WireBody] made of the request for this model, where the caller
	// has it already; else it is made anew for each attempt.
	Wire []byte
}

// FinishRefusal is the finish reason of a model that refused, as its endpoint
// reported it: what it says is no answer, whatever it looks like.
const FinishRefusal = "refusal"

// A Response is what a model returned.
type Response struct {
	// Reply is the text of the first choice, raw; a refusal that the endpoint
	// reports in a field of its own stands here too.
	Reply string
	// Thinking is what the endpoint returned beside the reply as reasoning.
	Thinking string
	// FinishReason is the endpoint's word: stop, length, content_filter, …, and
	// [FinishRefusal] instead of stop where it reports a refusal in a field of its
	// own; it is empty where the endpoint gave none.
	FinishReason string
	// ResponseModel is the model id that the endpoint says has answered.
	ResponseModel string
	// Usage is nil where the endpoint did not count tokens.
	Usage *Usage
	// Latency is the time of the last attempt alone, without waiting.
	Latency time.Duration
	// Attempts counts the attempts that were made, from 1.
	Attempts int
	// At is when the model answered, in UTC.
	At time.Time
	// Batch is the endpoint's id of the batch that held the request, if any; there
	// is no latency then.
	Batch string
}

// Usage counts tokens as the endpoint reported them.
type Usage struct {
	InputTokens  int
	OutputTokens int
}
