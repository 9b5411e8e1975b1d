package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/params"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
)

func TestEmbeddings(t *testing.T) {
	t.Parallel()
	request := model.Request{
		Messages: []model.Message{{Role: "user", Content: "치과 <예약>"}}, Trial: 1,
		Params: params.Params{Extra: map[string]any{"dimensions": 2}},
	}
	for name, test := range map[string]struct {
		target            model.Target
		url, body, answer string
	}{
		"openai": {
			model.Target{BaseURL: "http://x/v1", ID: "e", API: api.EmbeddingsOf("chat")}, "http://x/v1/embeddings",
			`{"dimensions":2,"input":"치과 <예약>","model":"e"}`,
			`{"data":[{"embedding":[0.5,-1]}],"model":"e","usage":{"prompt_tokens":3,"total_tokens":3}}`,
		},
		"azure": {
			model.Target{
				BaseURL: "http://x", ID: "e", APIVersion: "2024-10-21", API: api.Azure{API: api.EmbeddingsOf("responses")},
			},
			"http://x/openai/deployments/e/embeddings?api-version=2024-10-21",
			`{"dimensions":2,"input":"치과 <예약>","model":"e"}`, `{"data":[{"embedding":[0.5,-1]}]}`,
		},
		"gemini": {
			model.Target{BaseURL: "http://x/v1beta", ID: "e", API: api.EmbeddingsOf("gemini")},
			"http://x/v1beta/models/e:embedContent",
			`{"content":{"parts":[{"text":"치과 <예약>"}]},"dimensions":2,"model":"e"}`, `{"embedding":{"values":[0.5,-1]}}`,
		},
	} {
		prepared, err := test.target.Prepare(request)
		require.NoError(t, err, name)
		require.Equal(t, test.body, string(prepared.Body))
		call, err := test.target.API.Encode(test.target, prepared)
		require.NoError(t, err)
		require.Equal(t, test.url, call.URL)
		require.Equal(t, name == "gemini", !strings.Contains(string(call.Wire()), `"model"`), "Gemini's is in the URL")
		resp, err := test.target.API.Decode(model.Answer{Status: http.StatusOK, Body: []byte(test.answer)})
		require.NoError(t, err, name)
		vector, err := api.Vector(resp.Reply)
		require.NoError(t, err)
		require.Equal(t, []float32{0.5, -1}, vector)
		if name == "openai" {
			require.Equal(t, &model.Usage{InputTokens: 3}, resp.Usage)
		}
		for _, body := range []string{
			`{}`, `{"data":[]}`, `{"data":[{"embedding":"x"}]}`, `{"embedding":{"values":[]}}`, `[`,
			`{"data":[{"embedding":[0.5,null]}],"embedding":{"values":[0.5,null]}}`, // a server's NaN
			`{"data":[{"embedding":[0,0]}],"embedding":{"values":[0,0]}}`,
		} {
			_, err := test.target.API.Decode(model.Answer{Status: http.StatusOK, Body: []byte(body)})
			require.Error(t, err, "%s: %s", name, body)
		}
	}
	require.Nil(t, api.EmbeddingsOf("anthropic"))
	for _, reply := range []string{"", "abc", "AAA=", "치과"} {
		_, err := api.Vector(reply)
		require.Error(t, err)
	}
}
