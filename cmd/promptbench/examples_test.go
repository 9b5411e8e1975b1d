package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
)

// customGraders is the page that shows the examples in docs/examples/graders.
func customGraders(t *testing.T) (root, page string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	data, err := os.ReadFile(filepath.Join(root, "docs", "custom-graders.md"))
	require.NoError(t, err)
	return root, string(data)
}

func TestPageShowsTheExamples(t *testing.T) {
	t.Parallel()
	root, page := customGraders(t)
	for name, language := range map[string]string{"python/grade.py": "python", "go/main.go": "go"} {
		source, err := os.ReadFile(filepath.Join(root, "docs", "examples", "graders", name))
		require.NoError(t, err)
		require.Contains(t, page, "```"+language+"\n"+string(source)+"```", "%s as it is", name)
	}
}

// What the page shows of a grader that is tried by hand is what comes out.
func TestGraderByHand(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("there is no python3 here; install it")
	}
	root, page := customGraders(t)
	blocks := regexp.MustCompile("(?s)```sh\n(cd docs/.*?)```\n\n```json output\n(.*?)```").FindStringSubmatch(page)
	require.NotNil(t, blocks)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", blocks[1])
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	require.Equal(t, blocks[2], string(out))
}

// The Go example grades the recordings, as any command does.
func TestGoExample(t *testing.T) {
	t.Parallel()
	root, _ := customGraders(t)
	runs := t.TempDir()
	require.NoError(t, os.CopyFS(runs, os.DirFS(filepath.Join(root, "runs", "recorded"))))
	// A cold build may take longer than a program has to say what it is.
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(t.TempDir(), "glance"), "./docs/examples/graders/go")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	shown := printed(t, root, "regrade", "prompts/v3", "--suite", "docs/examples/graders/go/suite.yaml", "--runs", runs, "--format", "csv")
	require.Contains(t, shown, "glance")
	require.Regexp(t, `\b\d+ characters\b`, shown)
	require.NotContains(t, shown, "the command:")
}

// Looking at a comparison in the browser runs no code: what would have to be
// graded again by a command is shown as it was graded.
func TestViewStartsNoCommand(t *testing.T) {
	t.Parallel()
	root, _ := customGraders(t)
	runs, err := filepath.Glob(filepath.Join(root, "runs", "recorded", "*-v[34]-gemma-*.jsonl"))
	require.NoError(t, err)
	require.Len(t, runs, 2)
	o := project.Options{Suite: filepath.Join(root, "docs", "examples", "graders", "python", "suite.yaml")}
	pair, err := result.Source{Options: o}.Compare(t.Context(), runs[0], runs[1])
	require.NoError(t, err)
	require.Contains(t, pair.Comparison.Notes, "both runs as they were graded: to grade them again starts commands, which only the commands compare and regrade do")
	for _, g := range pair.Comparison.Graders {
		require.NotEqual(t, "tone", g.Grader)
	}
}
