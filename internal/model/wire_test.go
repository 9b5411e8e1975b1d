package model

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/internal/input/params"
)

func TestWireBody(t *testing.T) {
	t.Parallel()
	const messages = `"messages":[{"content":"가 <b> & 👨‍👩‍👧","role":"user"}],"model":"o3"`
	tests := map[string]struct {
		request Request
		want    string
	}{
		"nothing set": {Request{}, `{` + messages + `}`},
		"zeros are sent": {
			Request{Params: params.Params{Temperature: new(0.0), TopP: new(0.0), MaxTokens: new(0), Seed: new(0)}},
			`{"max_tokens":0,` + messages + `,"seed":0,"temperature":0,"top_p":0}`,
		},
		"doubles stay doubles": {
			Request{Params: params.Params{Temperature: new(0.1), TopP: new(0.123456789)}},
			`{` + messages + `,"temperature":0.1,"top_p":0.123456789}`,
		},
		"both limits, as the user said, for a model that go-openai refuses them for": {
			Request{Params: params.Params{MaxTokens: new(300), MaxCompletionTokens: new(400), Temperature: new(0.7), ReasoningEffort: "low"}},
			`{"max_completion_tokens":400,"max_tokens":300,` + messages + `,"reasoning_effort":"low","temperature":0.7}`,
		},
		"stop and extra": {
			Request{Params: params.Params{Stop: []string{"<|im_end|>", "\n"}, Extra: map[string]any{"top_k": 40, "chat_template_kwargs": map[string]any{"enable_thinking": false}}}},
			`{"chat_template_kwargs":{"enable_thinking":false},` + messages + `,"stop":["<|im_end|>","\n"],"top_k":40}`,
		},
		"a named parameter wins over an extra one": {
			Request{Params: params.Params{Seed: new(7), Extra: map[string]any{"seed": 1, "min_p": nil}}},
			`{` + messages[:len(messages)-len(`,"model":"o3"`)] + `,"min_p":null,"model":"o3","seed":7}`,
		},
		"json object": {Request{ResponseFormat: "json_object"}, `{` + messages + `,"response_format":{"type":"json_object"}}`},
		"text":        {Request{ResponseFormat: "text"}, `{` + messages + `,"response_format":{"type":"text"}}`},
		"bare schema": {
			Request{ResponseFormat: "json_schema", JSONSchema: json.RawMessage(`{"type":"object","properties":{"z":{"maximum":1.0},"a":{}}}`)},
			`{` + messages + `,"response_format":{"json_schema":{"name":"reply","schema":{"properties":{"a":{},"z":{"maximum":1.0}},"type":"object"},"strict":true},"type":"json_schema"}}`,
		},
		"wrapped schema": {
			Request{ResponseFormat: "json_schema", JSONSchema: json.RawMessage(`{"name":"subtodos","strict":false,"schema":{"type":"object"}}`)},
			`{` + messages + `,"response_format":{"json_schema":{"name":"subtodos","schema":{"type":"object"},"strict":false},"type":"json_schema"}}`,
		},
		"a property called schema is no wrapper": {
			Request{ResponseFormat: "json_schema", JSONSchema: json.RawMessage(`{"type":"object","schema":{}}`)},
			`{` + messages + `,"response_format":{"json_schema":{"name":"reply","schema":{"schema":{},"type":"object"},"strict":true},"type":"json_schema"}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.request.Messages = []Message{{Role: "user", Content: "가 <b> & 👨‍👩‍👧"}}
			got, err := WireBody("o3", test.request)
			require.NoError(t, err)
			require.Equal(t, test.want, string(got))
		})
	}
}

func TestWireBodyKeepsEmptyMessages(t *testing.T) {
	t.Parallel()
	got, err := WireBody("m", Request{Messages: []Message{{Role: "system"}, {Role: "user", Content: "할 일"}}})
	require.NoError(t, err)
	require.JSONEq(t, `{"model":"m","messages":[{"role":"system","content":""},{"role":"user","content":"할 일"}]}`, string(got))
}

func TestWireBodyRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*Request)
		want   string
	}{
		"no message":     {func(r *Request) { r.Messages = nil }, "the request has no message"},
		"format":         {func(r *Request) { r.ResponseFormat = "xml" }, `unknown response format "xml": want text, json_object or json_schema`},
		"schema missing": {func(r *Request) { r.ResponseFormat = "json_schema" }, "response format json_schema needs a jsonSchema"},
		"schema broken": {func(r *Request) {
			r.ResponseFormat, r.JSONSchema = "json_schema", json.RawMessage(`{"type":`)
		}, "encoding the request: "},
		"streaming":       {func(r *Request) { r.Params.Extra = map[string]any{"stream": true} }, `extra parameter "stream" is not allowed`},
		"another model":   {func(r *Request) { r.Params.Extra = map[string]any{"model": "x"} }, `extra parameter "model" is not allowed`},
		"no JSON at all":  {func(r *Request) { r.Params.Extra = map[string]any{"f": func() {}} }, "encoding the request: "},
		"several replies": {func(r *Request) { r.Params.Extra = map[string]any{"n": 3} }, `extra parameter "n" is not allowed`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := ask()
			test.change(&r)
			_, err := WireBody("m", r)
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
	body, err := WireBody("gemma-3-270m", Request{
		Messages: []Message{{Role: "user", Content: "친구랑 <약속> & 👨‍👩‍👧"}},
		Params:   params.Params{Temperature: new(0.0)},
	})
	require.NoError(t, err)
	require.Equal(t, "e6256b48d587649310ba0978d1c7b01b9823dcb33e26323cede29cf326b10d26", Key("local", body, 1))
}

func TestKeyTellsCallsApart(t *testing.T) {
	t.Parallel()
	body := []byte(`{"model":"m"}`)
	keys := []string{
		Key("local", body, 1), Key("local", body, 2), Key("openai", body, 1),
		Key("local", []byte(`{"model":"m","seed":1}`), 1), Key("local", []byte("not json"), 1), Key("local", nil, 1),
	}
	seen := map[string]bool{}
	for _, key := range keys {
		require.Len(t, key, 64)
		require.False(t, seen[key])
		seen[key] = true
	}
	require.Equal(t, keys[3], Key("local", []byte(` {"seed":1, "model":"m"}`), 1), "order and spaces don't matter")
}

func TestWireBodyIsCanonical(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := Request{
			Messages: []Message{{Role: "user", Content: rapid.String().Draw(t, "content")}},
			Params: params.Params{
				Temperature: new(rapid.Float64Range(0, 2).Draw(t, "temperature")),
				Extra:       rapid.MapOf(rapid.StringMatching(`x_[a-z]{1,5}`), rapid.Map(rapid.Int(), func(i int) any { return i })).Draw(t, "extra"),
			},
		}
		first, err := WireBody("m", r)
		require.NoError(t, err)
		second, err := WireBody("m", r)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))

		var back struct {
			Temperature float64
			Messages    []Message
		}
		require.NoError(t, json.Unmarshal(first, &back))
		require.InDelta(t, *r.Params.Temperature, back.Temperature, 0, "the very value is sent")
		require.Equal(t, r.Messages, back.Messages)
	})
}

// What is written field by field is what the canonical form of the whole is, for
// any text, so that the two ways to a key agree.
func TestWireKeyIsKey(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.SampledFrom([]string{"<b>&amp;\u2028\u2029\x7f\x00\b\f\r\n\t\"\\/", "👨‍👩‍👧 가족 약속", "\xed\xa0\x80\xff"}))
		r := Request{
			Messages: []Message{{Role: "system", Content: text.Draw(t, "system")}, {Role: text.Draw(t, "role"), Content: text.Draw(t, "user")}},
			Params: params.Params{
				Temperature: new(rapid.Float64Range(0, 2).Draw(t, "temperature")), Stop: rapid.SliceOfN(text, 0, 3).Draw(t, "stop"),
				Extra: map[string]any{"x": text.Draw(t, "extra"), "y": []any{1, nil, map[string]any{"b": 1.5, "a": text.Draw(t, "inner")}}},
			},
		}
		body, err := WireBody(text.Draw(t, "model"), r)
		require.NoError(t, err)
		var whole any
		require.NoError(t, decodeNumbers(body, &whole))
		again, err := canonical(whole)
		require.NoError(t, err)
		require.Equal(t, string(again), string(body))
		endpoint := text.Draw(t, "endpoint")
		require.Equal(t, Key(endpoint, body, 3), WireKey(endpoint, body, 3))
	})
}

func benchRequest() Request {
	r := Request{Params: params.Params{Temperature: new(0.0), Stop: []string{"\n"}}}
	for range 9 { // a prompt with examples as turns
		r.Messages = append(r.Messages, ask().Messages...)
	}
	return r
}

func BenchmarkWireBody(b *testing.B) {
	r := benchRequest()
	for b.Loop() {
		if _, err := WireBody("m", r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWireKey(b *testing.B) {
	body, err := WireBody("m", benchRequest())
	require.NoError(b, err)
	for b.Loop() {
		WireKey("local", body, 1)
	}
}

func BenchmarkKey(b *testing.B) {
	body, err := WireBody("m", benchRequest())
	require.NoError(b, err)
	for b.Loop() {
		Key("local", body, 1)
	}
}
