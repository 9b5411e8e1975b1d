package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// With 10% of the requests refused, 5% failed, 2% cut, 2% garbage and 1% hung,
// every case is graded and the exit code is 0.
func TestEveryCaseIsGradedInSpiteOfFaults(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits for hung attempts and for the next ones, several seconds")
	}
	const cases = 300
	server := fakeopenai.New(fakeopenai.WithFaults(7,
		func(r fakeopenai.Request) fakeopenai.Reply {
			return fakeopenai.Text(fmt.Sprintf(`{"type":"question","items":[%q]}`, r.Input()))
		},
		fakeopenai.Fault{Share: 0.10, Reply: fakeopenai.RateLimited("")},
		fakeopenai.Fault{Share: 0.05, Reply: fakeopenai.Error(500, "", "oops")},
		fakeopenai.Fault{Share: 0.02, Reply: fakeopenai.Cut(`{"type":"answer"`)},
		fakeopenai.Fault{Share: 0.02, Reply: fakeopenai.Garbage()},
		fakeopenai.Fault{Share: 0.01, Reply: fakeopenai.Hang()},
	))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	var suite strings.Builder
	suite.WriteString("suite: faults\nvars: {today: 월요일}\nreply:\n  types: [answer, question]\n  json: {type: $.type, items: \"$.items[*]\"}\ngraders: [case_type, format]\ncases:\n")
	for i := range cases {
		fmt.Fprintf(&suite, "  - {id: case-%03d, input: 할 일 %d번 👨‍👩‍👧, expect: {type: question}}\n", i, i)
	}
	file := filepath.Join(dir, "faults.yaml")
	require.NoError(t, os.WriteFile(file, []byte(suite.String()), 0o600))

	runs := filepath.Join(dir, "runs")
	r := runInto(t, runs, server.URL(), "--suite", file, "--timeout", "3s", "--concurrency", "64", "--format", "json")
	require.Equal(t, 0, r.code, r.stderr)
	require.Contains(t, r.stdout, `"cases":300`)
	run := wholeRun(t, runs)
	require.Equal(t, runfile.Complete, run.Status())
	require.Zero(t, run.End.Errors)
	require.Len(t, run.Trials, cases)
	attempts := 0
	for i, trial := range run.Trials {
		require.Nil(t, trial.Error)
		require.Len(t, trial.Scores, 2)
		for _, score := range trial.Scores {
			require.NotNil(t, score.Value, "%s", trial.Case)
			require.InDelta(t, 1, *score.Value, 0, "%s: no fault is graded", trial.Case)
		}
		c, ok := run.Case(trial.Case)
		require.True(t, ok)
		require.Equal(t, []string{c.Input}, trial.Read.Items, "each case has its own reply")
		attempts += run.Calls[i].Attempts
	}
	require.Greater(t, attempts, cases+cases/10, "the faults struck")
}
