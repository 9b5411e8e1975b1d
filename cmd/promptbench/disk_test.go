package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// A ran is what a run of v3 with its runs in a directory came to.
type ran struct {
	code           int
	stdout, stderr string
}

// runInto runs v3 of the test project, one call after the other.
func runInto(t *testing.T, runs, url string, more ...string) ran {
	t.Helper()
	cmd := runCommand(t, copyProject(t), url, append([]string{"--concurrency", "1", "--runs", runs}, more...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	code := exitCode(t, cmd.Run())
	return ran{code: code, stdout: stdout.String(), stderr: stderr.String()}
}

// If the runs are deleted while they are written, nothing more is paid for.
func TestRunsDeletedWhileTheyAreWritten(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open file can't be deleted there")
	}
	runs := filepath.Join(t.TempDir(), "runs")
	remove := sync.OnceValue(func() error { return os.RemoveAll(runs) })
	server := fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
		if r.Number == 3 {
			if err := remove(); err != nil {
				t.Error(err)
			}
		}
		return question(r)
	})
	t.Cleanup(server.Close)
	r := runInto(t, runs, server.URL())
	require.Equal(t, 1, r.code)
	require.Equal(t, 1, strings.Count(r.stderr,
		"was deleted or moved while it was being written; stopped, as further replies would be lost"), r.stderr)
	require.Contains(t, r.stderr, "promptbench: the run of v3 is incomplete: 2 of 6 trials done")
	require.Len(t, server.Requests(), 3)
	require.NoDirExists(t, runs)
}

// wholeRun loads the only run in dir and requires whole lines.
func wholeRun(t *testing.T, dir string) *runfile.Run {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	require.Len(t, files, 1, "the run file, and no lock that was left behind")
	run, err := runfile.Load(files[0], runfile.Full)
	require.NoError(t, err)
	require.False(t, run.Torn)
	return run
}
