package engine

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/testing/fakeopenai"
)

func TestErrorKinds(t *testing.T) {
	t.Parallel()
	fake := fakeopenai.Error
	tests := map[string]struct {
		reply     fakeopenai.Reply
		kind      model.Kind
		retryable bool
		fatal     bool
		says      string // part of the message, BASE standing for the URL
	}{
		"wrong key": {
			fake(401, "invalid_api_key", "Incorrect API key"), model.KindAuth, false, true,
			"BASE refused the key in TEAM_KEY (401): Incorrect API key; check the key",
		},
		"forbidden": {fakeopenai.Raw(403, "no"), model.KindAuth, false, true, "(403): no;"},
		"unknown model": {
			fakeopenai.UnknownModel("gemma-3-270m"), model.KindNotFound, false, true,
			`BASE does not know model "gemma-3-270m" (404): The model`,
		},
		"unknown, as 403": {
			fake(403, "model_not_found", "Project has no access"), model.KindNotFound, false, true, "does not know model",
		},
		"unknown, Ollama": {
			fakeopenai.Raw(404, `{"error":"model 'x' not found"}`), model.KindNotFound, false, true, "does not know model",
		},
		"unknown, Azure": {
			fake(404, "DeploymentNotFound", "The API deployment does not exist"), model.KindNotFound, false, true,
			"does not know model",
		},
		"wrong path": {
			fakeopenai.Raw(404, "404 page not found\n"), model.KindNotFound, false, true,
			"has no chat completions, or does not know",
		},
		"wrong path, as API": {
			fakeopenai.Raw(404, `{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}`),
			model.KindNotFound, false, true, "check the base URL",
		},
		"bad request": {
			fake(400, "", "bad stop"), model.KindBadRequest, false, false, "BASE does not accept the request (400): bad stop",
		},
		"bad parameter": {
			fake(400, "unsupported_value", "temperature"), model.KindBadRequest, false, true, "temperature",
		},
		"unprocessable": {
			fakeopenai.Raw(422, `{"detail":[{"msg":"field required"}]}`), model.KindBadRequest, false, false, "field required",
		},
		"context": {
			fakeopenai.ContextLength(), model.KindContextLength, false, false,
			`the prompt is over the context of model "gemma-3-270m" (400)`,
		},
		"context, llama.cpp": {
			fakeopenai.ContextSize(), model.KindContextLength, false, false, "exceeds the available context size",
		},
		"context, by words": {
			fakeopenai.Raw(
				500,
				`{"error":{"code":500,"message":"the request exceeds the available context size. try increasing the context `+
					`size"}}`,
			),
			model.KindContextLength, false, false, "over the context",
		},
		"context, vLLM": {
			fakeopenai.Raw(
				400,
				`{"object":"error","message":"This model's maximum context length is 8192 tokens.","type":"BadRequestError",`+
					`"code":400}`,
			),
			model.KindContextLength, false, false, "8192",
		},
		"content filter": {
			fake(400, "content_filter", "filtered"), model.KindContentFilter, false, false, "content filter of BASE",
		},
		"filter inside": {
			fakeopenai.Raw(400, `{"error":{"message":"no","code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}`),
			model.KindContentFilter, false, false, "content filter",
		},
		"rate": {
			fakeopenai.RateLimited(""), model.KindRateLimited, true, false, "BASE limits the rate of calls (429)",
		},
		"quota":   {fakeopenai.Quota(), model.KindQuota, false, true, "the quota at BASE is used up (429)"},
		"payment": {fakeopenai.Raw(402, "{}"), model.KindQuota, false, true, "(402)"},
		"server":  {fake(500, "", "oops"), model.KindServer, true, false, "BASE failed (500): oops"},
		"page of a proxy": {
			fakeopenai.HTML(502, "Bad Gateway"), model.KindServer, true, false, "BASE failed (502): Bad Gateway",
		},
		"loading": {
			fakeopenai.Raw(503, `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`), model.KindServer,
			true, false, "Loading model",
		},
		"request timeout": {fakeopenai.Raw(408, ""), model.KindServer, true, false, "BASE failed (408)"},
		"conflict":        {fakeopenai.Raw(409, ""), model.KindServer, true, false, "(409)"},
		"array, as Gemini": {
			fakeopenai.Raw(400, `[{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}]`), model.KindBadRequest,
			false, false, "(400): bad",
		},
		"error inside a 200": {
			fakeopenai.ErrorIn200("model crashed"), model.KindServer, true, false, "BASE failed (200): model crashed",
		},
		"429 inside a 200": {
			fakeopenai.Raw(200, `{"error":{"code":429,"message":"slow down"}}`), model.KindRateLimited, true, false,
			"(429): slow down",
		},
		"error as the finish": {
			fakeopenai.Reply{FinishReason: "error"}, model.KindServer, true, false, "behind the endpoint failed",
		},
		"garbage": {
			fakeopenai.Garbage(), model.KindMalformed, true, false, "BASE sent an answer that can't be read",
		},
		"page as a success": {fakeopenai.HTML(200, "Sign in"), model.KindMalformed, true, false, "can't be read"},
		"empty":             {fakeopenai.Raw(200, " "), model.KindMalformed, true, false, "cut off"},
		"no choices":        {fakeopenai.Raw(200, `{"choices":[]}`), model.KindMalformed, true, false, "it has no choices"},
		"null":              {fakeopenai.Raw(200, `null`), model.KindMalformed, true, false, "it has no choices"},
		"cut":               {fakeopenai.Cut("안녕하세요"), model.KindMalformed, true, false, "it was cut off"},
		"cut error": {
			fakeopenai.Reply{Status: 500, Body: `{"error":{"message":"long story"}}`, Cut: true}, model.KindServer, true, false,
			"BASE failed (500)",
		},
		"dropped": {
			fakeopenai.Drop(), model.KindUnreachable, true, false,
			"cannot reach BASE: the connection was closed before an answer",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, always(test.reply))
			e := failure(t, client(t, model.Target{BaseURL: s.URL(), APIKey: testKey, KeyEnv: "TEAM_KEY"}))
			require.Equal(t, test.kind, e.Kind, "%v", e)
			require.Equal(t, test.retryable, e.Retryable())
			require.Equal(t, test.fatal, e.Fatal())
			require.Contains(t, e.Error(), strings.ReplaceAll(test.says, "BASE", s.URL()))
			require.Equal(t, 1, e.Attempts)
		})
	}
}

func TestServerDown(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	base := "http://" + listener.Addr().String() + "/v1"
	require.NoError(t, listener.Close())

	e := failure(t, client(t, model.Target{BaseURL: base}))
	require.Equal(t, model.KindUnreachable, e.Kind)
	require.True(t, e.Retryable(), "it may be starting")
	require.True(t, e.Fatal(), "and if not, no other call reaches it either")
	require.Equal(t, "cannot reach "+base+": connection refused; is the server running?", e.Error())
}

func TestTLSFaults(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = nil
	secure.StartTLS()
	t.Cleanup(secure.Close)
	e := failure(t, client(t, model.Target{BaseURL: secure.URL}))
	require.Contains(t, e.Error(), "its certificate can't be trusted")
	require.False(t, e.Retryable())
	require.True(t, e.Fatal())

	s := serve(t)
	e = failure(t, client(t, model.Target{BaseURL: strings.Replace(s.URL(), "http:", "https:", 1)}))
	require.Contains(t, e.Error(), "write http:// instead of https://")
	require.True(t, e.Fatal())
}

func TestKeyMissing(t *testing.T) {
	t.Parallel()
	s := serve(t).RequireKey("right")
	e := failure(t, client(t, model.Target{BaseURL: s.URL()}))
	require.Equal(
		t,
		s.URL()+" wants a key (401): Incorrect API key provided; name its variable as api_key_env in the config, or set "+
			"OPENAI_API_KEY for a --base-url",
		e.Error(),
	)
}

func TestErrorsHoldNoSecret(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("긴 글 ", 200)
	for name, reply := range map[string]fakeopenai.Reply{
		"message":         fakeopenai.Error(401, "x", "bad key: "+testKey),
		"code":            fakeopenai.Error(400, testKey, "no"),
		"text":            fakeopenai.Raw(500, testKey+"\x1b[31m\n"+long),
		"at the cut":      fakeopenai.Raw(500, strings.Repeat("가", 290)+testKey),
		"inside a 200":    fakeopenai.ErrorIn200(testKey),
		"garbage":         fakeopenai.Raw(200, testKey),
		"header's secret": fakeopenai.Error(403, "", "token geheim-123456 is wrong"),
		"type":            fakeopenai.Raw(200, `{"choices":"`+testKey+`"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, always(reply))
			e := failure(t, client(t, model.Target{
				BaseURL: s.URL(), APIKey: testKey, KeyEnv: "TEAM_KEY", Headers: map[string]string{"X-Auth": "Token geheim-123456"},
			}))
			for _, text := range []string{e.Error(), e.Message, e.Code} {
				require.NotContains(t, text, testKey[:8])
				require.NotContains(t, text, "geheim")
				require.NotContains(t, text, "\x1b")
				require.NotContains(t, text, "\n")
			}
			require.LessOrEqual(t, len([]rune(e.Message)), model.MaxMessage+1)
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(400, `{"error":{"message":"bad key: KEY","code":"KEY"}}`)
	f.Add(200, `{"model":"KEY","choices":[{"finish_reason":"KEY","message":{"content":"키 KEY","reasoning":"KEY"}}]}`)
	f.Add(200, `{"choices":"KEY"}`)
	f.Add(307, "KEY")
	f.Fuzz(func(t *testing.T, status int, body string) {
		c := client(t, model.Target{APIKey: testKey})
		resp, err := c.Decode(model.Answer{Status: status, Body: []byte(strings.ReplaceAll(body, "KEY", testKey))})
		if err != nil {
			require.NotContains(t, err.Error(), testKey)
			require.NotContains(t, err.Error(), "\n")
		}
		for _, text := range []string{resp.Reply, resp.Thinking, resp.FinishReason, resp.ResponseModel} {
			require.NotContains(t, text, testKey)
		}
	})
}
