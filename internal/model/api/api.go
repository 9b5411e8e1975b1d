// Package api has the wire formats of model APIs, one file each:
//
//	chat.go  OpenAI's chat completions, which most servers speak
//
// To add an API, write a type with the three methods of [model.API] in a file of its own, and add one line to [ByName].
// What APIs have in common is beside them:
//
//	errors.go       errorIn, errorOf, noCompletion, unreadable: the error in an answer, whatever its shape
//	servererror.go  what a server says of an error; errorwords.go: what its sentences mean
//	retryafter.go   how long a server asks to wait
//	parts.go        the text, the thinking and the calls in a content, whatever its shape
//	usage.go        counts of tokens, however they are spelled
//	finished.go     whether a response that was read is a reply at all; call it at the end of each Decode
//
// [model.FinishReason] names the reasons to stop by meaning.
package api

import (
	"fmt"

	"promptbench/internal/model"
)

// ByName returns the API that a config calls by this name; the empty name is chat.
func ByName(name string) (model.API, error) {
	switch name {
	case "", "chat":
		return Chat{}, nil
	}
	return nil, fmt.Errorf("unknown API %q: want chat", name)
}
