package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the outputs that documents show")

// documents show commands in ```console blocks: a line after "$ " is run, the
// lines below it are what it prints. "| head -N" after the command keeps the first N lines, and
// $(cat FILE) stands for the words of a file, as in a shell.
func documents() []string {
	return []string{
		"README.md", "README.ko.md", "docs/results.md", "docs/tutorial.md", "docs/custom-graders.md", "docs/import.md", "docs/judge.md",
		"docs/cases.md", "docs/improve.md", "docs/models.md",
	}
}

// TestDocumentsShowWhatCommandsPrint runs every promptbench command of the
// documents in a copy of the project, so that no number in them is made up.
func TestDocumentsShowWhatCommandsPrint(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	for _, name := range documents() {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath("python3"); err != nil && name == "docs/custom-graders.md" {
				t.Skip("there is no python3 here; install it")
			}
			path := filepath.Join(root, name)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			got, commands := rerun(t, projectCopy(t, root), string(data))
			require.NotZero(t, commands, "%s shows no command", name)
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
				return
			}
			require.Equal(t, maskRuns(string(data)), maskRuns(got), "%s shows another output than the command prints; "+
				"go test ./cmd/promptbench -run Documents -update rewrites it", name)
		})
	}
}

// projectCopy returns a directory with what the checkout at root has for a user.
func projectCopy(t *testing.T, root string) string {
	t.Helper()
	project := t.TempDir()
	for _, part := range []string{"cases", "prompts", "runs/recorded", "runs/calibration", "runs/baseline.jsonl", "docs/examples", "promptbench.yaml"} {
		source := filepath.Join(root, part)
		if info, err := os.Stat(source); err == nil && info.IsDir() {
			require.NoError(t, os.CopyFS(filepath.Join(project, part), os.DirFS(source)))
			continue
		}
		content, err := os.ReadFile(source)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(project, part), content, 0o600))
	}
	return project
}

// maskRuns hides the ids of runs, which begin with the moment that they were
// made at.
func maskRuns(doc string) string {
	return regexp.MustCompile(`\d{8}T\d{6}Z-[\w.-]+-[0-9a-f]{6}`).ReplaceAllString(doc, "RUN")
}

// rerun returns the document with the outputs as they are now in a project.
func rerun(t *testing.T, project, doc string) (out string, commands int) {
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
			command, lines, isHead := strings.Cut(strings.TrimSpace(command), " | head -")
			shown := printed(t, project, strings.Fields(withFiles(t, project, command))...)
			if isHead {
				most, err := strconv.Atoi(lines)
				require.NoError(t, err, line)
				b.WriteString(firstLines(shown, most))
			} else {
				b.WriteString(shown)
			}
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

// withFiles puts the text of each file of a project where the command has $(cat FILE).
func withFiles(t *testing.T, project, command string) string {
	t.Helper()
	return regexp.MustCompile(`\$\(cat ([^)]+)\)`).ReplaceAllStringFunc(command, func(cat string) string {
		text, err := os.ReadFile(filepath.Join(project, strings.TrimSuffix(strings.TrimPrefix(cat, "$(cat "), ")")))
		require.NoError(t, err)
		return string(text)
	})
}

// firstLines returns the text up to the end of its line n, as head -n does.
func firstLines(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(lines[:min(n, len(lines))], "")
}
