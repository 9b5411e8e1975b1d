package api

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/input/params"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/model"
)

func TestChatBody(t *testing.T) {
	t.Parallel()
	const messages = `"messages":[{"content":"가 <b> & 👨‍👩‍👧","role":"user"}],"model":"o3"`
	tests := map[string]struct {
		request model.Request
		want    string
	}{
		"nothing set": {model.Request{}, `{` + messages + `}`},
		"zeros are sent": {
			model.Request{Params: params.Params{Temperature: new(0.0), TopP: new(0.0), MaxTokens: new(0), Seed: new(0)}},
			`{"max_tokens":0,` + messages + `,"seed":0,"temperature":0,"top_p":0}`,
		},
		"doubles stay doubles": {
			model.Request{Params: params.Params{Temperature: new(0.1), TopP: new(0.123456789)}},
			`{` + messages + `,"temperature":0.1,"top_p":0.123456789}`,
		},
		"both limits, as the user said, for a model that go-openai refuses them for": {
			model.Request{
				Params: params.Params{
					MaxTokens: new(300), MaxCompletionTokens: new(400), Temperature: new(0.7), ReasoningEffort: "low",
				},
			},
			`{"max_completion_tokens":400,"max_tokens":300,` + messages + `,"reasoning_effort":"low","temperature":0.7}`,
		},
		"stop and extra": {
			model.Request{
				Params: params.Params{
					Stop:  []string{"<|im_end|>", "\n"},
					Extra: map[string]any{"top_k": 40, "chat_template_kwargs": map[string]any{"enable_thinking": false}},
				},
			},
			`{"chat_template_kwargs":{"enable_thinking":false},` + messages + `,"stop":["<|im_end|>","\n"],"top_k":40}`,
		},
		"a named parameter wins over an extra one": {
			model.Request{Params: params.Params{Seed: new(7), Extra: map[string]any{"seed": 1, "min_p": nil}}},
			`{` + messages[:len(messages)-len(`,"model":"o3"`)] + `,"min_p":null,"model":"o3","seed":7}`,
		},
		"json object": {
			model.Request{ResponseFormat: "json_object"}, `{` + messages + `,"response_format":{"type":"json_object"}}`,
		},
		"text": {model.Request{ResponseFormat: "text"}, `{` + messages + `,"response_format":{"type":"text"}}`},
		"bare schema": {
			model.Request{
				ResponseFormat: "json_schema",
				JSONSchema:     json.RawMessage(`{"type":"object","properties":{"z":{"maximum":1.0},"a":{}}}`),
			},
			`{` + messages + `,"response_format":{"json_schema":{"name":"reply","schema":{"properties":{"a":{},` +
				`"z":{"maximum":1.0}},"type":"object"},"strict":true},"type":"json_schema"}}`,
		},
		"wrapped schema": {
			model.Request{
				ResponseFormat: "json_schema",
				JSONSchema:     json.RawMessage(`{"name":"subtodos","strict":false,"schema":{"type":"object"}}`),
			},
			`{` + messages + `,"response_format":{"json_schema":{"name":"subtodos","schema":{"type":"object"},` +
				`"strict":false},"type":"json_schema"}}`,
		},
		"a property called schema is no wrapper": {
			model.Request{ResponseFormat: "json_schema", JSONSchema: json.RawMessage(`{"type":"object","schema":{}}`)},
			`{` + messages + `,"response_format":{"json_schema":{"name":"reply","schema":{"schema":{},"type":"object"},` +
				`"strict":true},"type":"json_schema"}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.request.Messages = []model.Message{{Role: "user", Content: "가 <b> & 👨‍👩‍👧"}}
			got, err := chatBody("o3", test.request)
			require.NoError(t, err)
			require.Equal(t, test.want, string(got))
		})
	}
}

func TestChatBodyKeepsEmptyMessages(t *testing.T) {
	t.Parallel()
	got, err := chatBody("m", model.Request{Messages: []model.Message{{Role: "system"}, {Role: "user", Content: "할 일"}}})
	require.NoError(t, err)
	require.JSONEq(
		t, `{"model":"m","messages":[{"role":"system","content":""},{"role":"user","content":"할 일"}]}`, string(got),
	)
}

func TestChatBodyRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*model.Request)
		want   string
	}{
		"no message": {func(r *model.Request) { r.Messages = nil }, "the request has no message"},
		"format": {
			func(r *model.Request) { r.ResponseFormat = "xml" },
			`unknown response format "xml": want text, json_object or json_schema`,
		},
		"schema missing": {
			func(r *model.Request) { r.ResponseFormat = "json_schema" }, "response format json_schema needs a jsonSchema",
		},
		"schema broken": {func(r *model.Request) {
			r.ResponseFormat, r.JSONSchema = "json_schema", json.RawMessage(`{"type":`)
		}, "encoding the request: "},
		"streaming": {
			func(r *model.Request) { r.Params.Extra = map[string]any{"stream": true} },
			`extra parameter "stream" is not allowed`,
		},
		"another model": {
			func(r *model.Request) { r.Params.Extra = map[string]any{"model": "x"} }, `extra parameter "model" is not allowed`,
		},
		"no JSON at all": {
			func(r *model.Request) { r.Params.Extra = map[string]any{"f": func() {}} }, "encoding the request: ",
		},
		"several replies": {
			func(r *model.Request) { r.Params.Extra = map[string]any{"n": 3} }, `extra parameter "n" is not allowed`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := model.Request{Messages: []model.Message{{Role: "user", Content: "치과 가기"}}}
			test.change(&r)
			_, err := chatBody("m", r)
			require.ErrorContains(t, err, test.want)
		})
	}
}

// The expected value is that of Python's
//
//	hashlib.sha256(json.dumps({"api":"chat.completions","endpoint":"local","trial":1,"body":{
//	  "model":"gemma-3-270m","temperature":0,"messages":[{"role":"user","content":"친구랑 <약속> & 👨‍👩‍👧"}]}},
//	  sort_keys=True, separators=(",",":"), ensure_ascii=False).encode()).hexdigest()
func TestKeyVector(t *testing.T) {
	t.Parallel()
	body, err := chatBody("gemma-3-270m", model.Request{
		Messages: []model.Message{{Role: "user", Content: "친구랑 <약속> & 👨‍👩‍👧"}},
		Params:   params.Params{Temperature: new(0.0)},
	})
	require.NoError(t, err)
	require.Equal(t, "e6256b48d587649310ba0978d1c7b01b9823dcb33e26323cede29cf326b10d26",
		model.Key(Chat{}.Kind(), "local", body, 1))
}

func TestChatBodyIsCanonical(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := model.Request{
			Messages: []model.Message{{Role: "user", Content: rapid.String().Draw(t, "content")}},
			Params: params.Params{
				Temperature: new(rapid.Float64Range(0, 2).Draw(t, "temperature")),
				Extra: rapid.MapOf(
					rapid.StringMatching(`x_[a-z]{1,5}`), rapid.Map(rapid.Int(), func(i int) any { return i }),
				).Draw(t, "extra"),
			},
		}
		first, err := chatBody("m", r)
		require.NoError(t, err)
		second, err := chatBody("m", r)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))

		var back struct {
			Temperature float64
			Messages    []model.Message
		}
		require.NoError(t, json.Unmarshal(first, &back))
		require.InDelta(t, *r.Params.Temperature, back.Temperature, 0, "the very value is sent")
		require.Equal(t, r.Messages, back.Messages)
	})
}

// The body is canonical for any text, whichever way it is encoded.
func TestBodyOfAnyText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.SampledFrom([]string{"<b>&amp;\u2028\u2029\x7f\x00\b\f\r\n\t\"\\/", "👨‍👩‍👧 가족 약속", "\xed\xa0\x80\xff"}))
		r := model.Request{
			Messages: []model.Message{
				{Role: "system", Content: text.Draw(t, "system")}, {Role: text.Draw(t, "role"), Content: text.Draw(t, "user")},
			},
			Params: params.Params{Temperature: new(rapid.Float64Range(0, 2).Draw(t, "temperature"))},
		}
		if rapid.Bool().Draw(t, "more") {
			r.Params.Stop = rapid.SliceOfN(text, 0, 3).Draw(t, "stop")
			r.Params.Extra = map[string]any{
				"x": text.Draw(t, "extra"), "y": []any{1, nil, map[string]any{"b": 1.5, "a": text.Draw(t, "inner")}},
			}
		}
		body, err := chatBody(text.Draw(t, "model"), r)
		require.NoError(t, err)
		again, err := strictyaml.Canonical(json.RawMessage(body))
		require.NoError(t, err)
		require.Equal(t, string(again), string(body))
	})
}

func benchRequest() model.Request {
	r := model.Request{Params: params.Params{Temperature: new(0.0), Stop: []string{"\n"}}}
	for range 9 { // a prompt with examples as turns
		r.Messages = append(
			r.Messages, model.Message{Role: "user", Content: "내일 오전 10시에 치과 가기 👨‍👩‍👧"},
			model.Message{Role: "assistant", Content: "1. 예약"},
		)
	}
	return r
}

func BenchmarkChatBody(b *testing.B) {
	r := benchRequest()
	for b.Loop() {
		if _, err := chatBody("m", r); err != nil {
			b.Fatal(err)
		}
	}
}
