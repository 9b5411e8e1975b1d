package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// command is promptbench in a directory.
func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "promptbench", args...)
	cmd.Dir = dir
	return cmd
}

// printed is what a command prints that ends well, or with the exit code of a regression.
func printed(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := command(t, dir, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.Contains(t, []int{0, exitRegression}, exitCode(t, cmd.Run()), "promptbench %v\n%s", args, &stderr)
	return stdout.String()
}

// runCommand is a run of v3 on the model of a server.
func runCommand(t *testing.T, dir, url string, more ...string) *exec.Cmd {
	t.Helper()
	return command(t, dir, append([]string{"run", "prompts/v3", "--base-url", url, "--model", "m"}, more...)...)
}

// exitCode is the exit code of a process that has ended.
func exitCode(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	require.True(t, ok, "%v", err)
	return exit.ExitCode()
}

// skipWithoutInterrupts skips a test on Windows, where no interrupt reaches one process.
func skipWithoutInterrupts(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("an interrupt can't be sent to one process there")
	}
}

// copyProject copies the project that most tests work on.
func copyProject(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/project")))
	return dir
}

// manyCases is a project of so many cases.
func manyCases(t *testing.T, n int) (dir string) {
	t.Helper()
	dir = copyProject(t)
	suite := filepath.Join(dir, "cases", "todos.yaml")
	data, err := os.ReadFile(suite)
	require.NoError(t, err)
	head, _, found := strings.Cut(string(data), "cases:\n")
	require.True(t, found)
	require.NoError(t, os.WriteFile(suite, []byte(head+"cases: {file: many.jsonl}\n"), 0o600))
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `{"id":"case-%d","input":"할 일 %d 하기","expect":{"type":"question"}}`+"\n", i+1, i+1)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cases", "many.jsonl"), b.Bytes(), 0o600))
	return dir
}

func question(fakeopenai.Request) fakeopenai.Reply {
	return fakeopenai.Text(`{"subtodos":{"type":"question","content":[{"subtodoContent":"언제?"}]}}`)
}

// newestRun loads the newest run in a directory.
func newestRun(t *testing.T, dir string) *runfile.Run {
	t.Helper()
	found, err := runfile.Find(filepath.Join(dir, "runs"), func(runfile.Header) bool { return true })
	require.NoError(t, err)
	require.NotEmpty(t, found)
	run, err := runfile.Load(found[0].Path, runfile.Full)
	require.NoError(t, err)
	return run
}
