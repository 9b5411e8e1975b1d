package engine

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/params"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/testing/fakeopenai"
)

func TestCompleteSendsTheWireBody(t *testing.T) {
	t.Parallel()
	s := serve(t, always(fakeopenai.Reply{
		Text: "1. 병원 예약 확인", Thinking: "생각 중", Model: "gemma-3-270m-q4", InputTokens: 12, OutputTokens: 7,
	}))
	c := client(t, model.Target{
		BaseURL: s.URL() + "/", APIKey: testKey, ID: "gpt-5-mini",
		Headers: map[string]string{"X-Team": "planner", "Host": "models.example"},
	})
	r := ask()
	r.Params = params.Params{Temperature: new(0.0), MaxTokens: new(300), Extra: map[string]any{"top_k": 40}}
	resp, err := c.Complete(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, "1. 병원 예약 확인", resp.Reply)
	require.Equal(t, "생각 중", resp.Thinking)
	require.Equal(t, "stop", resp.FinishReason)
	require.Equal(t, "gemma-3-270m-q4", resp.ResponseModel)
	require.Equal(t, &model.Usage{InputTokens: 12, OutputTokens: 7}, resp.Usage)
	require.Equal(t, 1, resp.Attempts)
	require.Positive(t, resp.Latency)
	require.WithinDuration(t, time.Now(), resp.At, time.Minute)
	require.Equal(t, time.UTC, resp.At.Location())

	got := s.Requests()[0]
	want, err := model.Target{API: api.Chat{}, ID: "gpt-5-mini"}.Prepare(r)
	require.NoError(t, err)
	body, hasStream := strings.CutSuffix(string(got.Body), `,"stream":false}`)
	require.True(t, hasStream, "%s", got.Body)
	require.Equal(t, string(want.Body), body+"}", "else the very bytes that the key is made of")
	require.Contains(t, string(got.Body), `"temperature":0`)
	require.Contains(t, string(got.Body), `"max_tokens":300`)
	require.Contains(t, string(got.Body), `<b> & </b>`)
	require.NotContains(t, string(got.Body), "trial")
	require.Equal(t, "/v1/chat/completions", got.Path)
	require.Equal(t, "Bearer "+testKey, got.Header.Get("Authorization"))
	require.Equal(t, "planner", got.Header.Get("X-Team"))
	require.Equal(t, "application/json", got.Header.Get("Content-Type"))
}

func TestCompleteReadsReplies(t *testing.T) {
	t.Parallel()
	usage := &model.Usage{InputTokens: 3, OutputTokens: 2}
	tests := map[string]struct {
		reply fakeopenai.Reply
		want  model.Response
	}{
		"reasoning under its other name": {
			fakeopenai.Reply{Text: "답", Thinking: "음", ThinkingField: "reasoning"},
			model.Response{Reply: "답", Thinking: "음", FinishReason: "stop", Usage: usage},
		},
		"cut by length is a reply": {
			fakeopenai.Reply{Text: `{"subtodos":`, FinishReason: "length"},
			model.Response{Reply: `{"subtodos":`, FinishReason: "length", Usage: usage},
		},
		"so is a filtered one": {
			fakeopenai.Reply{FinishReason: "content_filter"},
			model.Response{FinishReason: "content_filter", Usage: usage},
		},
		"a refusal in its own field": {
			fakeopenai.Reply{Refusal: "도와드릴 수 없어요."},
			model.Response{Reply: "도와드릴 수 없어요.", FinishReason: model.FinishRefusal, Usage: usage},
		},
		"a refusal beside content": {
			fakeopenai.Raw(200, `{"model":"m","choices":[{"message":{"content":"답","refusal":"안 돼요"},"finish_reason":"stop"}]}`),
			model.Response{Reply: "답", FinishReason: model.FinishRefusal},
		},
		"a refusal that was cut": {
			fakeopenai.Reply{Refusal: "도와드릴", FinishReason: "length"},
			model.Response{Reply: "도와드릴", FinishReason: "length", Usage: usage},
		},
		"content in parts": {
			fakeopenai.Reply{
				MessageContent: []any{map[string]any{"type": "text", "text": "하나 "}, map[string]any{"type": "text", "text": "둘"}},
			},
			model.Response{Reply: "하나 둘", FinishReason: "stop", Usage: usage},
		},
		"no usage is unknown, not zero": {
			fakeopenai.Reply{Text: "답", WithoutUsage: true},
			model.Response{Reply: "답", FinishReason: "stop"},
		},
		"null where there is nothing": {
			fakeopenai.Raw(
				200, `{"error":null,"model":"m","choices":[{"message":{"content":"답"},"finish_reason":null}],"usage":null}`,
			),
			model.Response{Reply: "답"},
		},
		"a key that is echoed": {
			fakeopenai.Reply{Text: "당신의 키는 " + testKey, Thinking: testKey, Model: testKey},
			model.Response{
				Reply: "당신의 키는 [redacted]", Thinking: model.Redacted, FinishReason: "stop", ResponseModel: model.Redacted,
				Usage: usage,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.reply.InputTokens, test.reply.OutputTokens = 3, 2
			s := serve(t, always(test.reply))
			got, err := client(t, model.Target{BaseURL: s.URL(), ID: "m", APIKey: testKey}).Complete(t.Context(), ask())
			require.NoError(t, err)
			if test.want.ResponseModel == "" {
				test.want.ResponseModel = "m"
			}
			test.want.Latency, test.want.At, test.want.Attempts = got.Latency, got.At, 1
			require.Equal(t, test.want, got)
		})
	}
}

// go-openai refuses these pairs itself; an endpoint may take them.
func TestModelNamesAreNotJudged(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, id := range []string{"o1-mini", "o3", "o4-mini", "gpt-5.2", "gpt-6-astra", "text-davinci-003", "모델/v1:latest"} {
		r := ask()
		r.Params = params.Params{MaxTokens: new(10), Temperature: new(0.3), TopP: new(0.5), ReasoningEffort: "odd"}
		_, err := client(t, model.Target{BaseURL: s.URL(), ID: id}).Complete(t.Context(), r)
		require.NoError(t, err, id)
	}
}

func TestAzure(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := client(t, model.Target{
		API: api.Azure{API: api.Chat{}}, BaseURL: s.URL(), ID: "gpt-3.5:team", APIKey: testKey, APIVersion: "2024-10-21",
	})
	_, err := c.Complete(t.Context(), ask())
	require.NoError(t, err)
	got := s.Requests()[0]
	require.Equal(t, "/v1/openai/deployments/gpt-3.5:team/chat/completions", got.Path)
	require.Equal(t, "2024-10-21", got.Query.Get("api-version"))
	require.Equal(t, testKey, got.Header.Get("Api-Key"))
	require.Empty(t, got.Header.Get("Authorization"))
}

func TestNewClientRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		target model.Target
		want   string
	}{
		"no scheme": {model.Target{BaseURL: "localhost:8080/v1", ID: "m"}, "must start with http:// or https://"},
		"no URL":    {model.Target{BaseURL: "http://user:geheim@%zz/v1", ID: "m"}, "is not a URL"},
		"password":  {model.Target{BaseURL: "https://user:geheim@host/v1", ID: "m"}, "holds a user name or password"},
		"query":     {model.Target{BaseURL: "https://host/v1?key=geheim", ID: "m"}, "must not hold a query"},
		"no id":     {model.Target{BaseURL: "https://host/v1"}, "no model id"},
		"broken key": {
			model.Target{ID: "m", APIKey: "geheim\nX: y", KeyEnv: "TEAM_KEY"}, "the key in TEAM_KEY holds a line break",
		},
		"broken header": {
			model.Target{ID: "m", Headers: map[string]string{"X-A": "geheim\r\nX: y"}}, "header X-A holds a line break",
		},
		"header's name": {
			model.Target{ID: "m", Headers: map[string]string{"X A:": "geheim"}}, `"X A:" is not a header name`,
		},
		"Hangul in name": {model.Target{ID: "m", Headers: map[string]string{"X-키": "geheim"}}, "is not a header name"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.target.Name, test.target.API = "fast", api.Chat{}
			_, err := NewClient(test.target)
			require.ErrorContains(t, err, "model fast: ")
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "geheim")
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := serve(t)
	s := serve(t, always(fakeopenai.Reply{
		Status: http.StatusTemporaryRedirect, Header: http.Header{
			"Location": {elsewhere.URL() + "/chat/completions?key=" + testKey},
		},
	}))
	e := failure(
		t, client(t, model.Target{BaseURL: s.URL(), APIKey: testKey, Headers: map[string]string{"X-Token": testKey}}),
	)
	require.Equal(t, model.KindNotFound, e.Kind)
	require.Equal(t, http.StatusTemporaryRedirect, e.Status)
	require.True(t, e.Fatal())
	require.Contains(t, e.Error(), "redirects to "+elsewhere.URL()+"/chat/completions")
	require.NotContains(t, e.Error(), testKey)
	require.Empty(t, elsewhere.Requests(), "no header reaches the other host")
}

func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	transport, ok := newHTTPClient(37, noProxy).Transport.(*http.Transport)
	require.True(t, ok)
	require.Equal(t, 37, transport.MaxIdleConnsPerHost)
	require.Equal(t, 37, transport.MaxIdleConns)
}

func TestTimeoutOfOneAttempt(t *testing.T) {
	t.Parallel()
	s := serve(t, always(fakeopenai.Hang()))
	e := failure(t, client(t, model.Target{BaseURL: s.URL(), Timeout: 30 * time.Millisecond}))
	require.Equal(t, model.KindTimeout, e.Kind)
	require.True(t, e.Retryable())
	require.False(t, e.Fatal())
	require.Equal(t, s.URL()+" gave no reply within 30ms; raise --timeout or lower --concurrency", e.Error())
}

func TestCancellation(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	s := serve(t, func(fakeopenai.Request) fakeopenai.Reply {
		close(arrived)
		return fakeopenai.Hang()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := retried(limited(newLimiter(1), client(t, model.Target{BaseURL: s.URL()})), Policy{}).Complete(ctx, ask())
	require.ErrorIs(t, err, context.Canceled)
	var e *model.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, model.KindCancelled, e.Kind)
	require.Equal(t, 1, e.Attempts)
	require.False(t, e.Retryable())
	require.Len(t, s.Requests(), 1)
}

func TestAnswerTooLarge(t *testing.T) {
	t.Parallel()
	s := serve(t, always(fakeopenai.Raw(200, `"`+strings.Repeat("a", maxBody)+`"`)))
	e := failure(t, client(t, model.Target{BaseURL: s.URL()}))
	require.Equal(t, model.KindMalformed, e.Kind)
	require.Contains(t, e.Error(), "larger than 8 MiB")
}
