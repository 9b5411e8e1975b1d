package queue_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/queue"
)

// A server that is away when a large reply is to be stored gets it later: the call was paid for and is not made again.
func TestLargeReplyOutlivesTheServer(t *testing.T) {
	t.Parallel()
	s, again := startTwice(t)
	var calls atomic.Int32
	restart := sync.OnceFunc(func() { go again() })
	c, err := queue.Connect(queue.Options{URL: s.URL(), Note: func(text string) {
		if strings.Contains(text, " is lost ") {
			restart()
		}
	}})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	work(t, c, func(context.Context, model.Request) (model.Response, error) {
		if calls.Add(1) == 1 {
			s.Stop()
		}
		return model.Response{Reply: strings.Repeat("길다 ", 300_000), FinishReason: "stop", At: time.Now().UTC()}, nil
	}, nil)
	patient := spec()
	patient.Lease = 3 * time.Second // the item must not go to another meanwhile
	l := open(t, connect(t, s), patient)
	r := request("가")
	resp, err := l.Complete(t.Context(), r)
	require.NoError(t, err)
	require.Len(t, resp.Reply, 7*300_000)
	l.Stored(t.Context(), r.Key)
	require.EqualValues(t, 1, calls.Load())
	require.NoError(t, l.Close(t.Context(), true))
}
