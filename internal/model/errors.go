package model

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A Kind says what went wrong with a call; it is what run files store.
type Kind string

// The kinds of errors.
const (
	KindUnreachable   Kind = "unreachable"    // no connection, or it broke before an answer
	KindTimeout       Kind = "timeout"        // no answer within the time of one attempt
	KindAuth          Kind = "auth"           // 401, 403: the key is missing, wrong, or may not do this
	KindNotFound      Kind = "not_found"      // the endpoint does not know the model, or is none
	KindBadRequest    Kind = "bad_request"    // 400, 422, …: the endpoint does not accept the request
	KindContextLength Kind = "context_length" // the prompt is over the model's context
	KindContentFilter Kind = "content_filter" // the prompt was refused by a content filter
	KindRateLimited   Kind = "rate_limited"   // 429
	KindQuota         Kind = "quota"          // nothing left to spend
	KindServer        Kind = "server"         // 5xx, 408, 409, 425, or an error inside a 200
	KindMalformed     Kind = "malformed"      // a 200 that can't be read: cut, no JSON, no choices
	KindCancelled     Kind = "cancelled"      // the caller gave up
	KindStopped       Kind = "stopped"        // no call can succeed any more, this one was not tried to its end
	KindBatch         Kind = "batch"          // the batch that held the request ended without a reply to it
	KindRefused       Kind = "refused"        // a worker does not make such calls, or does not trust this one
	KindWorkerLost    Kind = "worker_lost"    // each worker that had the call was lost
	KindBudget        Kind = "budget"         // the calls, the cost or the time that a run may take are used up
)

// An Error is why a call has no reply. Its Error method gives one line for
// people that says what to do; none of its fields holds the API key.
type Error struct {
	Kind   Kind
	Status int // HTTP status, 0 where there was none
	// Code is the endpoint's word for the error, such as model_not_found; may be
	// empty.
	Code string
	// Message is what the endpoint or the network said: one line without control
	// characters, at most 300 user-perceived characters.
	Message string
	// RetryAfter is how long the endpoint asked to wait; 0 where it did not.
	RetryAfter time.Duration
	// Attempts counts the attempts that were made, this one included.
	Attempts int
	// Down means that no connection to the endpoint can be made at all:
	// connection refused, unknown host, a certificate that can't be trusted.
	Down bool
	// Batch is the endpoint's id of the batch that held the request, if any.
	Batch string

	// Stop is why no attempt followed, where one might have helped: the job was
	// stopped meanwhile. Nil otherwise.
	Stop *Error

	// What the message for people names.
	BaseURL string
	Model   string
	KeyEnv  string        // the variable that the key came from; empty where no key was sent
	Timeout time.Duration // of one attempt
	Worker  string        // the name of the worker that made the call, where it is of use; mostly empty

	permanent bool  // trying again can't help, whatever the kind
	noAPI     bool  // of not_found: perhaps no API is at that URL at all
	cause     error // of a cancelled call; other causes may quote a secret
}

// Unwrap returns why the caller's context ended, for a cancelled call.
func (e *Error) Unwrap() error { return e.cause }

// Retryable reports whether the same request may succeed a little later.
func (e *Error) Retryable() bool {
	if e.permanent {
		return false
	}
	switch e.Kind {
	case KindUnreachable, KindTimeout, KindRateLimited, KindServer, KindMalformed:
		return true
	default:
		return false
	}
}

// Fatal reports whether no other call to this target can succeed either. An
// error that is also retryable is fatal only once the attempts are used up,
// which is for [Retry] to see to.
func (e *Error) Fatal() bool {
	switch e.Kind {
	case KindAuth, KindNotFound, KindQuota:
		return true
	case KindStopped, KindBudget, KindRefused:
		return true
	case KindUnreachable:
		return e.Down
	case KindRateLimited:
		return e.RetryAfter > maxHold
	case KindBadRequest:
		// Named parameters are the same in every call; other faults of a request
		// may lie in one case's words.
		return e.Code == "unsupported_parameter" || e.Code == "unsupported_value" || e.Code == "unknown_parameter"
	default:
		return false
	}
}

// Error says in one line what is wrong and what to do.
func (e *Error) Error() string {
	switch e.Kind {
	case KindStopped, KindBudget, KindBatch, KindRefused, KindWorkerLost:
		return e.Message // a whole sentence
	}
	var b strings.Builder
	b.WriteString(e.headline())
	if hint := e.hint(); hint != "" {
		b.WriteString("; " + hint)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (after %d attempts)", e.Attempts)
	}
	if e.Worker != "" {
		fmt.Fprintf(&b, " (worker %s)", sanitise(e.Worker, nil, maxMessage))
	}
	return b.String()
}

func (e *Error) headline() string {
	at := e.BaseURL
	if at == "" {
		at = "the endpoint"
	}
	switch e.Kind {
	case KindUnreachable:
		return e.says("cannot reach " + at)
	case KindTimeout:
		if e.Timeout > 0 && e.Message == "" {
			return fmt.Sprintf("%s gave no reply within %s", at, e.Timeout)
		}
		return e.says(at + " gave no reply in time")
	case KindAuth:
		if e.KeyEnv == "" {
			return e.says(at + " wants a key" + e.status())
		}
		return e.says(at + " refused the key in " + e.KeyEnv + e.status())
	case KindNotFound:
		if e.noAPI {
			return e.says(fmt.Sprintf("%s has no chat completions, or does not know model %q%s", at, e.Model, e.status()))
		}
		return e.says(fmt.Sprintf("%s does not know model %q%s", at, e.Model, e.status()))
	case KindContextLength:
		return e.says(fmt.Sprintf("the prompt is over the context of model %q%s", e.Model, e.status()))
	case KindContentFilter:
		return e.says("the prompt was refused by the content filter of " + at + e.status())
	case KindRateLimited:
		return e.says(at + " limits the rate of calls" + e.status())
	case KindQuota:
		return e.says("the quota at " + at + " is used up" + e.status())
	case KindBadRequest:
		return e.says(at + " does not accept the request" + e.status())
	case KindServer:
		return e.says(at + " failed" + e.status())
	case KindMalformed:
		return e.says(at + " sent an answer that can't be read")
	case KindCancelled:
		return e.says("the call was cancelled")
	default:
		return e.says(at + " failed" + e.status())
	}
}

func (e *Error) hint() string {
	switch e.Kind {
	case KindUnreachable:
		if e.Message == saysRefused {
			return "is the server running?"
		}
		return "check the base URL and the network"
	case KindTimeout:
		return "raise --timeout or lower --concurrency"
	case KindAuth:
		if e.KeyEnv == "" {
			return "name its variable as api_key_env in the config, or set " + DefaultKeyEnv + " for a --base-url"
		}
		return "check the key and what it may use"
	case KindNotFound:
		if e.noAPI {
			return "check the base URL, which mostly ends in /v1"
		}
		return "check the model id"
	case KindRateLimited:
		if e.RetryAfter > maxHold {
			return fmt.Sprintf("it asks to wait %s; run it again then", e.RetryAfter.Round(time.Second))
		}
		return "lower --concurrency or try again later"
	case KindQuota:
		return "check the plan and billing of the account"
	default:
		return ""
	}
}

func (e *Error) says(what string) string {
	if e.Message == "" {
		return what
	}
	return what + ": " + e.Message
}

func (e *Error) status() string {
	if e.Status == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d)", e.Status)
}

// refusal reports whether the endpoint took the call for one too many: 429 and
// 503.
func (e *Error) refusal() bool {
	return e.Kind == KindRateLimited || e.Kind == KindServer && e.Status == http.StatusServiceUnavailable
}
