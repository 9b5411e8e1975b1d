package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
)

func toolsRequest() model.Request {
	return model.Request{
		Trial: 1, ToolChoice: "times",
		Tools: []prompt.Tool{
			{Name: "times", Description: "<비는 시간>", Parameters: json.RawMessage(`{"type":"object","required":["day"]}`)},
			{Name: "book"},
		},
		Messages: []model.Message{
			{Role: "user", Content: "예약해 줘"},
			{Role: "assistant", ToolCalls: []graders.ToolCall{{Name: "times", Arguments: `{ "day": 24 }`, Result: `["10:00"]`}}},
			{Role: "assistant", Content: "찾았어요", ToolCalls: []graders.ToolCall{
				{Name: "book", Arguments: `{}`, Result: `{"ok":true}`}, {Name: "book", Result: "안 됨"},
			}},
			{Role: "assistant", Content: "예약했어요"},
			{Role: "user", Content: "고마워"},
		},
	}
}

// Every API gets the tools, the choice between them, the calls of earlier replies and what those returned.
func TestToolsInEachAPI(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"chat": `{"messages":[{"content":"예약해 줘","role":"user"},` +
			`{"content":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{ \"day\": 24 }","name":"times"},"id":"call00001","type":"function"}]},` +
			`{"content":"[\"10:00\"]","role":"tool","tool_call_id":"call00001"},` +
			`{"content":"찾았어요","role":"assistant","tool_calls":[{"function":{"arguments":"{}","name":"book"},"id":"call00002","type":"function"},` +
			`{"function":{"arguments":"{}","name":"book"},"id":"call00003","type":"function"}]},` +
			`{"content":"{\"ok\":true}","role":"tool","tool_call_id":"call00002"},{"content":"안 됨","role":"tool","tool_call_id":"call00003"},` +
			`{"content":"예약했어요","role":"assistant"},{"content":"고마워","role":"user"}],"model":"m",` +
			`"tool_choice":{"function":{"name":"times"},"type":"function"},"tools":[` +
			`{"function":{"description":"<비는 시간>","name":"times","parameters":{"required":["day"],"type":"object"}},"type":"function"},` +
			`{"function":{"name":"book","parameters":{"properties":{},"type":"object"}},"type":"function"}]}`,
		"responses": `{"input":[{"content":"예약해 줘","role":"user","type":"message"},` +
			`{"arguments":"{ \"day\": 24 }","call_id":"call00001","name":"times","type":"function_call"},` +
			`{"call_id":"call00001","output":"[\"10:00\"]","type":"function_call_output"},` +
			`{"content":[{"text":"찾았어요","type":"output_text"}],"role":"assistant","type":"message"},` +
			`{"arguments":"{}","call_id":"call00002","name":"book","type":"function_call"},` +
			`{"arguments":"{}","call_id":"call00003","name":"book","type":"function_call"},` +
			`{"call_id":"call00002","output":"{\"ok\":true}","type":"function_call_output"},` +
			`{"call_id":"call00003","output":"안 됨","type":"function_call_output"},` +
			`{"content":[{"text":"예약했어요","type":"output_text"}],"role":"assistant","type":"message"},` +
			`{"content":"고마워","role":"user","type":"message"}],"model":"m","store":false,"tool_choice":{"name":"times","type":"function"},` +
			`"tools":[{"description":"<비는 시간>","name":"times","parameters":{"required":["day"],"type":"object"},"strict":false,"type":"function"},` +
			`{"name":"book","parameters":{"properties":{},"type":"object"},"strict":false,"type":"function"}]}`,
		"anthropic": `{"max_tokens":8192,"messages":[{"content":"예약해 줘","role":"user"},` +
			`{"content":[{"id":"call00001","input":{"day":24},"name":"times","type":"tool_use"}],"role":"assistant"},` +
			`{"content":[{"content":"[\"10:00\"]","tool_use_id":"call00001","type":"tool_result"}],"role":"user"},` +
			`{"content":[{"text":"찾았어요","type":"text"},{"id":"call00002","input":{},"name":"book","type":"tool_use"},` +
			`{"id":"call00003","input":{},"name":"book","type":"tool_use"}],"role":"assistant"},` +
			`{"content":[{"content":"{\"ok\":true}","tool_use_id":"call00002","type":"tool_result"},` +
			`{"content":"안 됨","tool_use_id":"call00003","type":"tool_result"}],"role":"user"},` +
			`{"content":"예약했어요","role":"assistant"},{"content":"고마워","role":"user"}],"model":"m",` +
			`"tool_choice":{"name":"times","type":"tool"},"tools":[` +
			`{"description":"<비는 시간>","input_schema":{"required":["day"],"type":"object"},"name":"times"},` +
			`{"input_schema":{"properties":{},"type":"object"},"name":"book"}]}`,
		"gemini": `{"contents":[{"parts":[{"text":"예약해 줘"}],"role":"user"},` +
			`{"parts":[{"functionCall":{"args":{"day":24},"id":"call00001","name":"times"}}],"role":"model"},` +
			`{"parts":[{"functionResponse":{"id":"call00001","name":"times","response":{"result":"[\"10:00\"]"}}}],"role":"user"},` +
			`{"parts":[{"text":"찾았어요"},{"functionCall":{"args":{},"id":"call00002","name":"book"}},` +
			`{"functionCall":{"args":{},"id":"call00003","name":"book"}}],"role":"model"},` +
			`{"parts":[{"functionResponse":{"id":"call00002","name":"book","response":{"ok":true}}},` +
			`{"functionResponse":{"id":"call00003","name":"book","response":{"result":"안 됨"}}}],"role":"user"},` +
			`{"parts":[{"text":"예약했어요"}],"role":"model"},{"parts":[{"text":"고마워"}],"role":"user"}],"model":"m",` +
			`"toolConfig":{"functionCallingConfig":{"allowedFunctionNames":["times"],"mode":"ANY"}},"tools":[{"functionDeclarations":[` +
			`{"description":"<비는 시간>","name":"times","parametersJsonSchema":{"required":["day"],"type":"object"}},` +
			`{"name":"book","parametersJsonSchema":{"properties":{},"type":"object"}}]}]}`,
	} {
		target := model.Target{BaseURL: "http://x/v1", ID: "m", API: api.ByName(name)}
		r, err := target.Prepare(toolsRequest())
		require.NoError(t, err, name)
		require.Equal(t, want, string(r.Body), name)
	}
}

// The choice between tools, in the words of each API.
func TestToolChoiceInEachAPI(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]map[string]string{
		"chat":      {"auto": `"tool_choice":"auto"`, "none": `"tool_choice":"none"`, "required": `"tool_choice":"required"`},
		"responses": {"auto": `"tool_choice":"auto"`, "none": `"tool_choice":"none"`, "required": `"tool_choice":"required"`},
		"anthropic": {
			"auto": `"tool_choice":{"type":"auto"}`, "none": `"tool_choice":{"type":"none"}`, "required": `"tool_choice":{"type":"any"}`,
		},
		"gemini": {
			"auto": `"functionCallingConfig":{"mode":"AUTO"}`, "none": `"functionCallingConfig":{"mode":"NONE"}`,
			"required": `"functionCallingConfig":{"mode":"ANY"}`,
		},
	} {
		target := model.Target{BaseURL: "http://x/v1", ID: "m", API: api.ByName(name)}
		for choice, part := range want {
			r := toolsRequest()
			r.ToolChoice = choice
			r, err := target.Prepare(r)
			require.NoError(t, err, name)
			require.Contains(t, string(r.Body), part, name)
		}
		r := toolsRequest()
		r.ToolChoice = ""
		r, err := target.Prepare(r)
		require.NoError(t, err, name)
		require.NotContains(t, string(r.Body), "hoice", name)
		require.NotContains(t, string(r.Body), "toolConfig", name)
	}
}

// The calls in a reply are read whatever their shape, and what is no JSON stays as the model wrote it.
func TestToolCallsInTheReplies(t *testing.T) {
	t.Parallel()
	calls := func(list ...string) (out []graders.ToolCall) {
		for i := 0; i < len(list); i += 2 {
			out = append(out, graders.ToolCall{Name: list[i], Arguments: list[i+1]})
		}
		return out
	}
	for _, c := range []struct {
		api, body string
		want      []graders.ToolCall
	}{
		{"chat", `{"choices":[{"message":{"content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"a","arguments":"{\"d\": 1}"}},` +
			`{"id":"y","type":"function","function":{"name":"b"}},{"function":{"name":"c","arguments":{"d":1}}}]},"finish_reason":"tool_calls"}]}`,
			calls("a", `{"d": 1}`, "b", "", "c", `{"d":1}`)},
		{"chat", `{"choices":[{"message":{"content":"","tool_calls":[{"function":{"name":"a","arguments":""}}]},"finish_reason":"stop"}]}`, calls("a", "")},
		{"chat", `{"choices":[{"message":{"content":"","tool_calls":[{"function":{"name":"a","arguments":"{내일"}}]},"finish_reason":"stop"}]}`, calls("a", "{내일")},
		{"chat", `{"choices":[{"message":{"content":"","tool_calls":[{"function":{"name":["a"],"arguments":[[]]}}]},"finish_reason":"stop"}]}`, calls(`["a"]`, "[[]]")},
		{"responses", `{"status":"completed","output":[{"type":"reasoning","summary":[]},` +
			`{"type":"function_call","id":"fc_1","call_id":"c","name":"a","arguments":"{\"d\":1}"},{"type":"function_call","name":"b","arguments":"oops"}]}`,
			calls("a", `{"d":1}`, "b", "oops")},
		{"anthropic", `{"content":[{"type":"tool_use","id":"t","name":"a","input":{"d": 1}},{"type":"tool_use","name":"b","input":"oops"}],"stop_reason":"tool_use"}`,
			calls("a", `{"d": 1}`, "b", "oops")},
		{"gemini", `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"a","args":{"d": 1}}},{"functionCall":{"name":"b"}}]},"finishReason":"STOP"}]}`,
			calls("a", `{"d": 1}`, "b", "")},
	} {
		got, err := api.ByName(c.api).Decode(model.Answer{Status: http.StatusOK, Body: []byte(c.body)})
		require.NoError(t, err, c.body)
		require.Equal(t, c.want, got.ToolCalls, c.body)
	}
	got, err := api.Gemini{}.Decode(model.Answer{Status: http.StatusOK, Body: []byte(
		`{"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL"}]}`)})
	require.NoError(t, err, "a call that nobody can read is the model's mistake, not the endpoint's")
	require.Empty(t, got.ToolCalls)
	for _, calls := range []string{`[]`, `[null]`, `[{"id":"x","type":"function"}]`, `"f"`} {
		_, err := api.Chat{}.Decode(model.Answer{Status: http.StatusOK, Body: []byte(
			`{"choices":[{"message":{"content":null,"tool_calls":` + calls + `},"finish_reason":"tool_calls"}],"usage":{"completion_tokens":5}}`)})
		require.ErrorContains(t, err, "has no call that can be read", calls)
	}
}

// Signed thinking goes back with the results, as two of the APIs want it.
func TestSignedThinkingGoesBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ api, answer, want string }{
		{
			"anthropic",
			`{"content":[{"type":"thinking","thinking":"음","signature":"sig=="},{"type":"redacted_thinking","data":"xx"},` +
				`{"type":"tool_use","id":"t","name":"times","input":{}}],"stop_reason":"tool_use"}`,
			`[{"signature":"sig==","thinking":"음","type":"thinking"},{"data":"xx","type":"redacted_thinking"},` +
				`{"id":"call00001","input":{},"name":"times","type":"tool_use"}]`,
		},
		{
			"gemini",
			`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"times","args":{}},"thoughtSignature":"sig=="}]},"finishReason":"STOP"}]}`,
			`[{"functionCall":{"args":{},"id":"call00001","name":"times"},"thoughtSignature":"sig=="}]`,
		},
	} {
		target := model.Target{BaseURL: "http://x/v1", ID: "m", API: api.ByName(c.api)}
		got, err := target.API.Decode(model.Answer{Status: http.StatusOK, Body: []byte(c.answer)})
		require.NoError(t, err)
		got.ToolCalls[0].Result = "x"
		r := toolsRequest()
		r.Messages = append(r.Messages[:1], model.Message{Role: "assistant", ToolCalls: got.ToolCalls})
		r, err = target.Prepare(r)
		require.NoError(t, err)
		require.Contains(t, string(r.Body), c.want)
		require.NoError(t, api.CheckBody(target.API.Kind(), "m", r.Body, nil))
	}
}
