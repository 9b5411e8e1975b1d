package fakeopenai

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"unicode/utf8"
)

// A Reply is what the server answers. The zero Reply is an empty text that stopped by itself. Fields of the first group
// make a chat completion; those of the second one replace it.
type Reply struct {
	Text           string
	Thinking       string // sent as ThinkingField
	ThinkingField  string // of the message; default reasoning_content
	Refusal        string
	FinishReason   string // default stop
	Model          string // default the requested one
	InputTokens    int    // default the characters of the messages
	OutputTokens   int    // default the characters of the text
	WithoutUsage   bool
	Created        int64 // Unix seconds; default some fixed moment
	Header         http.Header
	ToolCalls      []ToolCall
	MessageContent any // sent as the content where it is not nil, instead of Text

	Status int    // default 200; from 300 on Body is the answer
	Body   string // the answer itself, where it is not empty
	Hang   bool   // no answer until the client goes away or the server is closed
	Cut    bool   // the answer breaks off half-way
	Drop   bool   // the connection is closed without an answer
}

// A ToolCall is a call of a tool in a reply.
type ToolCall struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"` // JSON as text
}

// Text replies with a text.
func Text(text string) Reply { return Reply{Text: text} }

// Error answers with an error in OpenAI's shape; code may be empty.
func Error(status int, code, message string) Reply {
	inner := map[string]any{"message": message, "type": "invalid_request_error", "param": nil, "code": nil}
	if code != "" {
		inner["code"] = code
	}
	return Raw(status, string(marshal(map[string]any{"error": inner})))
}

// Raw answers with this status and body.
func Raw(status int, body string) Reply { return Reply{Status: status, Body: body} }

// HTML answers with a page, as proxies in front of a server do.
func HTML(status int, title string) Reply {
	r := Raw(status, "<!DOCTYPE html><html><head><title>"+title+"</title></head><body><h1>"+title+"</h1></body></html>")
	r.Header = http.Header{"Content-Type": {"text/html"}}
	return r
}

// RateLimited answers 429; retryAfter is the header's value, or empty for none.
func RateLimited(retryAfter string) Reply {
	r := Error(http.StatusTooManyRequests, "rate_limit_exceeded", "Rate limit reached")
	if retryAfter != "" {
		r.Header = http.Header{"Retry-After": {retryAfter}}
	}
	return r
}

// UnknownModel answers 404 as OpenAI does.
func UnknownModel(id string) Reply {
	return Error(http.StatusNotFound, "model_not_found",
		fmt.Sprintf("The model %#q does not exist or you do not have access to it.", id))
}

// ContextLength answers 400 to a prompt over the context, as OpenAI does.
func ContextLength() Reply {
	return Error(http.StatusBadRequest, "context_length_exceeded",
		"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.")
}

// ContextSize answers 400 to a prompt over the context, as llama.cpp does.
func ContextSize() Reply {
	return Raw(http.StatusBadRequest, `{"error":{"code":400,`+
		`"message":"the request exceeds the available context size, try increasing it",`+
		`"type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":8192}}`)
}

// Quota answers 429 with OpenAI's code for an account that has nothing left.
func Quota() Reply {
	return Error(http.StatusTooManyRequests, "insufficient_quota",
		"You exceeded your current quota, please check your plan and billing details.")
}

// ErrorIn200 answers 200 with an error body.
func ErrorIn200(message string) Reply {
	return Raw(http.StatusOK, Error(0, "", message).Body)
}

// Garbage answers 200 with something that is no JSON.
func Garbage() Reply { return Raw(http.StatusOK, "안녕 <<< {not json") }

// Hang answers nothing until the client goes away or the server is closed.
func Hang() Reply { return Reply{Hang: true} }

// Cut breaks the answer off half-way.
func Cut(text string) Reply { return Reply{Text: text, Cut: true} }

// Drop closes the connection without an answer.
func Drop() Reply { return Reply{Drop: true} }

func (s *Server) write(w http.ResponseWriter, r *http.Request, request Request, reply Reply) {
	if reply.Hang {
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		return
	}
	if reply.Drop {
		// The server closes the connection quietly on this very value.
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), reply.Header)
	body := []byte(reply.Body)
	if reply.Body == "" && reply.Status < 300 {
		body = completion(request, reply)
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(max(reply.Status, http.StatusOK))
	if reply.Cut {
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush() // the buffer would be lost
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body)
}

func completion(request Request, reply Reply) []byte {
	message := map[string]any{"role": "assistant", "content": reply.Text}
	var calls []any
	for i, c := range reply.ToolCalls {
		calls = append(calls, map[string]any{
			"id": fmt.Sprintf("call_%d_%d", request.Number, i), "type": "function", "function": c,
		})
	}
	if len(calls) > 0 {
		message["tool_calls"] = calls
	}
	switch {
	case reply.MessageContent != nil:
		message["content"] = reply.MessageContent
	case reply.Refusal != "":
		message["content"], message["refusal"] = nil, reply.Refusal
	}
	if reply.Thinking != "" {
		message[cmp.Or(reply.ThinkingField, "reasoning_content")] = reply.Thinking
	}
	doc := map[string]any{
		"id": fmt.Sprintf("chatcmpl-%d", request.Number), "object": "chat.completion",
		"created": cmp.Or(reply.Created, 1795500000),
		"model":   cmp.Or(reply.Model, request.Model),
		"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": cmp.Or(reply.FinishReason, "stop")}},
	}
	if !reply.WithoutUsage {
		in, out := reply.InputTokens, reply.OutputTokens
		if in == 0 {
			for _, m := range request.Messages {
				in += utf8.RuneCountInString(m.Content)
			}
		}
		if out == 0 {
			out = utf8.RuneCountInString(reply.Text)
		}
		doc["usage"] = map[string]any{"prompt_tokens": in, "completion_tokens": out, "total_tokens": in + out}
	}
	return marshal(doc)
}

// marshal returns the JSON of a value, or an error's text where a test sets a content that has none.
func marshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return data
}
