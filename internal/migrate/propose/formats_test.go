package propose

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/suite"
)

// write makes a file in a directory of its own.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// inputsOf are the inputs that are proposed for an empty suite.
func inputsOf(t *testing.T, name, text string) ([]string, *Result) {
	t.Helper()
	result, err := From([]string{write(t, name, text)}, Options{Suite: &suite.Suite{}})
	require.NoError(t, err)
	var out []string
	for _, c := range result.Cases {
		out = append(out, c.Input)
	}
	return out, result
}

// Each export has the fields that its documentation lists; the constants of formats.go name it.
func TestFormats(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, format, text string }{
		"OTLP, messages as a text": {"a.json", formatOTel, `{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[
			{"traceId":"5b8aa5a2d2c872e8321cf37308d69df2","spanId":"051581bf3cb55c13","name":"chat m","startTimeUnixNano":"1764547200000000000",
			 "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},
			 {"key":"gen_ai.input.messages","value":{"stringValue":"[{\"role\":\"system\",\"parts\":[{\"type\":\"text\",\"content\":\"s\"}]},{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"치과 가기\"}]}]"}}]}]}]}]}`},
		"OTLP, messages as values, a line each": {"a.jsonl", formatOTel, `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","attributes":[{"key":"gen_ai.input.messages","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"role","value":{"stringValue":"user"}},{"key":"parts","value":{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"type","value":{"stringValue":"text"}},{"key":"content","value":{"stringValue":"치과 가기"}}]}}]}}}]}}]}}}]}]}]}]}
{"resourceSpans":[]}`},
		"events before 1.37": {"a.json", formatOTel, `[{"name":"chat","context":{"trace_id":"0x1","span_id":"0x2"},"parent_id":null,"attributes":{"gen_ai.system":"openai"},
			"events":[{"name":"gen_ai.system.message","attributes":{"content":"s"}},{"name":"gen_ai.user.message","attributes":{"content":"치과 가기"}}]}]`},
		"OpenLLMetry":     {"a.json", formatOTel, `[{"spanId":"1","traceId":"2","attributes":{"gen_ai.prompt.0.role":"system","gen_ai.prompt.0.content":"s","gen_ai.prompt.1.role":"user","gen_ai.prompt.1.content":"치과 가기"}}]`},
		"Phoenix, flat":   {"a.jsonl", formatPhoenix, `{"context.span_id":"1","context.trace_id":"2","parent_id":null,"span_kind":"LLM","attributes.openinference.span.kind":"LLM","attributes.llm.input_messages":[{"message.role":"system","message.content":"s"},{"message.role":"user","message.content":"치과 가기"}]}`},
		"Phoenix, nested": {"a.json", formatPhoenix, `{"data":[{"context":{"span_id":"1","trace_id":"2"},"attributes":{"openinference":{"span":{"kind":"CHAIN"}},"input":{"value":"치과 가기","mime_type":"text/plain"}}}],"next_cursor":null}`},
		"LangSmith": {"a.jsonl", formatLangSmith, `{"id":"1","trace_id":"1","dotted_order":"x","run_type":"chain","name":"c","start_time":"2026-11-01T01:02:03.000004","inputs":{"messages":[[{"lc":1,"type":"constructor","id":["langchain","schema","messages","SystemMessage"],"kwargs":{"content":"s","type":"system"}},{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"치과 가기","type":"human"}}]]},"outputs":{}}
{"id":"2","trace_id":"1","parent_run_id":"1","run_type":"llm","inputs":{"messages":[{"role":"user","content":"Split: 치과 가기"}]},"outputs":{}}
{"id":"3","trace_id":"1","parent_run_ids":["1"],"run_type":"tool","inputs":{"input":"lookup"},"outputs":{}}`},
		"Langfuse, blob storage":    {"a.jsonl", formatLangfuse, `{"id":"1","trace_id":"t","type":"GENERATION","start_time":"2026-05-29 13:46:19.963000","input":"[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"치과 가기\"}]}]","output":"x"}`},
		"Langfuse, table of traces": {"a.csv", formatLangfuse, "id,timestamp,name,input,output,sessionId\n1,2026-05-29T13:46:19.963Z,n,\"{\"\"question\"\":\"\"치과 가기\"\"}\",x,s\n"},
		"Langfuse, one trace":       {"a.json", formatLangfuse, `{"trace":{"id":"t","input":"치과 가기","output":"x","timestamp":"2026-05-29T13:46:19Z","sessionId":null},"observations":[{"id":"o","traceId":"t","parentObservationId":"t","type":"TOOL","input":"lookup"}],"scores":[]}`},
		"Braintrust": {"a.json", formatBraintrust, `{"events":[{"id":"1","span_id":"1","root_span_id":"1","span_parents":null,"created":"2026-11-01T00:00:00Z","span_attributes":{"name":"root","type":"task"},"input":{"question":"치과 가기"},"output":"x"},
			{"id":"2","span_id":"2","root_span_id":"1","span_parents":["1"],"span_attributes":{"type":"llm"},"input":[{"role":"user","content":"Split: 치과 가기"}]}],"cursor":null}`},
		"CSV, semicolons": {"a.csv", formatPlain, "\xEF\xBB\xBFid;질문\r\n1;치과 가기\r\n"},
		"plain lines":     {"a.ndjson", formatPlain, `{"input":"치과 가기","n":1}` + "\n\n"},
		"a list":          {"a.json", formatPlain, `[{"text":"치과 가기"}]`},
	} {
		inputs, result := inputsOf(t, c.file, c.text)
		require.Equal(t, []string{"치과 가기"}, inputs, "%s: %v", name, result.LeftOut)
		require.Contains(t, result.Files[0].Formats, c.format, name)
	}
}

// The last message of a conversation is the input, and says how many were before it.
func TestConversations(t *testing.T) {
	t.Parallel()
	inputs, result := inputsOf(t, "a.jsonl",
		`{"input":[{"role":"user","content":"안녕"},{"role":"assistant","content":"네"},{"role":"user","content":"치과 가기"}]}`)
	require.Equal(t, []string{"치과 가기"}, inputs)
	require.Equal(t, 2, result.Cases[0].From.Turns)
	require.Equal(t, "from a.jsonl:1, the last of 2 messages of the user", result.Cases[0].Note)
}
