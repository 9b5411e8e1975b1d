package fakeopenai_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
)

const question = `{"model":"m","temperature":0,"messages":[{"role":"system","content":"s"},{"role":"user",` +
	`"content":"친구랑 약속 👨‍👩‍👧"}]}`

func post(t *testing.T, url, key, body string) (status int, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/chat/completions", strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(data)
}

func TestServerEchoesAndRecords(t *testing.T) {
	t.Parallel()
	s := fakeopenai.New()
	defer s.Close()

	status, body := post(t, s.URL(), "k", question)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "친구랑 약속 👨‍👩‍👧")

	requests := s.Requests()
	require.Len(t, requests, 1)
	require.True(t, bytes.Equal([]byte(question), requests[0].Body), "the raw bytes")
	require.Equal(t, "m", requests[0].Model)
	require.Equal(t, "친구랑 약속 👨‍👩‍👧", requests[0].Input())
	require.InDelta(t, 0, requests[0].Fields["temperature"], 0)
	require.Equal(t, "Bearer k", requests[0].Header.Get("Authorization"))
}

func TestHandlersAnswerInOrder(t *testing.T) {
	t.Parallel()
	say := func(r fakeopenai.Reply) fakeopenai.Handler {
		return func(fakeopenai.Request) fakeopenai.Reply { return r }
	}
	s := fakeopenai.New(say(fakeopenai.RateLimited("1")), say(fakeopenai.Text("둘")))
	defer s.Close()

	for _, want := range []int{http.StatusTooManyRequests, http.StatusOK, http.StatusOK} {
		status, _ := post(t, s.URL(), "", question)
		require.Equal(t, want, status)
	}
}

func TestServerRefuses(t *testing.T) {
	t.Parallel()
	s := fakeopenai.New().RequireKey("right").KnowModels("m")
	defer s.Close()

	status, _ := post(t, s.URL(), "wrong", question)
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = post(t, s.URL(), "right", question)
	require.Equal(t, http.StatusOK, status)
	status, body := post(t, s.URL(), "right", strings.Replace(question, `"m"`, `"other"`, 1))
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, body, "model_not_found")
	status, _ = post(t, s.URL(), "right", "no json")
	require.Equal(t, http.StatusBadRequest, status)
	status, _ = post(t, s.URL()+"/elsewhere/..", "right", question)
	require.Equal(t, http.StatusOK, status)
	require.Len(t, s.Requests(), 5, "refused requests are recorded too")
}

func TestFaultsStrikeAtTheirShare(t *testing.T) {
	t.Parallel()
	right := func(r fakeopenai.Request) fakeopenai.Reply { return fakeopenai.Text(r.Input()) }
	script := func(seed uint64) (refused, cut int) {
		h := fakeopenai.WithFaults(
			seed, right, fakeopenai.Fault{Share: 0.1, Reply: fakeopenai.RateLimited("")},
			fakeopenai.Fault{Share: 0.02, Reply: fakeopenai.Cut("반")},
		)
		for range 10_000 {
			switch r := h(fakeopenai.Request{}); {
			case r.Status == http.StatusTooManyRequests:
				refused++
			case r.Cut:
				cut++
			}
		}
		return refused, cut
	}
	refused, cut := script(1)
	require.InDelta(t, 1000, refused, 120)
	require.InDelta(t, 200, cut, 60)
	again, _ := script(1)
	require.Equal(t, refused, again)
}
