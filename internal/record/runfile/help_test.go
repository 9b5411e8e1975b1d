package runfile_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
)

// noon is when every run of these tests started.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func key(digit string) string { return strings.Repeat(digit, 64) }

func header(run, promptHash string) runfile.Header {
	return runfile.Header{
		Run: run,
		Prompt: runfile.Prompt{Name: "v3", Hash: promptHash, Messages: []runfile.Message{{
			Role: "user", Content: "{{input}}",
		}}},
		Trials: 1, Started: noon,
	}
}

func answered(key, text string, at time.Time) runfile.Call {
	return runfile.Call{Key: key, Case: "치과", Trial: 1, For: runfile.ForReply, Reply: text, Attempts: 1, At: at}
}

// record writes a run file with the calls and an end line.
func record(t *testing.T, dir string, h runfile.Header, calls ...runfile.Call) string {
	t.Helper()
	w, err := runfile.Create(dir, h)
	require.NoError(t, err)
	for _, c := range calls {
		require.NoError(t, w.Call(c))
	}
	require.NoError(t, w.Close(runfile.End{Status: runfile.Complete, Calls: len(calls)}))
	return w.Path()
}

func open(t *testing.T, dir string, q runfile.Query) *runfile.Index {
	t.Helper()
	if q.Fits == nil {
		q.Fits = func(runfile.Header) bool { return true }
	}
	x, err := runfile.OpenIndex(dir, q)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, x.Close()) })
	return x
}

func schema1(tb testing.TB) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "schema1.jsonl"))
	require.NoError(tb, err)
	return data
}

func decode(data []byte, d runfile.Detail) (*runfile.Run, error) {
	return runfile.Decode(bytes.NewReader(data), d)
}

func score(grader string, value float64) graders.Score {
	return graders.Score{Grader: grader, Value: &value, Pass: value == 1, Answer: fmt.Sprint(value), Reason: "왜냐하면"}
}
