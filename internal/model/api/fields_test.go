package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/input/params"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
)

// Everything that promptbench sends itself passes, of every API.
func TestCheckBodyTakesOwnRequests(t *testing.T) {
	t.Parallel()
	n, f := 5, 0.5
	for _, format := range []string{"", "json_object", "json_schema"} {
		for _, a := range []model.API{Chat{}, Responses{}, Anthropic{}, Gemini{}} {
			r := model.Request{
				Messages: []model.Message{
					{Role: "system", Content: "역할 <b>&"}, {Role: "user", Content: "가"}, {Role: "assistant", Content: "나"},
					{Role: "user", Content: "👩‍👩‍👧\u2028"},
				},
				Trial: 1, ResponseFormat: format, JSONSchema: []byte(`{"type":"object"}`),
				Params: params.Params{
					Temperature: &f, TopP: &f, MaxCompletionTokens: &n, ReasoningEffort: "low", Seed: &n,
					Extra: map[string]any{"top_k": 3, "own_field": true},
				},
			}
			if (a == model.API(Anthropic{})) && format == "json_object" {
				continue
			}
			if format == "json_schema" {
				r.Tools, r.ToolChoice = []prompt.Tool{{Name: "look", Description: "<찾기>"}}, "look"
				r.Messages[2].ToolCalls = []graders.ToolCall{{Name: "look", Arguments: `{"a":[1]}`, Result: "없음"}}
			}
			prepared, err := model.Target{API: a, ID: "m-1", Endpoint: "x"}.Prepare(r)
			require.NoError(t, err, a.Kind())
			require.NoError(t, CheckBody(a.Kind(), "m-1", prepared.Body, []string{"own_field"}), "%s %s", a.Kind(), prepared.Body)
			require.ErrorContains(t, CheckBody(a.Kind(), "m-1", prepared.Body, nil), `"own_field"`)
			require.ErrorContains(t, CheckBody(a.Kind(), "m-2", prepared.Body, []string{"own_field"}), `names model "m-1", not "m-2"`)
		}
	}
}

func TestCheckBodyRefusesMore(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"messages":[],"model":"dear","n":1}`:    "names model",
		`{"messages":[],"model":["m"]}`:           "names model",
		`{"messages":[]}`:                         "names model",
		`{"messages":[],"model":"m","model":"x"}`: "not canonical",
		`{"messages":[], "model":"m"}`:            "not canonical",
		`[]`:                                      "no JSON object",
		``:                                        "not canonical",
		`{"messages":[],"model":"m","n":100}`:     `"n"`,
		`{"messages":[],"model":"m","tools":[]}`:  `"tools"`,
		`{"messages":[],"model":"m","web_search_options":{}}`:                                                   `"web_search_options"`,
		`{"messages":[],"model":"m","service_tier":"priority"}`:                                                 `"service_tier"`,
		`{"messages":[],"model":"m","store":true}`:                                                              `"store"`,
		`{"messages":[{"content":[{"image_url":{"url":"http://169.254.169.254"}}],"role":"user"}],"model":"m"}`: `"messages"`,
		`{"messages":[{"content":"a","role":"assistant","tool_calls":[]}],"model":"m"}`:                         `"messages"`,
		`{"messages":[{"content":"a","role":"assistant","tool_calls":[{"type":"custom"}]}],"model":"m"}`:        `"messages"`,
		`{"messages":[],"model":"m","tools":[{"type":"web_search"}]}`:                                           `"tools"`,
		`{"messages":[],"model":"m","tools":[{"function":{"name":"a"},"server":"x","type":"function"}]}`:        `"tools"`,
	} {
		require.ErrorContains(t, CheckBody(Chat{}.Kind(), "m", []byte(body), nil), want, body)
	}
	for kind, bodies := range map[string][]string{
		Responses{}.Kind(): {
			`{"input":"a","model":"m"}`, `{"input":[{"content":"a","role":"user","type":"computer_call"}],"model":"m"}`,
			`{"input":[{"content":[{"image_url":"x","type":"input_image"}],"role":"user","type":"message"}],"model":"m"}`,
			`{"input":[],"model":"m","previous_response_id":"r"}`, `{"background":true,"input":[],"model":"m"}`,
			`{"input":[],"model":"m","store":true}`, `{"input":[],"model":"m","tools":[]}`,
			`{"input":[],"model":"m","tools":[{"type":"web_search"}]}`,
			`{"input":[],"model":"m","tools":[{"server_url":"x","type":"mcp"}]}`,
		},
		Anthropic{}.Kind(): {
			`{"messages":[],"model":"m","tools":[{"name":"web_search","type":"web_search_20250305"}]}`,
			`{"messages":[{"content":[{"text":"a","type":"document"}],"role":"user"}],"model":"m"}`,
			`{"mcp_servers":[],"messages":[],"model":"m"}`, `{"messages":[],"model":"m","system":[]}`,
			`{"messages":[{"content":[{"source":{"type":"url"},"type":"image"}],"role":"user"}],"model":"m"}`,
		},
		Gemini{}.Kind(): {
			`{"contents":[{"parts":[{"fileData":{"fileUri":"x"}}]}],"model":"m"}`, `{"contents":[],"model":"m","tools":[]}`,
			`{"contents":[],"model":"m","tools":[{"googleSearch":{}}]}`, `{"contents":[{"parts":[{}]}],"model":"m"}`,
			`{"contents":[],"generationConfig":{"responseModalities":["AUDIO"]},"model":"m"}`,
		},
	} {
		for _, body := range bodies {
			require.Error(t, CheckBody(kind, "m", []byte(body), nil), body)
		}
	}
	err := CheckBody(Chat{}.Kind(), "m", fmt.Appendf(nil, `{"messages":[],"model":"m","%s":1}`, strings.Repeat("x", 10_000)), nil)
	require.Less(t, len(err.Error()), 1000)
}
