package queue

import (
	"encoding/json"
	"errors"
	"fmt"

	"promptbench/internal/model"
)

// An outcome is what one attempt came to, as it goes from a worker to the run. It holds no secret: what a client
// returns holds none.
type outcome struct {
	model.Response

	Error *model.Error `json:"error,omitempty"`
}

func encodeOutcome(resp model.Response, err error) ([]byte, error) {
	o := outcome{Response: resp}
	if err != nil {
		failure, ok := errors.AsType[*model.Error](err)
		if !ok {
			failure = &model.Error{Kind: model.KindRefused, Message: model.Clean(err.Error(), model.MaxMessage)}
		}
		o = outcome{Error: failure}
	}
	data, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("encoding the outcome of a call: %w", err)
	}
	return data, nil
}

// decodeOutcome returns what [encodeOutcome] was given. Data that is no outcome is a [model.KindMalformed] error.
func decodeOutcome(data []byte) (model.Response, error) {
	var o outcome
	if err := json.Unmarshal(data, &o); err != nil {
		failure := &model.Error{Kind: model.KindMalformed, Message: "a worker's reply can't be read", Attempts: 1}
		return model.Response{}, failure
	}
	// A worker may be another program, or belong to somebody else.
	words := []*string{&o.FinishReason, &o.ReplyFrom, &o.ResponseModel}
	if e := o.Error; e != nil {
		words = []*string{&e.Message, &e.Code, &e.Param, &e.BaseURL, &e.API, &e.Model, &e.KeyEnv}
	}
	for _, word := range words {
		*word = model.Clean(*word, model.MaxMessage)
	}
	if o.Error != nil {
		o.Error.Attempts = 1
		return model.Response{}, o.Error
	}
	o.Attempts, o.Latency = 1, max(0, o.Latency)
	if u := o.Usage; u != nil && min(u.InputTokens, u.OutputTokens, u.CachedTokens, u.ReasoningTokens) < 0 {
		o.Usage = nil
	}
	return o.Response, nil
}
