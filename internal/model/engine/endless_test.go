package engine

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
)

// Of an answer that never ends little is read, and of several answers that are large only a
// few are held at a time, whatever their status and form.
func TestAnswersWithoutAnEnd(t *testing.T) {
	t.Parallel()
	const slack = 64 << 10 // in the buffers of both sides
	chunk := bytes.Repeat([]byte("a"), 4<<10)
	status := func(code int) func(http.ResponseWriter) io.Writer {
		return func(w http.ResponseWriter) io.Writer { w.WriteHeader(code); return w }
	}
	for name, tt := range map[string]struct {
		begin func(http.ResponseWriter) io.Writer
		most  int64 // bytes of one answer
	}{
		"500": {status(http.StatusInternalServerError), maxErrorBody + slack},
		"429": {status(http.StatusTooManyRequests), maxErrorBody + slack},
		"302": {status(http.StatusFound), maxErrorBody + slack},
		"200": {func(w http.ResponseWriter) io.Writer { return w }, maxBody + slack},
		"text": {func(w http.ResponseWriter) io.Writer {
			_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"`)
			return w
		}, maxBody + slack},
		"gzip": {func(w http.ResponseWriter) io.Writer {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			return z
		}, 1 << 30}, // what is written is far more than what is sent
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var large, mostLarge, most atomic.Int64
				c := overPipes(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					to, written := tt.begin(w), int64(0)
					defer func() {
						most.Store(max(most.Load(), written))
						if written > smallBody+slack {
							large.Add(-1)
						}
					}()
					for {
						n, err := to.Write(chunk)
						if err != nil {
							return
						}
						if before := written; before <= smallBody+slack && before+int64(n) > smallBody+slack {
							mostLarge.Store(max(mostLarge.Load(), large.Add(1)))
						}
						written += int64(n)
					}
				}), model.Target{BaseURL: "http://bubble.test/v1", Concurrency: 16})
				var calls sync.WaitGroup
				for range 16 {
					calls.Go(func() {
						_, err := c.Complete(t.Context(), ask())
						require.Error(t, err)
						require.Less(t, len(err.Error()), 2000)
					})
				}
				calls.Wait()
				synctest.Wait()
				require.Positive(t, most.Load())
				require.LessOrEqual(t, most.Load(), tt.most)
				if name != "gzip" {
					require.LessOrEqual(t, mostLarge.Load(), int64(2*largeBodies), "some may not know yet that they are over")
				}
			})
		})
	}
}

// A header without an end is no answer.
func TestHeaderWithoutAnEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := overPipes(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("a", 2*maxHeader))
		}), model.Target{BaseURL: "http://bubble.test/v1", Concurrency: 1})
		require.Equal(t, model.KindUnreachable, failure(t, c).Kind)
	})
}
