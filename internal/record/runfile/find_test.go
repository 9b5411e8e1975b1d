package runfile_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
)

// What a wrong clock dates in the future is not the newest: no run, no call.
func TestTheFutureWinsNothing(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	for name, at := range map[string]time.Time{
		"old": now.Add(-time.Hour), "new": now.Add(-time.Minute), "tomorrow": now.Add(24 * time.Hour),
		"far": time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		h := header(name, key("a"))
		h.Started = at
		calls := []runfile.Call{answered(key("1"), name, at)}
		if name == "far" {
			calls = append(calls, answered(key("2"), name, at))
		}
		record(t, dir, h, calls...)
	}
	found, err := runfile.Find(dir, func(runfile.Header) bool { return true })
	require.NoError(t, err)
	var order []string
	for _, f := range found {
		order = append(order, f.Header.Run)
	}
	require.Equal(t, []string{"new", "old", "far", "tomorrow"}, order)

	reply := func(q runfile.Query, of string) string {
		c, _, err := open(t, dir, q).Lookup(key(of), "")
		require.NoError(t, err)
		return c.Reply
	}
	require.Equal(t, "new", reply(runfile.Query{}, "1"))
	require.Equal(t, "far", reply(runfile.Query{}, "2"), "better than none")
	aged := runfile.Query{Oldest: func(runfile.Header) time.Time { return now.Add(-2 * time.Hour) }}
	require.Equal(t, "new", reply(aged, "1"))
	require.Empty(t, reply(aged, "2"), "nobody knows how old it is")
}
