package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Over every API, a reply that calls a tool is answered with the result of the case, recorded, and replayed.
func TestToolsOverEveryAPI(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ path, calls, says string }{
		"chat": {
			"/v1/chat/completions",
			`{"choices":[{"message":{"content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"times","arguments":"{\"day\": 24}"}}]},` +
				`"finish_reason":"tool_calls"}]}`,
			`{"choices":[{"message":{"content":"10시요"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3}}`,
		},
		"responses": {
			"/v1/responses",
			`{"status":"completed","output":[{"type":"function_call","id":"fc_1","call_id":"c1","name":"times","arguments":"{\"day\": 24}"}]}`,
			`{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"10시요"}]}],"usage":{"input_tokens":9,"output_tokens":3}}`,
		},
		"anthropic": {
			"/v1/messages",
			`{"content":[{"type":"thinking","thinking":"음","signature":"s=="},{"type":"tool_use","id":"t1","name":"times","input":{"day": 24}}],"stop_reason":"tool_use"}`,
			`{"content":[{"type":"text","text":"10시요"}],"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":3}}`,
		},
		"gemini": {
			"/v1/models/m:generateContent",
			`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"times","args":{"day": 24}},"thoughtSignature":"s=="}]},"finishReason":"STOP"}]}`,
			`{"candidates":[{"content":{"parts":[{"text":"10시요"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":3}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				switch asked.Add(1); {
				case r.URL.Path != c.path:
					http.NotFound(w, r)
				case !strings.Contains(string(body), "10:00"):
					_, _ = io.WriteString(w, c.calls)
				case strings.Contains(c.calls, "s==") != strings.Contains(string(body), "s=="):
					http.Error(w, "the signature is missing", http.StatusBadRequest)
				default:
					_, _ = io.WriteString(w, c.says)
				}
			}))
			t.Cleanup(server.Close)
			dir := t.TempDir()
			for file, text := range map[string]string{
				"promptbench.yaml":       "models: {m: {api: " + name + ", base_url: " + server.URL + "/v1, model: m}}\nmodel: m\n",
				"prompts/v4.prompt.yml":  "messages: [{role: user, content: '{{input}}'}]\ntools: [{name: times}]\ntoolChoice: auto\n",
				"cases/appointment.yaml": "graders: [tool_calls, contains]\ncases:\n  - {id: a, input: 비나요, tool_results: {times: [{arguments: {day: 24}, result: ['10:00']}]}, expect: {contains: [10시], tool_calls: [{name: times}]}}\n",
			} {
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644))
			}
			out, err := command(t, dir, "run", "prompts/v4").CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Contains(t, string(out), "1 of 1 reply recorded")
			require.Contains(t, string(out), "No case fails.")
			require.EqualValues(t, 2, asked.Load())
			out, err = command(t, dir, "run", "prompts/v4", "--offline").CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Contains(t, string(out), "1 of 1 reply replayed")
			require.Contains(t, string(out), "No case fails.")
			require.EqualValues(t, 2, asked.Load())
		})
	}
}
