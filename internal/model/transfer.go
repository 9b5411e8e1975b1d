package model

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// transferred is the form in which the outcome of a call goes from one process to
// another. It holds no secret: what a client returns holds none.
type transferred struct {
	Reply         string       `json:"reply,omitempty"`
	Thinking      string       `json:"thinking,omitempty"`
	FinishReason  string       `json:"finish_reason,omitempty"`
	ResponseModel string       `json:"response_model,omitempty"`
	Usage         *Usage       `json:"usage,omitempty"`
	LatencyNS     int64        `json:"latency_ns,omitempty"`
	At            time.Time    `json:"at,omitzero"`
	Error         *failedThere `json:"error,omitempty"`
}

type failedThere struct {
	Kind         Kind   `json:"kind"`
	Status       int    `json:"status,omitempty"`
	Code         string `json:"code,omitempty"`
	Message      string `json:"message,omitempty"`
	RetryAfterNS int64  `json:"retry_after_ns,omitempty"`
	Down         bool   `json:"down,omitempty"`
	BaseURL      string `json:"base_url,omitempty"`
	Model        string `json:"model,omitempty"`
	KeyEnv       string `json:"key_env,omitempty"`
	TimeoutNS    int64  `json:"timeout_ns,omitempty"`
	Permanent    bool   `json:"permanent,omitempty"`
	NoAPI        bool   `json:"no_api,omitempty"`
}

// EncodeOutcome is what one attempt at a call came to, as [DecodeOutcome] in
// another process reads it.
func EncodeOutcome(resp Response, err error) ([]byte, error) {
	t := transferred{
		Reply: resp.Reply, Thinking: resp.Thinking, FinishReason: resp.FinishReason, ResponseModel: resp.ResponseModel,
		Usage: resp.Usage, LatencyNS: int64(resp.Latency), At: resp.At,
	}
	if err != nil {
		e, ok := errors.AsType[*Error](err)
		if !ok {
			e = &Error{Kind: KindRefused, Message: sanitise(err.Error(), nil, maxMessage)}
		}
		t = transferred{Error: &failedThere{
			Kind: e.Kind, Status: e.Status, Code: e.Code, Message: e.Message, RetryAfterNS: int64(e.RetryAfter), Down: e.Down,
			BaseURL: e.BaseURL, Model: e.Model, KeyEnv: e.KeyEnv, TimeoutNS: int64(e.Timeout), Permanent: e.permanent, NoAPI: e.noAPI,
		}}
	}
	data, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("encoding the outcome of a call: %w", err)
	}
	return data, nil
}

// DecodeOutcome returns what [EncodeOutcome] was given. What is no outcome is a
// [KindMalformed] error.
func DecodeOutcome(data []byte) (Response, error) {
	var t transferred
	if err := json.Unmarshal(data, &t); err != nil {
		return Response{}, &Error{Kind: KindMalformed, Message: "a worker's reply can't be read", Attempts: 1}
	}
	if f := t.Error; f != nil {
		return Response{}, &Error{
			Kind: f.Kind, Status: f.Status, Code: f.Code, Message: sanitise(f.Message, nil, maxMessage), RetryAfter: time.Duration(f.RetryAfterNS),
			Down: f.Down, BaseURL: f.BaseURL, Model: f.Model, KeyEnv: f.KeyEnv, Timeout: time.Duration(f.TimeoutNS), Attempts: 1,
			permanent: f.Permanent, noAPI: f.NoAPI,
		}
	}
	return Response{
		Reply: t.Reply, Thinking: t.Thinking, FinishReason: t.FinishReason, ResponseModel: t.ResponseModel,
		Usage: t.Usage, Latency: time.Duration(t.LatencyNS), At: t.At, Attempts: 1,
	}, nil
}

// Waiting returns a context that ends when a call must not wait any more, though
// what is under way may be finished: its own or an earlier one.
func Waiting(ctx context.Context) context.Context { return waitingOf(ctx) }

// Wrap returns a model that makes its attempts through client, one a call, and
// else behaves as [Engine.Model]. It lets another than a [Client] make the
// attempts at t, whose key it does not need.
func (e *Engine) Wrap(client Model, t Target) (Model, error) { return e.wrap(client, t) }
