package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

func FuzzErrorIn(f *testing.F) {
	for _, seed := range []string{
		`{"error":{"message":"m","code":"context_length_exceeded","type":"t"}}`, `[{"error":{"code":429}}]`,
		`{"error":"text"}`,
		`{"detail":[{"msg":"x"}]}`, `{"message":["a","b"],"code":1e300}`, `<!DOCTYPE html><title>점검 중</title>`,
		`<HTML><title>`, "\xff", "", "null", "[]", `{"error":{"code":{}}}`,
	} {
		f.Add(400, "3", seed)
		f.Add(200, "-1", seed)
	}
	kinds := map[model.Kind]bool{
		model.KindAuth: true, model.KindNotFound: true, model.KindBadRequest: true, model.KindContextLength: true,
		model.KindContentFilter: true,
		model.KindRateLimited:   true, model.KindQuota: true, model.KindServer: true,
	}
	f.Fuzz(func(t *testing.T, status int, after, body string) {
		e := errorIn(model.Answer{
			Status: status, Header: http.Header{"Retry-After": {after}}, Body: []byte(body), At: time.Unix(0, 0),
		})
		require.True(t, kinds[e.Kind], "%q", e.Kind)
		require.GreaterOrEqual(t, e.RetryAfter, time.Duration(0))
		require.LessOrEqual(t, e.RetryAfter, maxRetryAfter)
		e.Message = model.Clean(e.Message, model.MaxMessage)
		require.NotContains(t, e.Error(), "\n")
	})
}
