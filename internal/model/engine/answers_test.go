package engine

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/model"
	"promptbench/internal/testing/fakeopenai"
)

// said wraps the choice of a completion that is else as it should be.
func said(choice string) string {
	return `{"id":"x","created":1,"model":"m","choices":[` + choice + `],"usage":{"prompt_tokens":10,"completion_tokens":5}}`
}

func stopped1(message string) string {
	return said(`{"index":0,"message":` + message + `,"finish_reason":"stop"}`)
}

const hello = `{"role":"assistant","content":"안녕"}`

// Answers with a reply, in shapes that servers were seen to send.
func TestRepliesInAnyShape(t *testing.T) {
	t.Parallel()
	counted := &model.Usage{InputTokens: 10, OutputTokens: 5}
	good := model.Response{Reply: "안녕", FinishReason: "stop", Usage: counted}
	withThinking := good
	withThinking.Thinking = "음"
	unknownUsage := good
	unknownUsage.Usage = nil
	finish := func(reason string) model.Response {
		return model.Response{Reply: "안", FinishReason: reason, Usage: counted}
	}
	from := func(reply, from string) model.Response {
		return model.Response{Reply: reply, ReplyFrom: from, FinishReason: "stop", Usage: counted}
	}
	called := func(r model.Response, name string) model.Response {
		r.ToolCalls = []graders.ToolCall{{Name: name, Arguments: `{"a":1}`}}
		return r
	}
	usage := func(usage string) string {
		return `{"choices":[{"message":` + hello + `,"finish_reason":"stop"}],"usage":` + usage + `}`
	}
	tests := map[string]struct {
		body string
		want model.Response
	}{
		"created as a float":   {strings.Replace(stopped1(hello), `"created":1`, `"created":1748724739.7194`, 1), good},
		"created as a text":    {strings.Replace(stopped1(hello), `"created":1`, `"created":"2025/05/16"`, 1), good},
		"created out of range": {strings.Replace(stopped1(hello), `"created":1`, `"created":1e300`, 1), good},
		"id as a number":       {strings.Replace(stopped1(hello), `"id":"x"`, `"id":7`, 1), good},
		"model as null":        {strings.Replace(stopped1(hello), `"model":"m"`, `"model":null`, 1), good},
		"a byte order mark":    {"\ufeff" + stopped1(hello), good},
		"logprobs as a list":   {said(`{"message":` + hello + `,"finish_reason":"stop","logprobs":[]}`), good},
		"index as a text":      {said(`{"index":"0","message":` + hello + `,"finish_reason":"stop"}`), good},
		"tool arguments as an object": {
			stopped1(`{"content":"안녕","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]}`), called(good, "f"),
		},
		"tool calls as an object": {stopped1(`{"content":"안녕","tool_calls":{}}`), good},
		"content as parts":        {stopped1(`{"content":[{"type":"text","text":"안"},{"type":"text","text":"녕"}]}`), good},
		"content as texts":        {stopped1(`{"content":["안","녕"]}`), good},
		"content as an object":    {stopped1(`{"content":{"type":"text","text":"안녕"}}`), good},
		"a text with a value":     {stopped1(`{"content":[{"type":"text","text":{"value":"안녕","annotations":[]}}]}`), good},
		"an image part is no text": {
			stopped1(`{"content":[{"type":"image_url","image_url":{"url":"x"}},{"type":"text","text":"안녕"}]}`), good,
		},
		"a decoded document": {stopped1(`{"content":{"subtodos":[1]}}`), from(`{"subtodos":[1]}`, "")},
		"a number":           {stopped1(`{"content":7}`), from("7", "")},
		"thinking parts": {
			stopped1(`{"content":[{"type":"thinking","thinking":[{"type":"text","text":"음"}]},{"type":"text","text":"안녕"}]}`),
			withThinking,
		},
		"reasoning as parts":   {stopped1(`{"content":"안녕","reasoning_content":[{"type":"text","text":"음"}]}`), withThinking},
		"reasoning as a text":  {stopped1(`{"content":"안녕","reasoning":"음"}`), withThinking},
		"reasoning as details": {stopped1(`{"content":"안녕","reasoning_details":[{"type":"reasoning.text","text":"음"}]}`), withThinking},
		"the role is missing":  {stopped1(`{"content":"안녕","refusal":null}`), good},
		"no error":             {strings.Replace(stopped1(hello), `"id"`, `"error":null,"id"`, 1), good},
		"no error in a choice": {said(`{"message":` + hello + `,"finish_reason":"stop","error":{}}`), good},

		"usage as floats":       {usage(`{"prompt_tokens":10.0,"completion_tokens":5.0}`), good},
		"usage of another API":  {usage(`{"input_tokens":"10","output_tokens":"5"}`), good},
		"usage in camel case":   {usage(`{"promptTokens":10,"completionTokens":5}`), good},
		"usage with one total":  {usage(`{"completion_tokens":5,"total_tokens":15}`), good},
		"usage empty":           {usage(`{}`), unknownUsage},
		"usage null":            {usage(`{"prompt_tokens":null,"completion_tokens":null}`), unknownUsage},
		"usage a text":          {usage(`"none"`), unknownUsage},
		"usage negative":        {usage(`{"prompt_tokens":-1,"completion_tokens":-1}`), unknownUsage},
		"usage zero for a text": {usage(`{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}`), unknownUsage},
		"usage as a total":      {usage(`{"total_tokens":15}`), unknownUsage},

		"length in capitals":   {said(`{"message":{"content":"안"},"finish_reason":"MAX_TOKENS"}`), finish("length")},
		"length, Mistral":      {said(`{"message":{"content":"안"},"finish_reason":"model_length"}`), finish("length")},
		"length, Anthropic":    {said(`{"message":{"content":"안"},"finish_reason":"max_tokens"}`), finish("length")},
		"safety":               {said(`{"message":{"content":"안"},"finish_reason":"SAFETY"}`), finish("content_filter")},
		"a filter with a word": {said(`{"message":{"content":"안"},"finish_reason":"content_filter: X"}`), finish("content_filter")},
		"sensitive":            {said(`{"message":{"content":"안"},"finish_reason":"sensitive"}`), finish("content_filter")},
		"end of turn":          {said(`{"message":{"content":"안"},"finish_reason":"end_turn"}`), finish("stop")},
		"an unknown word":      {said(`{"message":{"content":"안"},"finish_reason":"나중에"}`), finish("나중에")},
		"no finish reason":     {said(`{"message":{"content":"안"},"finish_reason":null}`), finish("")},

		"a filter leaves nothing": {
			`{"choices":[{"message":{"content":""},"finish_reason":"SAFETY"}]}`, model.Response{FinishReason: "content_filter"},
		},
		"an empty reply that was counted": {stopped1(`{"content":""}`), from("", "")},
		"the text is in a tool call": {
			stopped1(`{"content":null,"tool_calls":[{"function":{"name":"reply","arguments":"{\"a\":1}"}}]}`),
			called(from(`{"a":1}`, "tool_calls"), "reply"),
		},
		"the text is in an older call": {
			stopped1(`{"content":"","function_call":{"name":"reply","arguments":{"a":1}}}`),
			called(from(`{"a":1}`, "tool_calls"), "reply"),
		},
		"the text is in a delta": {
			said(`{"delta":` + hello + `,"finish_reason":"stop"}`), from("안녕", "delta"),
		},
		"the text is in a completion": {said(`{"text":"안녕","finish_reason":"stop"}`), from("안녕", "text")},
		"the text is in the reasoning": {
			stopped1(`{"content":"","reasoning_content":"안녕"}`),
			model.Response{Thinking: "안녕", ReplyFrom: "reasoning", FinishReason: "stop", Usage: counted},
		},
		"a refusal": {
			stopped1(`{"content":null,"refusal":"안 돼요"}`),
			model.Response{Reply: "안 돼요", FinishReason: model.FinishRefusal, Usage: counted},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, always(fakeopenai.Raw(200, test.body)))
			got, err := client(t, model.Target{BaseURL: s.URL()}).Complete(t.Context(), ask())
			require.NoError(t, err)
			test.want.Latency, test.want.At, test.want.Attempts = got.Latency, got.At, 1
			test.want.ResponseModel = got.ResponseModel
			require.Equal(t, test.want, got)
		})
	}
}

// Answers without a reply: whose doing that is, how often it is asked for, and what is said.
func TestAnswersWithoutAReply(t *testing.T) {
	t.Parallel()
	inChoice := func(choice string) fakeopenai.Reply { return fakeopenai.Raw(200, said(choice)) }
	tests := map[string]struct {
		reply    fakeopenai.Reply
		kind     model.Kind
		attempts int // that are worth while, of 8
		fatal    bool
		says     string
	}{
		"an error in a choice": {
			inChoice(`{"message":{"content":""},"finish_reason":"stop","error":{"code":502,"message":"Upstream idle timeout"}}`),
			model.KindServer, 8, false, "failed (502): Upstream idle timeout",
		},
		"an error in a choice with text": {
			inChoice(`{"message":{"content":"안"},"finish_reason":"stop","error":"upstream died"}`),
			model.KindServer, 8, false, "failed (200): upstream died",
		},
		"credits in a choice": {
			inChoice(`{"message":{"content":""},"finish_reason":null,"error":{"code":402,"message":"Insufficient credits"}}`),
			model.KindQuota, 1, true, "quota at BASE is used up (402): Insufficient credits",
		},
		"an error beside choices": {
			fakeopenai.Raw(200, `{"error":{"message":"upstream died","code":"server_error"},"choices":[{"message":`+hello+`}]}`),
			model.KindServer, 8, false, "upstream died",
		},
		"a rate limit in a choice": {
			inChoice(`{"message":{"content":""},"finish_reason":"error","error":{"code":429,"message":"retry in 0.001s"}}`),
			model.KindRateLimited, 8, false, "(429): retry in 0.001s",
		},
		"network error": {
			inChoice(`{"message":{"content":"안"},"finish_reason":"network_error"}`), model.KindServer, 8, false, "network_error",
		},
		"no resource": {
			inChoice(`{"message":{"content":"안"},"finish_reason":"insufficient_system_resource"}`),
			model.KindServer, 8, false, "insufficient_system_resource",
		},
		"abort": {inChoice(`{"message":` + hello + `,"finish_reason":"abort"}`), model.KindServer, 8, false, "abort"},
		"nothing at all": {
			fakeopenai.Raw(200, `{"choices":[{"message":{"content":""},"finish_reason":"stop"}],`+
				`"usage":{"prompt_tokens":9,"completion_tokens":0}}`),
			model.KindServer, 8, false, "no text and counts no output tokens",
		},
		"nothing, not counted": {
			fakeopenai.Raw(200, `{"choices":[{"message":{"content":null}}]}`), model.KindServer, 8, false, "no output tokens",
		},
		"no message":        {fakeopenai.Raw(200, `{"choices":[{}]}`), model.KindMalformed, 2, false, "without a message"},
		"message null":      {inChoice(`{"message":null,"finish_reason":"stop"}`), model.KindMalformed, 2, false, "a message"},
		"choice null":       {inChoice(`null`), model.KindMalformed, 2, false, "a message"},
		"choices as a text": {fakeopenai.Raw(200, `{"choices":"none"}`), model.KindMalformed, 2, false, "no completion"},
		"no choices":        {fakeopenai.Raw(200, `{"choices":[]}`), model.KindMalformed, 2, false, "it has no choices (application/json)"},

		"prohibited by terms": {
			fakeopenai.Raw(403, `{"error":{"message":"The request is prohibited due to a violation of provider Terms Of Service.","code":403}}`),
			model.KindContentFilter, 1, false, "Terms Of Service",
		},
		"moderation of a gateway": {
			fakeopenai.Raw(403, `{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["hate"],"flagged_input":"안"}}}`),
			model.KindContentFilter, 1, false, "hate",
		},
		"invalid prompt":  {fakeopenai.Error(400, "invalid_prompt", "your prompt"), model.KindContentFilter, 1, false, "your prompt"},
		"data inspection": {fakeopenai.Error(400, "data_inspection_failed", "no"), model.KindContentFilter, 1, false, "no"},
		"a user's prompt": {
			fakeopenai.Error(403, "", "The user's prompt was blocked by our content filter"), model.KindContentFilter, 1, false,
			"was blocked",
		},
		"a suspended account": {
			fakeopenai.Error(403, "", "Your account has been suspended for violating our terms of service"), model.KindAuth, 1,
			true, "suspended",
		},
		"a limit of TGI": {
			fakeopenai.Error(422, "", "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000"),
			model.KindContextLength, 1, false, "4096",
		},
		"output blocked": {
			fakeopenai.Raw(400, `{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}`),
			model.KindContentFilter, 1, false, "Output blocked",
		},
		"sensitive words": {
			fakeopenai.Error(400, "1301", "系统检测到输入或生成内容可能包含不安全或敏感内容"), model.KindContentFilter, 1, false, "敏感",
		},
		"context, LM Studio": {
			fakeopenai.Raw(400, `{"error":"Trying to keep the first 6547 tokens when context the overflows. However, the model is `+
				`loaded with context length of only 4096 tokens, which is not enough."}`),
			model.KindContextLength, 1, false, "6547",
		},
		"context, Gemini": {
			fakeopenai.Raw(400, `[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of `+
				`tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]`),
			model.KindContextLength, 1, false, "1200000",
		},
		"context, Anthropic": {
			fakeopenai.Error(400, "", "prompt is too long: 210000 tokens > 200000 maximum"), model.KindContextLength, 1, false, "210000",
		},
		"context, DashScope": {
			fakeopenai.Error(400, "", "Range of input length should be [1, 6000]"), model.KindContextLength, 1, false, "6000",
		},
		"a limit of the rate is none of the context": {
			fakeopenai.Error(413, "", "Request too large: Limit 6000 tokens per minute, requested 9000"),
			model.KindBadRequest, 1, false, "per minute",
		},

		"a page": {fakeopenai.HTML(200, "Open WebUI"), model.KindMalformed, 8, false, "text/html: Open WebUI"},
		"a text": {fakeopenai.Raw(200, "안녕 <<<"), model.KindMalformed, 8, false, "안녕 <<<"},
		"half":   {fakeopenai.Raw(200, `{"choices":[{"mess`), model.KindMalformed, 8, false, "cut off"},
		"a stream": {
			fakeopenai.Reply{
				Body:   "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n",
				Header: http.Header{"Content-Type": {"text/event-stream"}},
			},
			model.KindMalformed, 2, false, "a stream of events (text/event-stream)",
		},
		"an error in a stream": {
			fakeopenai.Raw(200, "event: error\ndata: {\"error\":{\"message\":\"The prompt is longer than the context length.\"}}\n"),
			model.KindContextLength, 1, false, "longer than the context",
		},
		"code and msg": {
			fakeopenai.Raw(200, `{"code":"1200","msg":"接口调用失败","success":false}`), model.KindMalformed, 2, false,
			"it has no choices (application/json): 接口调用失败",
		},
		"nothing left": {
			fakeopenai.Raw(200, `{"code":"1113","msg":"余额不足"}`), model.KindQuota, 1, true, "(application/json): 余额不足",
		},
		"detail": {fakeopenai.Raw(200, `{"detail":"Not authenticated"}`), model.KindAuth, 1, true, "Not authenticated"},
		"base_resp": {
			fakeopenai.Raw(200, `{"choices":null,"base_resp":{"status_code":2013,"status_msg":"invalid params"}}`),
			model.KindMalformed, 2, false, "invalid params",
		},
		"a path that LM Studio lacks": {
			fakeopenai.Raw(200, `{"error":"Unexpected endpoint or method. (POST /chat/completions). Returning 200 anyway"}`),
			model.KindNotFound, 1, true, "check the base URL",
		},
		"Ollama's own API": {
			fakeopenai.Raw(200, `{"model":"m","message":{"role":"assistant","content":"안녕"},"done":true}`),
			model.KindMalformed, 2, false, "Ollama's own API",
		},

		"the provider's own error": {
			fakeopenai.Raw(400, `{"error":{"message":"Provider returned error","code":400,"metadata":{`+
				`"raw":"{\"error\":{\"message\":\"max_tokens is too large: 99999\"}}","provider_name":"P"}}}`),
			model.KindBadRequest, 1, true, "Provider returned error (P): max_tokens is too large: 99999; change maxTokens, or write maxTokens: null",
		},
		"no provider for it": {
			fakeopenai.Raw(404, `{"error":{"message":"No endpoints found that can handle the requested parameters.","code":404}}`),
			model.KindBadRequest, 1, true, "leave out what no provider",
		},
		"no provider for the model": {
			fakeopenai.Raw(404, `{"error":{"message":"No endpoints found for x/y.","code":404}}`), model.KindNotFound, 1, true,
			"check the model id",
		},
		"a bad key as a bad request": {
			fakeopenai.Raw(400, `[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]`),
			model.KindAuth, 1, true, "wants a key (400): API key not valid.",
		},
		"a path with a model in it": {
			fakeopenai.Raw(404, `{"error":{"message":"Invalid URL (POST /models/chat/completions)"}}`), model.KindNotFound, 1, true,
			"check the base URL",
		},
		"a proxy": {fakeopenai.HTML(407, "Proxy Authentication Required"), model.KindAuth, 1, true, "set HTTPS_PROXY"},
		"overloaded": {
			fakeopenai.Raw(529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`),
			model.KindServer, 8, false, "(529): Overloaded",
		},
		"not implemented": {fakeopenai.Error(501, "", "no response_format"), model.KindServer, 1, false, "(501)"},

		"a refused value": {
			fakeopenai.Raw(400, `{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model.","param":"temperature","code":"unsupported_value"}}`),
			model.KindBadRequest, 1, true, `model "gemma-3-270m" at BASE refuses the parameter temperature (400)`,
		},
		"a refused parameter in words": {
			fakeopenai.Error(400, "", "`temperature` is deprecated for this model."), model.KindBadRequest, 1, true,
			"write temperature: null to send none",
		},
		"an unknown parameter": {
			fakeopenai.Error(400, "", "Unrecognized request argument supplied: top_k"), model.KindBadRequest, 1, true,
			"change or remove top_k under extra",
		},
		"a field of the body": {
			fakeopenai.Raw(422, `{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}`),
			model.KindBadRequest, 1, true, "seed: null",
		},
		"a response format": {
			fakeopenai.Raw(400, `{"error":{"message":"This response_format type is unavailable now"}}`), model.KindBadRequest, 1, true,
			"responseFormat",
		},
		"a message of one case": {
			fakeopenai.Raw(400, `{"error":{"message":"Invalid 'messages[0].content'","param":"messages[0].content"}}`),
			model.KindBadRequest, 1, false, "messages",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, always(test.reply))
			c := &clock{now: time.Unix(0, 0)}
			m := retried(client(t, model.Target{BaseURL: s.URL()}), Policy{Sleep: c.Sleep, Now: c.Now, Rand: func() float64 { return 0.9 }})
			e := failure(t, m)
			if e.IsRefusal() { // refusals are no attempts, and end with the time
				require.Greater(t, len(s.Requests()), test.attempts)
			} else {
				require.Len(t, s.Requests(), test.attempts)
			}
			require.Equal(t, test.kind, e.Kind, "%v", e)
			require.Equal(t, test.fatal, e.Fatal(), "%v", e)
			require.Contains(t, e.Error(), strings.ReplaceAll(test.says, "BASE", s.URL()))
			require.NotContains(t, e.Error(), "check the key")
		})
	}
}

// What a model wrote is kept where its endpoint withholds it.
func TestWithheldReplyIsKept(t *testing.T) {
	t.Parallel()
	s := serve(t, always(fakeopenai.Raw(400, `{"error":{"message":"Failed to generate JSON.","type":"invalid_request_error",`+
		`"code":"json_validate_failed","failed_generation":"{\"a\":"}}`)))
	resp, err := client(t, model.Target{BaseURL: s.URL()}).Complete(t.Context(), ask())
	require.NoError(t, err)
	require.Equal(t, `{"a":`, resp.Reply)
	require.Equal(t, model.FinishInvalid, resp.FinishReason)
	require.Nil(t, resp.Usage)
}

// The body of an error says how long to wait.
func TestWaitInTheBody(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]time.Duration{
		`[{"error":{"code":429,"message":"Quota exceeded.","details":[{"@type":"RetryInfo","retryDelay":"34.4s"}]}}]`: 34400 * time.Millisecond,
		`{"error":{"message":"Rate limit reached. Please try again in 6m0s."}}`:                                       6 * time.Minute,
		`{"error":{"message":"Please try again in 20ms"}}`:                                                            20 * time.Millisecond,
		`{"error":{"message":"Please retry after 20 seconds."}}`:                                                      20 * time.Second,
		`{"error":{"message":"slow down","metadata":{"headers":{"X-RateLimit-Reset":"4102444800000"}}}}`:              24 * time.Hour,
		`{"error":{"message":"slow down"},"retry_after":3}`:                                                           3 * time.Second,
		`{"error":{"message":"slow down"}}`:                                                                           0,
	} {
		s := serve(t, always(fakeopenai.Raw(429, body)))
		_, err := client(t, model.Target{BaseURL: s.URL()}).Complete(t.Context(), ask())
		e, ok := errors.AsType[*model.Error](err)
		require.True(t, ok)
		require.Equal(t, want, e.RetryAfter, body)
	}
}
