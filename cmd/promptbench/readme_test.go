package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the outputs that documents show")

// documents show commands in ```console blocks: a line after "$ " is run, the
// lines below it are what it prints.
func documents() []string { return []string{"README.md", "docs/results.md"} }

// TestDocumentsShowWhatCommandsPrint runs every promptbench command of the
// documents in a copy of the project, so that no number in them is made up.
func TestDocumentsShowWhatCommandsPrint(t *testing.T) { //nolint:paralleltest // it changes the working directory
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	for _, name := range documents() {
		path := filepath.Join(root, name)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		project := t.TempDir()
		for _, part := range []string{"cases", "prompts", "runs/recorded", "runs/calibration", "promptbench.yaml"} {
			source := filepath.Join(root, part)
			if info, err := os.Stat(source); err == nil && info.IsDir() {
				require.NoError(t, os.CopyFS(filepath.Join(project, part), os.DirFS(source)))
				continue
			}
			content, err := os.ReadFile(source)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(project, part), content, 0o600))
		}
		t.Chdir(project)
		got, commands := rerun(t, string(data))
		require.NotZero(t, commands, "%s shows no command", name)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
			continue
		}
		require.Equal(t, string(data), got, "%s shows another output than the command prints; go test ./cmd/promptbench -run Documents -update rewrites it", name)
	}
}

// rerun returns the document with the outputs as they are now.
func rerun(t *testing.T, doc string) (out string, commands int) {
	t.Helper()
	var b strings.Builder
	inside, skip := false, false
	for line := range strings.Lines(doc) {
		command, isCommand := strings.CutPrefix(line, "$ promptbench ")
		switch {
		case strings.HasPrefix(line, "```console"):
			inside, skip = true, false
		case strings.HasPrefix(line, "```"):
			inside, skip = false, false
		case inside && isCommand:
			b.WriteString(line)
			var stdout, stderr bytes.Buffer
			code := run(strings.Fields(command), strings.NewReader(""), &stdout, &stderr)
			require.Contains(t, []int{0, exitRegression}, code, "%s%s", line, stderr.String())
			b.WriteString(stdout.String())
			commands++
			skip = true
			continue
		}
		if !skip {
			b.WriteString(line)
		}
	}
	return b.String(), commands
}
