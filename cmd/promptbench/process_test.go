package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// manyCases is a project of so many cases.
func manyCases(t *testing.T, n int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/project")))
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
