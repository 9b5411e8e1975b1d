package project_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/run/project"
)

// A save of any of these may change a result.
func TestFilesOfARun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for name, text := range map[string]string{
		"v3.prompt.yml":    "messages: [{role: user, content: '{{input}}'}]\n",
		"judged.yaml":      "extends: todos.yaml\ngraders: [case_type]\n",
		"todos.yaml":       "reply: {types: [answer], json: {type: $.type, items: '$.items[*]', schema: schema.json}}\ngraders: [case_type]\ncases: {file: cases.jsonl}\n",
		"schema.json":      "{}\n",
		"cases.jsonl":      `{"id":"치과","input":"내일 치과","expect":{"type":"answer"}}` + "\n",
		"promptbench.yaml": "runs: runs\n",
		"graders/grade.py": "\n",
		"programs.yaml":    "reply: {types: [answer], json: {type: $.type, items: '$.items[*]'}}\ngraders: [{regex: {pattern: graders/grade.py}}]\ncases: [{id: 치과, input: 내일 치과, expect: {type: answer}, images: [memo.png]}]\n",
		"memo.png":         "\x89PNG\r\n\x1a\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(path(name)), 0o755))
		require.NoError(t, os.WriteFile(path(name), []byte(text), 0o600))
	}
	o := project.Options{Config: path("promptbench.yaml"), Suite: path("judged.yaml"), Runs: path("runs")}
	p, err := project.Load(t.Context(), o, []string{path("v3")})
	require.NoError(t, err)
	files, err := p.Files(path("v3"))
	require.NoError(t, err)
	require.ElementsMatch(
		t,
		[]string{
			path("promptbench.yaml"), path("v3.prompt.yml"), path("judged.yaml"), path("todos.yaml"), path("schema.json"),
			path("cases.jsonl"),
		},
		files,
	)

	_, err = p.Files(path("v4"))
	require.ErrorContains(t, err, "no prompt ")

	require.NoError(t, os.Remove(path("cases.jsonl")))
	p, err = project.Load(t.Context(), o, []string{path("v3")})
	require.Error(t, err)
	files, err = p.Files(path("v3"))
	require.NoError(t, err)
	require.Contains(t, files, path("cases.jsonl"), "it may come back")

	o.Suite = path("programs.yaml")
	p, err = project.Load(t.Context(), o, []string{path("v3")})
	require.NoError(t, err)
	files, err = p.Files(path("v3"))
	require.NoError(t, err)
	require.Contains(t, files, path("graders/grade.py"), "a program that a grader names")
	require.Contains(t, files, path("memo.png"), "an image of a case")
	require.NoError(t, os.Remove(path("memo.png")))
	p, err = project.Load(t.Context(), o, []string{path("v3")})
	require.ErrorContains(t, err, "the image can't be used")
	files, err = p.Files(path("v3"))
	require.NoError(t, err)
	require.Contains(t, files, path("memo.png"), "it may come back")
}
