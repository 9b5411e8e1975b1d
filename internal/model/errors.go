package model

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// MaxHold is how long an endpoint can make everybody wait. One that asks for more means "not today", which ends a run.
const MaxHold = 10 * time.Minute

// SaysRefused is the message of an unreachable endpoint where no server is running.
const SaysRefused = "connection refused"

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

// An Error is why a call has no reply. Its Error method gives one line for people that says what to do; none of its
// fields holds the API key. Its JSON is how it goes from a worker to the run that asked.
type Error struct {
	Kind   Kind `json:"kind"`
	Status int  `json:"status,omitempty"` // HTTP status, 0 where there was none
	// Code is the endpoint's word for the error, such as model_not_found; may be empty.
	Code string `json:"code,omitempty"`
	// Message is what the endpoint or the network said: one line without control characters, at most [MaxMessage]
	// user-perceived characters.
	Message string `json:"message,omitempty"`
	// Param is the parameter that the endpoint refuses, as it is called on the wire; empty where it names none.
	Param string `json:"param,omitempty"`
	// RetryAfter is how long the endpoint asked to wait; 0 where it did not.
	RetryAfter time.Duration `json:"retry_after_ns,omitempty"`
	// Attempts counts the attempts that were made, this one included.
	Attempts int `json:"-"`
	// Down means that no connection to the endpoint can be made at all: connection refused, unknown host, a certificate
	// that can't be trusted.
	Down bool `json:"down,omitempty"`
	// Batch is the endpoint's id of the batch that held the request, if any.
	Batch string `json:"-"`
	// Permanent means that no other attempt can help, whatever the kind.
	Permanent bool `json:"permanent,omitempty"`
	// MaxAttempts bounds how often such an error is worth another attempt; 0 for as often as any.
	MaxAttempts int `json:"max_attempts,omitempty"`
	// NoAPI means, of not_found, that perhaps no API is at that URL at all.
	NoAPI bool `json:"no_api,omitempty"`

	// Stop is why no attempt followed, where one might have helped: the job was stopped meanwhile. Nil otherwise.
	Stop *Error `json:"-"`

	// What the message for people names.
	BaseURL string        `json:"base_url,omitempty"`
	API     string        `json:"api,omitempty"` // its kind; empty for chat completions
	Model   string        `json:"model,omitempty"`
	KeyEnv  string        `json:"key_env,omitempty"`    // the variable that the key came from; empty where no key was sent
	Timeout time.Duration `json:"timeout_ns,omitempty"` // of one attempt
	Worker  string        `json:"-"`                    // the name of the worker that made the call; mostly empty

	cause error // of a cancelled call; other causes may quote a secret
}

// Cancelled returns the error of a call whose caller gave up after so many attempts: ctx has ended.
func Cancelled(ctx context.Context, attempts int) *Error {
	cause := context.Cause(ctx)
	return &Error{Kind: KindCancelled, Message: Clean(cause.Error(), MaxMessage), Attempts: attempts, cause: cause}
}

// Unwrap returns why the caller's context ended, for a cancelled call.
func (e *Error) Unwrap() error { return e.cause }

// Retryable reports whether the same request may succeed a little later.
func (e *Error) Retryable() bool {
	if e.Permanent {
		return false
	}
	switch e.Kind {
	case KindUnreachable, KindTimeout, KindRateLimited, KindServer, KindMalformed:
		return true
	default:
		return false
	}
}

// Fatal reports whether no other call to this target can succeed either. An error that is also retryable is fatal only
// once the attempts are used up, which the engine decides.
func (e *Error) Fatal() bool {
	switch e.Kind {
	case KindAuth, KindNotFound, KindQuota:
		return true
	case KindStopped, KindBudget, KindRefused:
		return true
	case KindUnreachable:
		return e.Down
	case KindRateLimited:
		return e.RetryAfter > MaxHold
	case KindBadRequest:
		// Parameters are the same in every call; other faults of a request may lie in one case's words. A 404 of this kind
		// is a gateway that has no provider for them.
		return e.Param != "" || e.Status == http.StatusNotFound ||
			e.Code == "unsupported_parameter" || e.Code == "unsupported_value" || e.Code == "unknown_parameter"
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
		fmt.Fprintf(&b, " (worker %s)", Clean(e.Worker, MaxMessage))
	}
	return b.String()
}

func (e *Error) headline() string {
	at := cmp.Or(e.BaseURL, "the endpoint")
	switch e.Kind {
	case KindUnreachable:
		return e.says("cannot reach " + at)
	case KindTimeout:
		if e.Timeout > 0 && e.Message == "" {
			return fmt.Sprintf("%s gave no reply within %s", at, e.Timeout)
		}
		return e.says(at + " gave no reply in time")
	case KindAuth:
		if e.Status == http.StatusProxyAuthRequired {
			return e.says("the proxy on the way to " + at + " wants a user name and a password" + e.status())
		}
		if e.KeyEnv == "" {
			return e.says(at + " wants a key" + e.status())
		}
		return e.says(at + " refused the key in " + e.KeyEnv + e.status())
	case KindNotFound:
		if e.NoAPI {
			return e.says(fmt.Sprintf("%s has no %s, or does not know model %q%s", at, e.apiName(), e.Model, e.status()))
		}
		return e.says(fmt.Sprintf("%s does not know model %q%s", at, e.Model, e.status()))
	case KindContextLength:
		return e.says(fmt.Sprintf("the prompt is over the context of model %q%s", e.Model, e.status()))
	case KindContentFilter:
		return e.says("the content filter of " + at + " refused the call" + e.status())
	case KindRateLimited:
		return e.says(at + " limits the rate of calls" + e.status())
	case KindQuota:
		return e.says("the quota at " + at + " is used up" + e.status())
	case KindBadRequest:
		if e.Param != "" {
			return e.says(fmt.Sprintf("model %q at %s refuses the parameter %s%s", e.Model, at, e.Param, e.status()))
		}
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
		if e.Message == SaysRefused {
			return "is the server running?"
		}
		return "check the base URL and the network"
	case KindTimeout:
		return "raise --timeout or lower --concurrency"
	case KindAuth:
		if e.Status == http.StatusProxyAuthRequired {
			return "set HTTPS_PROXY or HTTP_PROXY to http://USER:PASSWORD@HOST:PORT, or name the host in NO_PROXY"
		}
		if e.KeyEnv == "" {
			return "name its variable as api_key_env in the config, or set " + DefaultKeyEnv + " for a --base-url"
		}
		return "check the key and what it may use"
	case KindNotFound:
		if e.NoAPI {
			switch {
			case strings.Contains(e.BaseURL, "/openai/deployments/"):
				return "check the base URL and the name of the deployment"
			case e.API != "":
				return "check the base URL"
			}
			return "check the base URL, which mostly ends in /v1"
		}
		return "check the model id"
	case KindRateLimited:
		if e.RetryAfter >= 24*time.Hour { // no more is kept
			return "it asks to wait a day or longer; run it again then"
		}
		if e.RetryAfter > MaxHold {
			return fmt.Sprintf("it asks to wait %s; run it again then", e.RetryAfter.Round(time.Second))
		}
		return "lower --concurrency or try again later"
	case KindBadRequest:
		return e.paramHint()
	case KindQuota:
		return "check the plan and billing of the account"
	default:
		return ""
	}
}

// paramHint says where a refused parameter is set, and how to leave it out.
func (e *Error) paramHint() string {
	const where = " in modelParameters of the prompt, or in params of the model in the config"
	name := map[string]string{
		"temperature": "temperature", "top_p": "topP", "seed": "seed", "stop": "stop", "reasoning_effort": "reasoningEffort",
		"max_tokens": "maxTokens", "max_completion_tokens": "maxCompletionTokens",
	}[e.Param]
	switch {
	case e.Param == "" && e.Status == http.StatusNotFound:
		return "leave out what no provider of this model takes, such as responseFormat of the prompt or a parameter"
	case e.Param == "":
		return ""
	case e.Param == "response_format" || e.Param == "json_schema":
		return "leave responseFormat out of the prompt, or set it to json_object or text"
	case name == "":
		return "change or remove " + e.Param + " under extra" + where
	}
	return "change " + name + ", or write " + name + ": null to send none," + where
}

// apiName names what was asked for at the base URL.
func (e *Error) apiName() string {
	if e.API == "" {
		return "chat completions"
	}
	return fmt.Sprintf("API %q", e.API)
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

// statusOverloaded is what Anthropic answers where others answer 503.
const statusOverloaded = 529

// IsRefusal reports whether the endpoint took the call for one too many: 429, 503 and 529.
func (e *Error) IsRefusal() bool {
	return e.Kind == KindRateLimited ||
		e.Kind == KindServer && (e.Status == http.StatusServiceUnavailable || e.Status == statusOverloaded)
}

// Unclear reports whether what was asked for may have been done all the same: the answer was lost, or the endpoint
// failed on the way.
func (e *Error) Unclear() bool {
	switch e.Kind {
	case KindTimeout, KindMalformed, KindCancelled:
		return true
	case KindServer:
		return e.Status != http.StatusServiceUnavailable
	case KindUnreachable:
		return !e.Down
	default:
		return false
	}
}
