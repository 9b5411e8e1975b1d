package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 6, 34, 0, 0, time.UTC)
	tests := map[string]struct {
		header map[string]string
		want   time.Duration
	}{
		"none":             {nil, 0},
		"seconds":          {map[string]string{"Retry-After": "20"}, 20 * time.Second},
		"part of a second": {map[string]string{"Retry-After": " 0.5 "}, 500 * time.Millisecond},
		"a date":           {map[string]string{"Retry-After": "Mon, 23 Nov 2026 06:35:30 GMT"}, 90 * time.Second},
		"a date gone by":   {map[string]string{"Retry-After": "Mon, 23 Nov 2026 06:00:00 GMT"}, 0},
		"negative":         {map[string]string{"Retry-After": "-5"}, 0},
		"words":            {map[string]string{"Retry-After": "나중에"}, 0},
		"not a number":     {map[string]string{"Retry-After": "NaN"}, 0},
		"endless":          {map[string]string{"Retry-After": "Inf"}, maxRetryAfter},
		"milliseconds":     {map[string]string{"Retry-After-Ms": "1500", "Retry-After": "2"}, 1500 * time.Millisecond},
		"over the resets":  {map[string]string{"Retry-After": "2", "X-Ratelimit-Reset-Tokens": "6m0s"}, 2 * time.Second},
		"tokens used up": {
			map[string]string{
				"X-Ratelimit-Reset-Requests": "1s", "X-Ratelimit-Reset-Tokens": "6m0s", "X-Ratelimit-Remaining-Tokens": "0",
				"X-Ratelimit-Remaining-Requests": "9",
			},
			6 * time.Minute,
		},
		"requests used up": {
			map[string]string{
				"X-Ratelimit-Reset-Requests": "120ms", "X-Ratelimit-Reset-Tokens": "6m0s", "X-Ratelimit-Remaining-Requests": "0",
			},
			120 * time.Millisecond,
		},
		"it does not say": {
			map[string]string{"X-Ratelimit-Reset-Requests": "3s", "X-Ratelimit-Reset-Tokens": "2"}, 2 * time.Second,
		},
		"resets out of shape": {map[string]string{"X-Ratelimit-Reset-Requests": "soon"}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := http.Header{}
			for k, v := range test.header {
				h.Set(k, v)
			}
			require.Equal(t, test.want, retryAfter(h, now))
		})
	}
}
