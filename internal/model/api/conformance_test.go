package api_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/params"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/model/engine"
)

// An answer is what a server sends.
type answer struct {
	status int // default 200
	header string
	body   string
}

// A dialect is one API: what its requests look like, and its answers in each situation.
type dialect struct {
	target model.Target
	path   string
	header string // that holds the key
	body   string // of [everything]
	kind   string
	// answers by the situations of [situations]; without is why the API has no such answer.
	answers map[string]answer
	without map[string]string
}

const key = "key-0123456789abcdef"

// everything is a request that uses all that an API can be told; a dialect without stop texts drops them.
func everything() model.Request {
	return model.Request{
		Messages: []model.Message{
			{Role: "system", Content: "계획을 돕는다."}, {Role: "developer", Content: "짧게."},
			{Role: "user", Content: "친구랑 약속"}, {Role: "assistant", Content: "1. 언제?"}, {Role: "user", Content: "내일 <치과>"},
		},
		Params: params.Params{
			Temperature: new(0.0), TopP: new(0.5), MaxCompletionTokens: new(300), Seed: new(7), Stop: []string{"끝"},
			ReasoningEffort: "low", Extra: map[string]any{"top_k": 40},
		},
		ResponseFormat: "json_schema",
		JSONSchema:     json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}}}`),
	}
}

// A situation is what every API must make of its answer.
type situation struct {
	reply model.Response
	fails *model.Error // compared by Kind, Status, Param, RetryAfter, NoAPI
	again bool         // the error is one that another attempt may mend
}

const text = "1. 병원에 전화하기"

func situations() map[string]situation {
	ok := func(change func(*model.Response)) situation {
		r := model.Response{
			Reply: text, FinishReason: model.FinishStop, ResponseModel: "m-1",
			Usage: &model.Usage{InputTokens: 12, OutputTokens: 7},
		}
		change(&r)
		return situation{reply: r}
	}
	fails := func(again bool, e model.Error) situation { return situation{fails: &e, again: again} }
	return map[string]situation{
		"reply": ok(func(*model.Response) {}),
		"thinking": ok(func(r *model.Response) {
			r.Thinking = "내일이면 이미 정해졌다."
			r.Usage.CachedTokens, r.Usage.ReasoningTokens = 5, 3
		}),
		"cut":      ok(func(r *model.Response) { r.FinishReason = model.FinishLength }),
		"refusal":  ok(func(r *model.Response) { r.Reply, r.FinishReason = "도울 수 없습니다.", model.FinishRefusal }),
		"filtered": ok(func(r *model.Response) { r.Reply, r.FinishReason, r.Usage = "", model.FinishContentFilter, nil }),

		"empty":           fails(true, model.Error{Kind: model.KindServer, Status: 200}),
		"cut body":        fails(true, model.Error{Kind: model.KindMalformed, Status: 200}),
		"nothing in it":   fails(true, model.Error{Kind: model.KindMalformed, Status: 200}),
		"page":            fails(true, model.Error{Kind: model.KindMalformed, Status: 200}),
		"failed half-way": fails(true, model.Error{Kind: model.KindServer}),
		"blocked prompt":  fails(false, model.Error{Kind: model.KindContentFilter}),
		"wrong key":       fails(false, model.Error{Kind: model.KindAuth}),
		"unknown model":   fails(false, model.Error{Kind: model.KindNotFound, Status: 404}),
		"no such path":    fails(false, model.Error{Kind: model.KindNotFound, Status: 404, NoAPI: true}),
		"bad parameter":   fails(false, model.Error{Kind: model.KindBadRequest, Status: 400, Param: "temperature"}),
		"over context":    fails(false, model.Error{Kind: model.KindContextLength, Status: 400}),
		"nothing to pay":  fails(false, model.Error{Kind: model.KindQuota}),
		"too many":        fails(true, model.Error{Kind: model.KindRateLimited, Status: 429, RetryAfter: 7 * time.Second}),
		"too many, said in the body": fails(
			true, model.Error{Kind: model.KindRateLimited, Status: 429, RetryAfter: 34 * time.Second},
		),
		"overloaded": fails(true, model.Error{Kind: model.KindServer}),
	}
}

// openAIErrors are the errors of both of OpenAI's APIs, whose requests fail alike.
func openAIErrors() map[string]answer {
	return map[string]answer{
		"cut body": {body: `{"model":"m-1","outp`},
		"page":     {header: "text/html", body: `<html><title>Portal</title></html>`},
		"blocked prompt": {status: 400, body: `{"error":{"message":"The prompt was flagged","type":"invalid_request_error",` +
			`"code":"invalid_prompt","param":null}}`},
		"wrong key":     {status: 401, body: `{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}`},
		"unknown model": {status: 404, body: `{"error":{"message":"The model m does not exist","code":"model_not_found"}}`},
		"no such path": {
			status: 404, body: `{"error":{"message":"Invalid URL (POST /v1/x)","type":"invalid_request_error"}}`,
		},
		"bad parameter": {status: 400, body: `{"error":{"message":"Unsupported value: 'temperature' does not support 0",` +
			`"param":"temperature","code":"unsupported_value"}}`},
		"over context": {status: 400, body: `{"error":{"message":"Your input exceeds the context window of this model",` +
			`"code":"context_length_exceeded"}}`},
		"nothing to pay": {status: 429, body: `{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}`},
		"too many":       {status: 429, header: "Retry-After: 7", body: `{"error":{"code":"rate_limit_exceeded"}}`},
		"too many, said in the body": {
			status: 429, body: `{"error":{"message":"Rate limit reached. Please try again in 34s.","code":"rate_limit_exceeded"}}`,
		},
		"overloaded": {status: 503, body: `{"error":{"message":"The server is overloaded"}}`},
	}
}

func join(all ...map[string]answer) map[string]answer {
	out := map[string]answer{}
	for _, m := range all {
		maps.Copy(out, m)
	}
	return out
}

func chatAnswers() map[string]answer {
	choice := func(message, reason, usage string) answer {
		return answer{body: `{"model":"m-1","choices":[{"message":` + message + `,"finish_reason":"` + reason + `"}],` +
			`"usage":` + usage + `}`}
	}
	const usage = `{"prompt_tokens":12,"completion_tokens":7}`
	return join(openAIErrors(), map[string]answer{
		"reply": choice(`{"content":"`+text+`"}`, "stop", usage),
		"thinking": choice(`{"content":"`+text+`","reasoning_content":"내일이면 이미 정해졌다."}`, "stop",
			`{"prompt_tokens":12,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":5},`+
				`"completion_tokens_details":{"reasoning_tokens":3}}`),
		"cut":             choice(`{"content":"`+text+`"}`, "length", usage),
		"refusal":         choice(`{"content":null,"refusal":"도울 수 없습니다."}`, "stop", usage),
		"filtered":        choice(`{"content":""}`, "content_filter", "null"),
		"empty":           choice(`{"content":""}`, "stop", `{"prompt_tokens":12,"completion_tokens":0}`),
		"nothing in it":   {body: `{"model":"m-1","choices":[]}`},
		"failed half-way": choice(`{"content":"1. 병"}`, "error", usage),
	})
}

func responsesAnswers() map[string]answer {
	response := func(status, output, rest string) answer {
		return answer{body: `{"object":"response","model":"m-1","error":null,"status":"` + status + `","output":[` + output + `],` +
			`"usage":{"input_tokens":12,"output_tokens":7}` + rest + `}`}
	}
	said := func(content string) string {
		return `{"type":"message","role":"assistant","content":[` + content + `]}`
	}
	reply := said(`{"type":"output_text","text":"` + text + `","annotations":[]}`)
	return join(openAIErrors(), map[string]answer{
		"reply": response("completed", reply, ``),
		"thinking": response("completed",
			`{"type":"reasoning","content":[],"summary":[{"type":"summary_text","text":"내일이면 이미 정해졌다."}]},`+reply,
			`,"usage":{"input_tokens":12,"input_tokens_details":{"cached_tokens":5},"output_tokens":7,`+
				`"output_tokens_details":{"reasoning_tokens":3}}`),
		"cut":     response("incomplete", reply, `,"incomplete_details":{"reason":"max_output_tokens"}`),
		"refusal": response("completed", said(`{"type":"refusal","refusal":"도울 수 없습니다."}`), ``),
		"filtered": response("incomplete", ``,
			`,"incomplete_details":{"reason":"content_filter"},"usage":null`),
		"empty":         response("completed", ``, `,"usage":{"input_tokens":12,"output_tokens":0}`),
		"nothing in it": {body: `{"object":"response","model":"m-1"}`},
		"failed half-way": response("failed", ``,
			`,"error":{"code":"server_error","message":"The model failed to generate a response"}`),
	})
}

func anthropicAnswers() map[string]answer {
	message := func(content, reason, usage, rest string) answer {
		return answer{body: `{"type":"message","model":"m-1","content":[` + content + `],"stop_reason":"` + reason + `",` +
			`"stop_sequence":null,"usage":` + usage + rest + `}`}
	}
	failure := func(status int, kind, what string) answer {
		return answer{
			status: status, body: `{"type":"error","error":{"type":"` + kind + `","message":"` + what + `"},"request_id":"req_1"}`,
		}
	}
	limited := failure(429, "rate_limit_error", "This request would exceed your rate limit")
	limited.header = "Retry-After: 7"
	const usage, said = `{"input_tokens":12,"output_tokens":7}`, `{"type":"text","text":"` + text + `"}`
	return map[string]answer{
		"reply": message(said, "end_turn", usage, ``),
		"thinking": message(
			`{"type":"thinking","thinking":"내일이면 이미 정해졌다.","signature":"c2ln"},{"type":"redacted_thinking","data":"eA"},`+said,
			"stop_sequence", `{"input_tokens":7,"cache_read_input_tokens":5,"cache_creation_input_tokens":0,"output_tokens":7,`+
				`"output_tokens_details":{"thinking_tokens":3}}`, ``),
		"cut": message(said, "max_tokens", usage, ``),
		"refusal": message(``, "refusal", usage,
			`,"stop_details":{"type":"refusal","explanation":"도울 수 없습니다."}`),
		"empty":           message(``, "end_turn", `{"input_tokens":12,"output_tokens":0}`, ``),
		"cut body":        {body: `{"type":"message","con`},
		"page":            {header: "text/html", body: `<html><title>Portal</title></html>`},
		"nothing in it":   {body: `{"type":"message","model":"m-1"}`},
		"failed half-way": failure(200, "api_error", "Internal server error"),
		"blocked prompt":  failure(400, "invalid_request_error", "Output blocked by content filtering policy"),
		"wrong key":       failure(401, "authentication_error", "invalid x-api-key"),
		"unknown model":   failure(404, "not_found_error", "model: claude-x"),
		"no such path":    failure(404, "not_found_error", "Not Found"),
		"bad parameter":   failure(400, "invalid_request_error", "`temperature` is deprecated for this model."),
		"over context":    failure(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
		"nothing to pay": failure(400, "invalid_request_error",
			"Your credit balance is too low to access the Anthropic API."),
		"too many":   limited,
		"overloaded": failure(529, "overloaded_error", "Overloaded"),
	}
}

func geminiAnswers() map[string]answer {
	candidate := func(parts, reason, usage string) answer {
		return answer{body: `{"candidates":[{"content":{"role":"model","parts":[` + parts + `]},"finishReason":"` + reason + `"}],` +
			`"usageMetadata":` + usage + `,"modelVersion":"m-1"}`}
	}
	failure := func(status int, word, what, details string) answer {
		code := map[int]string{400: "400", 403: "403", 404: "404", 429: "429", 503: "503", 500: "500"}[status]
		return answer{status: status, body: `[{"error":{"code":` + code + `,"message":"` + what + `","status":"` + word + `",` +
			`"details":[` + details + `]}}]`}
	}
	limited := failure(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted", ``)
	limited.header = "Retry-After: 7"
	const usage, said = `{"promptTokenCount":12,"candidatesTokenCount":7,"totalTokenCount":19}`, `{"text":"` + text + `"}`
	return map[string]answer{
		"reply": candidate(said, "STOP", usage),
		"thinking": candidate(`{"text":"내일이면 이미 정해졌다.","thought":true},`+said, "STOP",
			`{"promptTokenCount":12,"cachedContentTokenCount":5,"candidatesTokenCount":4,"thoughtsTokenCount":3,"totalTokenCount":19}`),
		"cut":             candidate(said, "MAX_TOKENS", usage),
		"filtered":        {body: `{"candidates":[{"finishReason":"SAFETY","safetyRatings":[]}],"modelVersion":"m-1"}`},
		"empty":           candidate(``, "STOP", `{"promptTokenCount":12,"totalTokenCount":12}`),
		"cut body":        {body: `{"candidates":[{"con`},
		"page":            {header: "text/html", body: `<html><title>Portal</title></html>`},
		"nothing in it":   {body: `{"usageMetadata":{"promptTokenCount":12},"modelVersion":"m-1"}`},
		"failed half-way": {body: `{"error":{"code":500,"message":"An internal error has occurred","status":"INTERNAL"}}`},
		"blocked prompt":  {body: `{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"modelVersion":"m-1"}`},
		"wrong key": failure(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.",
			`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}`),
		"unknown model": failure(404, "NOT_FOUND", "models/gemini-x is not found for API version v1beta", ``),
		"no such path":  {status: 404, header: "text/html", body: `<html><title>Error 404 (Not Found)!!1</title></html>`},
		"bad parameter": failure(400, "INVALID_ARGUMENT", "temperature must be in the range [0.0, 2.0].", ``),
		"over context": failure(400, "INVALID_ARGUMENT",
			"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", ``),
		"too many": limited,
		"too many, said in the body": failure(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota",
			`{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}`),
		"overloaded": failure(503, "UNAVAILABLE", "The model is overloaded. Please try again later.", ``),
	}
}

func dialects() map[string]dialect {
	const chatBody = `{"max_completion_tokens":300,"messages":[{"content":"계획을 돕는다.","role":"system"},` +
		`{"content":"짧게.","role":"developer"},{"content":"친구랑 약속","role":"user"},{"content":"1. 언제?","role":"assistant"},` +
		`{"content":"내일 <치과>","role":"user"}],"model":"m","reasoning_effort":"low","response_format":{"json_schema":` +
		`{"name":"reply","schema":{"properties":{"a":{"type":"string"}},"type":"object"},"strict":true},"type":"json_schema"},` +
		`"seed":7,"stop":["끝"],"temperature":0,"top_k":40,"top_p":0.5}`
	const responsesBody = `{"input":[{"content":"계획을 돕는다.","role":"system","type":"message"},` +
		`{"content":"짧게.","role":"developer","type":"message"},{"content":"친구랑 약속","role":"user","type":"message"},` +
		`{"content":[{"text":"1. 언제?","type":"output_text"}],"role":"assistant","type":"message"},` +
		`{"content":"내일 <치과>","role":"user","type":"message"}],"max_output_tokens":300,"model":"m","reasoning":{"effort":"low"},` +
		`"store":false,"temperature":0,"text":{"format":{"name":"reply","schema":{"properties":{"a":{"type":"string"}},` +
		`"type":"object"},"strict":true,"type":"json_schema"}},"top_k":40,"top_p":0.5}`
	chat := dialect{
		target: model.Target{API: api.Chat{}}, path: "/v1/chat/completions", header: "Authorization",
		body: chatBody, kind: "chat.completions", answers: chatAnswers(),
	}
	responses := dialect{
		target: model.Target{API: api.Responses{}}, path: "/v1/responses", header: "Authorization",
		body: responsesBody, kind: "responses", answers: responsesAnswers(),
	}
	azure, azureResponses, dated, datedResponses := chat, responses, chat, responses
	azure.target, azure.path, azure.header = model.Target{API: api.Azure{API: api.Chat{}}},
		"/openai/v1/chat/completions", "Api-Key"
	azureResponses.target, azureResponses.path, azureResponses.header = model.Target{
		API: api.Azure{API: api.Responses{}}, APIVersion: "preview",
	}, "/openai/v1/responses?api-version=preview", "Api-Key"
	dated.target, dated.path, dated.header = model.Target{API: api.Azure{API: api.Chat{}}, APIVersion: "2024-10-21"},
		"/openai/deployments/m/chat/completions?api-version=2024-10-21", "Api-Key"
	datedResponses.target, datedResponses.path, datedResponses.header = model.Target{
		API: api.Azure{API: api.Responses{}}, APIVersion: "2025-04-01-preview",
	}, "/openai/responses?api-version=2025-04-01-preview", "Api-Key"
	return map[string]dialect{
		"chat": chat, "responses": responses, "azure": azure, "azure responses": azureResponses, "azure dated": dated,
		"azure dated responses": datedResponses,
		"anthropic": {
			target: model.Target{API: api.Anthropic{}}, path: "/v1/messages", header: "X-Api-Key", kind: "messages",
			body: `{"max_tokens":300,"messages":[{"content":"친구랑 약속","role":"user"},{"content":"1. 언제?","role":"assistant"},` +
				`{"content":"내일 <치과>","role":"user"}],"model":"m","output_config":{"effort":"low","format":{"schema":` +
				`{"properties":{"a":{"type":"string"}},"type":"object"},"type":"json_schema"}},"stop_sequences":["끝"],` +
				`"system":"계획을 돕는다.\n\n짧게.","temperature":0,"thinking":{"type":"adaptive"},"top_k":40,"top_p":0.5}`,
			answers: anthropicAnswers(),
			without: map[string]string{
				"filtered":                   "a reply that its filters stop is a refusal",
				"too many, said in the body": "it sends the header",
			},
		},
		"gemini": {
			target: model.Target{API: api.Gemini{}}, path: "/v1beta/models/m:generateContent", header: "X-Goog-Api-Key",
			kind: "generateContent",
			body: `{"contents":[{"parts":[{"text":"친구랑 약속"}],"role":"user"},{"parts":[{"text":"1. 언제?"}],"role":"model"},` +
				`{"parts":[{"text":"내일 <치과>"}],"role":"user"}],"generationConfig":{"maxOutputTokens":300,"responseJsonSchema":` +
				`{"properties":{"a":{"type":"string"}},"type":"object"},"responseMimeType":"application/json","seed":7,` +
				`"stopSequences":["끝"],"temperature":0,"thinkingConfig":{"thinkingLevel":"low"},"topP":0.5},` +
				`"systemInstruction":{"parts":[{"text":"계획을 돕는다.\n\n짧게."}]},"top_k":40}`,
			answers: geminiAnswers(),
			without: map[string]string{
				"refusal":        "a refusal is text like any other",
				"nothing to pay": "it has no error of its own for that",
			},
		},
	}
}

// asked makes one call of a dialect to a server that gives an answer.
func asked(t *testing.T, d dialect, r model.Request, a answer) (
	resp model.Response, got *http.Request, sent string, err error,
) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		got = req.Clone(req.Context())
		body, _ := io.ReadAll(req.Body)
		sent = string(body)
		w.Header().Set("Content-Type", "application/json")
		switch a.header {
		case "Retry-After: 7":
			w.Header().Set("Retry-After", "7")
		case "text/html":
			w.Header().Set("Content-Type", a.header)
		}
		w.WriteHeader(max(a.status, 200))
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(server.Close)
	target := d.target
	target.ID, target.Name, target.APIKey, target.BaseURL = "m", "m", key, server.URL
	switch target.API.(type) {
	case api.Chat, api.Responses:
		target.BaseURL += "/v1"
	}
	r, err = target.Prepare(r)
	require.NoError(t, err)
	client, err := engine.NewClient(target)
	require.NoError(t, err)
	resp, err = client.Complete(t.Context(), r)
	return resp, got, sent, err
}

// Every API sends what a request says, and makes the same of what its server answers.
func TestAPIsConform(t *testing.T) {
	t.Parallel()
	for name, d := range dialects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, []string{"chat.completions", d.kind}, d.target.API.Kind())
			t.Run("request", func(t *testing.T) {
				t.Parallel()
				r := everything()
				if d.kind == "responses" {
					r.Params.Stop = nil
				}
				_, got, sent, err := asked(t, d, r, d.answers["reply"])
				require.NoError(t, err)
				require.Equal(t, d.path, got.URL.RequestURI())
				body := strings.TrimSuffix(d.body, "}") + `,"stream":false}`
				if d.kind == "generateContent" { // another URL streams there
					body = d.body
				}
				require.Equal(t, body, sent)
				require.Contains(t, got.Header.Get(d.header), key)
				for _, other := range []string{"Authorization", "Api-Key", "X-Api-Key", "X-Goog-Api-Key"} {
					if other != d.header {
						require.Empty(t, got.Header.Get(other))
					}
				}
			})
			for what, want := range situations() {
				t.Run(what, func(t *testing.T) {
					t.Parallel()
					a, ok := d.answers[what]
					if !ok {
						require.NotEmpty(t, d.without[what], "the dialect has no such answer, and does not say why")
						return
					}
					r := model.Request{Messages: []model.Message{{Role: "user", Content: "내일 치과"}}}
					resp, _, _, err := asked(t, d, r, a)
					if want.fails == nil {
						require.NoError(t, err)
						resp.At, resp.Latency, resp.Attempts = time.Time{}, 0, 0
						require.Equal(t, want.reply, resp)
						return
					}
					requireFailure(t, want, err)
				})
			}
			for what := range d.answers {
				require.Contains(t, slices.Collect(maps.Keys(situations())), what)
			}
		})
	}
}

func requireFailure(t *testing.T, want situation, err error) {
	t.Helper()
	got, ok := errors.AsType[*model.Error](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, want.fails.Kind, got.Kind, got.Error())
	require.Equal(t, want.again, got.Retryable(), got.Error())
	if want.fails.Status != 0 {
		require.Equal(t, want.fails.Status, got.Status)
	}
	require.Equal(t, want.fails.RetryAfter, got.RetryAfter)
	require.Equal(t, want.fails.NoAPI, got.NoAPI, got.Error())
	if want.fails.Param != "" {
		require.Equal(t, want.fails.Param, got.Param)
	}
	require.NotContains(t, got.Error(), key)
}

// What an API can't be told is an error before any call, which says what to do.
func TestAPIsRefuseWhatTheyLack(t *testing.T) {
	t.Parallel()
	change := func(f func(*model.Request)) model.Request {
		r := model.Request{Messages: []model.Message{{Role: "user", Content: "x"}}}
		f(&r)
		return r
	}
	late := func(r *model.Request) { r.Messages = append(r.Messages, model.Message{Role: "system", Content: "y"}) }
	for name, test := range map[string]struct {
		api     model.API
		request model.Request
		want    string
	}{
		"stop, responses": {
			api.Responses{}, change(func(r *model.Request) { r.Params.Stop = []string{"x"} }),
			"the Responses API has no stop texts: leave stop out, or use api: chat",
		},
		"json_object, anthropic": {
			api.Anthropic{}, change(func(r *model.Request) { r.ResponseFormat = "json_object" }),
			"the Anthropic API has no response format json_object: use json_schema, or leave responseFormat out",
		},
		"temperature, anthropic": {
			api.Anthropic{}, change(func(r *model.Request) { r.Params.Temperature = new(1.5) }),
			"temperature is 1.5, and the Anthropic API takes at most 1",
		},
		"system late, anthropic": {
			api.Anthropic{}, change(late), "message 2 is a system message after the first turn, which the Anthropic API " +
				"does not take: move it to the front",
		},
		"system late, gemini": {
			api.Gemini{}, change(late), "message 2 is a system message after the first turn, which the Gemini API does " +
				"not take: move it to the front",
		},
		"system alone": {
			api.Gemini{}, change(func(r *model.Request) { r.Messages[0].Role = "system" }),
			"there is no user message, which the Gemini API needs",
		},
		"extra": {
			api.Gemini{}, change(func(r *model.Request) { r.Params.Extra = map[string]any{"contents": 1} }),
			`extra parameter "contents" is not allowed: promptbench sets it itself`,
		},
		"extra of another type": {
			api.Gemini{}, change(func(r *model.Request) { r.Params.Extra = map[string]any{"generationConfig": 1} }),
			`extra parameter "generationConfig" must be a mapping`,
		},
		"unknown format": {
			api.Anthropic{}, change(func(r *model.Request) { r.ResponseFormat = "xml" }),
			`unknown response format "xml": want text, json_object or json_schema`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := model.Target{API: test.api, ID: "m"}.Prepare(test.request)
			require.EqualError(t, err, test.want)
		})
	}
}

func TestKeysTellModelsApart(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	r := model.Request{Messages: []model.Message{{Role: "user", Content: "x"}}, Trial: 1}
	for name, d := range dialects() {
		for _, id := range []string{"m", "n"} {
			target := d.target
			target.ID, target.Endpoint = id, name
			prepared, err := target.Prepare(r)
			require.NoError(t, err)
			require.Empty(t, seen[prepared.Key], "%s %s", name, id)
			seen[prepared.Key] = name
		}
	}
}

// Extra parameters lie beside named ones in the same object, and belong to their owner.
func TestExtraParametersAreMerged(t *testing.T) {
	t.Parallel()
	extra := map[string]any{
		"generationConfig": map[string]any{"thinkingConfig": map[string]any{"includeThoughts": true}, "topK": 40},
		"thinking":         map[string]any{"type": "enabled", "budget_tokens": 2048}, "store": true,
		"output_config": map[string]any{"task_budget": 1},
	}
	before, err := json.Marshal(extra)
	require.NoError(t, err)
	r := model.Request{
		Messages: []model.Message{{Role: "user", Content: "x"}},
		Params:   params.Params{ReasoningEffort: "low", Temperature: new(0.5), Extra: extra},
	}
	for name, test := range map[string]struct {
		api  model.API
		want string
	}{
		"gemini": {api.Gemini{}, `"generationConfig":{"temperature":0.5,"thinkingConfig":{"includeThoughts":true,` +
			`"thinkingLevel":"low"},"topK":40}`},
		"anthropic": {api.Anthropic{}, `"output_config":{"effort":"low","task_budget":1},"store":true,"temperature":0.5,` +
			`"thinking":{"budget_tokens":2048,"type":"enabled"}`},
		"responses": {api.Responses{}, `"store":true`},
	} {
		prepared, err := model.Target{API: test.api, ID: "m"}.Prepare(r)
		require.NoError(t, err, name)
		require.Contains(t, string(prepared.Body), test.want)
	}
	after, err := json.Marshal(extra)
	require.NoError(t, err)
	require.JSONEq(t, string(before), string(after))

	r.Params = params.Params{ReasoningEffort: "none"}
	prepared, err := model.Target{API: api.Gemini{}, ID: "models/m"}.Prepare(r)
	require.NoError(t, err)
	require.Contains(t, string(prepared.Body), `"thinkingBudget":0`)
	prepared, err = model.Target{API: api.Anthropic{}, ID: "m"}.Prepare(r)
	require.NoError(t, err)
	require.Contains(t, string(prepared.Body), `"max_tokens":8192`, "the API needs one")
	require.Contains(t, string(prepared.Body), `"thinking":{"type":"disabled"}`)
}

func FuzzDecodeAnswers(f *testing.F) {
	for _, d := range dialects() {
		for _, a := range d.answers {
			f.Add(a.status, []byte(a.body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		for name, d := range dialects() {
			resp, err := d.target.API.Decode(model.Answer{Status: status, Body: body})
			if err == nil {
				continue
			}
			_, ok := errors.AsType[*model.Error](err)
			require.True(t, ok, "%s: %v", name, err)
			require.Empty(t, resp.Reply, name)
		}
	})
}
