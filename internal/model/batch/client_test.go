package batch

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/model/engine"
)

// batchServer answers files and batches by handler.
func batchServer(t *testing.T, change func(*model.Target), handler http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	target := model.Target{
		API: api.Chat{}, Name: "m", ID: "m", BaseURL: server.URL + "/v1", APIKey: "sk-geheim-geheim", KeyEnv: "KEY",
		Headers: map[string]string{"X-Team": "todo"},
	}
	if change != nil {
		change(&target)
	}
	c, err := newClient(target, engine.Policy{Sleep: func(context.Context, time.Duration) error { return nil }})
	require.NoError(t, err)
	return c
}

func TestBatchLineIsWhatTheAPITakes(t *testing.T) {
	t.Parallel()
	r, err := model.Target{API: api.Chat{}, ID: "m"}.Prepare(model.Request{
		Messages: []model.Message{{Role: "user", Content: "<b>가&나</b>"}},
	})
	require.NoError(t, err)
	line := string(requestLine("k1", r.Body))
	require.JSONEq(
		t,
		`{"custom_id":"k1","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"content":"<b>가&나</b>",`+
			`"role":"user"}],"model":"m"}}`,
		line,
	)
	require.Contains(t, line, `"body":`+string(r.Body)+"}\n", "to the byte, as the key names it")
}

func TestBatchResults(t *testing.T) {
	t.Parallel()
	c := batchServer(t, nil, nil)
	const body = `{"id":"c","created":1711471533,"model":"m-1","choices":[{"index":0,"finish_reason":"stop",` +
		`"message":{"role":"assistant","content":"예"}}],"usage":{"prompt_tokens":7,"completion_tokens":1}}`
	for name, want := range map[string]struct {
		line           string
		kind           model.Kind
		again, skipped bool
	}{
		"reply": {
			line: `{"id":"r","custom_id":"k","response":{"status_code":200,"request_id":"q","body":` + body + `},"error":null}`,
		},
		"refused": {
			line: `{"custom_id":"k","response":{"status_code":429,"body":{"error":{"message":"slow down"}}}}`,
			kind: model.KindRateLimited, again: true,
		},
		"bad request": {
			line: `{"custom_id":"k","response":{"status_code":400,"body":{"error":{"message":"no"}}}}`,
			kind: model.KindBadRequest,
		},
		"content": {
			line: `{"custom_id":"k","response":{"status_code":400,"body":{"error":{"code":"content_filter","message":"no"}}}}`,
			kind: model.KindContentFilter,
		},
		"server": {
			line: `{"custom_id":"k","response":{"status_code":500,"body":{}}}`, kind: model.KindServer, again: true,
		},
		"error in 200": {
			line: `{"custom_id":"k","response":{"status_code":200,"body":{"error":{"message":"overloaded"}}}}`,
			kind: model.KindServer, again: true,
		},
		"empty": {
			line: `{"custom_id":"k","response":{"status_code":200,"body":{"choices":[]}}}`, kind: model.KindMalformed,
			again: true,
		},
		"no list": {
			line: `{"custom_id":"k","response":{"status_code":200,"body":"choices"}}`, kind: model.KindMalformed, again: true,
		},
		"expired": {
			line: `{"custom_id":"k","response":null,"error":{"code":"batch_expired","message":"too late"}}`,
			kind: model.KindBatch, skipped: true,
		},
		"cancelled": {
			line: `{"custom_id":"k","response":null,"error":{"code":"batch_cancelled","message":"stopped"}}`,
			kind: model.KindBatch, skipped: true,
		},
		"other failure": {
			line: `{"custom_id":"k","response":null,"error":{"code":"internal","message":"odd"}}`, kind: model.KindServer,
			again: true,
		},
		"status 0": {
			line: `{"custom_id":"k","response":{"status_code":0,"body":null},"error":null}`, kind: model.KindMalformed,
			again: true,
		},
		"neither": {line: `{"custom_id":"k"}`, kind: model.KindMalformed, again: true},
	} {
		r, err := c.parse([]byte(want.line))
		require.NoError(t, err, name)
		require.Equal(t, "k", r.key, name)
		if resp := r.response; want.kind == "" {
			require.Nil(t, r.failure, name)
			require.Equal(t, "예", resp.Reply)
			require.Equal(t, "m-1", resp.ResponseModel)
			require.Equal(t, model.Usage{InputTokens: 7, OutputTokens: 1}, *resp.Usage)
			require.Equal(t, time.Unix(1711471533, 0).UTC(), resp.At)
			require.Zero(t, resp.Latency)
			continue
		}
		require.NotNil(t, r.failure, name)
		require.Equal(t, want.kind, r.failure.Kind, name)
		require.Equal(t, want.skipped, r.isSkipped, name)
		if !want.skipped {
			require.Equal(t, want.again, r.failure.Retryable(), name)
		}
	}
	for _, line := range []string{"", "{", "[]", `{"response":null}`, `"k"`} {
		_, err := c.parse([]byte(line))
		require.Error(t, err, line)
	}
}

func TestControlCallsAreTriedAgain(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	c := batchServer(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer sk-geheim-geheim" || r.Header.Get("X-Team") != "todo" {
			t.Errorf("headers %v", r.Header)
		}
		switch calls.Add(1) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			panic(http.ErrAbortHandler)
		default:
			_, _ = w.Write(
				[]byte(
					`{"id":"batch_1","status":"in_progress","request_counts":{"total":5,"completed":2,"failed":1},` +
						`"metadata":{"a":"b"}}`,
				),
			)
		}
	})
	b, err := c.Get(t.Context(), "batch_1")
	require.NoError(t, err)
	require.EqualValues(t, 3, calls.Load())
	require.Equal(t, Batch{ID: "batch_1", Status: "in_progress", Total: 5, Completed: 2, Failed: 1}, b)
	require.False(t, b.Over())
}

// Making a batch is not tried again by itself: it may have been made.
func TestCreateIsOneAttempt(t *testing.T) {
	t.Parallel()
	for status, unclear := range map[int]bool{
		http.StatusInternalServerError: true, http.StatusBadGateway: true, http.StatusServiceUnavailable: false,
		http.StatusTooManyRequests: false, http.StatusBadRequest: false,
	} {
		var calls atomic.Int32
		c := batchServer(t, nil, func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			w.WriteHeader(status)
		})
		_, err := c.Create(t.Context(), "file-1", nil)
		failure, ok := err.(*model.Error) //nolint:errorlint // it wraps nothing
		require.True(t, ok)
		require.Equal(t, unclear, failure.Unclear(), "%d", status)
		require.EqualValues(t, 1, calls.Load())
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	c := batchServer(t, nil, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/x", http.StatusFound)
	})
	path := filepath.Join(t.TempDir(), "out")
	err := c.Download(t.Context(), "file-1", path)
	require.ErrorContains(t, err, "redirects to https://elsewhere.example/x")
	_, err = c.Get(t.Context(), "batch_1")
	require.ErrorContains(t, err, "redirects to")
}

// A download that breaks off is made again from the start.
func TestDownloadIsWhole(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	c := batchServer(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		if calls.Add(1) == 1 {
			_, _ = w.Write([]byte("01234"))
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write([]byte("0123456789"))
	})
	path := filepath.Join(t.TempDir(), "out")
	require.NoError(t, c.Download(t.Context(), "file-1", path))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "0123456789", string(data))
	err = c.Download(t.Context(), "file-1", filepath.Join(t.TempDir(), "no", "such", "directory"))
	require.ErrorIs(t, err, os.ErrNotExist, "what is this machine's fault is not tried again")
	require.EqualValues(t, 3, calls.Load())
}

func TestErrorsOfBatchesHoldNoKey(t *testing.T) {
	t.Parallel()
	c := batchServer(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write(
			[]byte(`{"error":{"message":"Incorrect API key provided: sk-geheim-geheim","code":"invalid_api_key"}}`),
		)
	})
	_, err := c.Upload(t.Context(), os.DevNull)
	require.ErrorContains(t, err, "refused the key in KEY (401)")
	require.NotContains(t, err.Error(), "geheim")
}

// Azure has files and batches beside the deployments, with its own header.
func TestBatchesOnAzure(t *testing.T) {
	t.Parallel()
	azure := func(t *model.Target) {
		t.APIVersion = "2024-10-21"
		t.BaseURL = t.BaseURL[:len(t.BaseURL)-len("/v1")]
	}
	c := batchServer(t, azure, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.String() != "/openai/batches/batch_1?api-version=2024-10-21" ||
			r.Header.Get("Api-Key") != "sk-geheim-geheim" {
			t.Errorf("%s with %v", r.URL, r.Header)
		}
		_, _ = w.Write([]byte(`{"id":"batch_1","status":"completed","output_file_id":"file-2"}`))
	})
	b, err := c.Get(t.Context(), "batch_1")
	require.NoError(t, err)
	require.True(t, b.Over())
	require.Equal(t, "file-2", b.OutputFile)
}

func FuzzBatchResult(f *testing.F) {
	f.Add([]byte(`{"custom_id":"k","response":{"status_code":200,"body":{"choices":[{"message":{"content":"예"}}]}}}`))
	f.Add([]byte(`{"custom_id":"k","response":null,"error":{"code":"batch_expired","message":"x"}}`))
	f.Add([]byte(`{"custom_id":"k","response":{"status_code":200,"body":{"choices":"x"}}}`))
	c, err := NewClient(model.Target{API: api.Chat{}, Name: "m", ID: "m", BaseURL: "http://127.0.0.1:1/v1"})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := c.parse(line)
		if err != nil {
			return
		}
		require.NotEmpty(t, r.key)
		if r.isSkipped {
			require.NotNil(t, r.failure)
		}
	})
}
