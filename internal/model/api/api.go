// Package api has the wire formats of model APIs, one file each:
//
//	chat.go       OpenAI's chat completions, which most servers speak
//	responses.go  OpenAI's Responses
//	azure.go      either of them at Azure OpenAI
//	anthropic.go  Anthropic's Messages
//	gemini.go     Google's generateContent
//
// To add an API, write a type with the three methods of [model.API] in a file of its own, and add one line to [ByName].
// What APIs have in common is beside them:
//
//	wire.go         requests and answers of the APIs that are not chat
//	errors.go       errorIn, errorOf, noCompletion, unreadable: the error in an answer, whatever its shape
//	servererror.go  what a server says of an error; errorwords.go: what its sentences mean
//	retryafter.go   how long a server asks to wait
//	parts.go        the text, the thinking and the calls in a content, whatever its shape
//	usage.go        counts of tokens, however they are spelled
//	finished.go     whether a response that was read is a reply at all; call it at the end of each Decode
//
// [model.FinishReason] names the reasons to stop by meaning.
package api

import "promptbench/internal/model"

// ByName returns the API that a config calls by this name, or nil; the empty name is chat.
func ByName(name string) model.API {
	switch name {
	case "", "chat":
		return Chat{}
	case "responses":
		return Responses{}
	case "anthropic":
		return Anthropic{}
	case "gemini":
		return Gemini{}
	}
	return nil
}

// TakesSeed reports whether requests of an API can hold a seed.
func TakesSeed(a model.API) bool {
	switch a := a.(type) {
	case Azure:
		return TakesSeed(a.API)
	case Responses, Anthropic:
		return false
	}
	return true
}
