package prompt_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
)

const withPart = "messages:\n  - role: system\n    file: parts/system.md\n  - {role: user, content: \"{{input}}\"}\n"

// Where the text of a message stands is no part of what is sent.
func TestTextInAFileIsTheSamePrompt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "promptbench.yaml", "")
	write(t, dir, "prompts/v3.prompt.yml", withPart)
	write(t, dir, "prompts/parts/system.md", "\xEF\xBB\xBF할 일을 나눕니다.\r\n오늘은 {{today}}입니다.\r\n")
	p, probs := prompt.Load(t.Context(), filepath.Join(dir, "prompts", "v3"))
	require.Empty(t, probs)
	require.Equal(t, []string{filepath.Join(dir, "prompts", "parts", "system.md")}, p.Parts)
	inline := "messages:\n  - role: system\n    content: |\n      할 일을 나눕니다.\n      오늘은 {{today}}입니다.\n" +
		"  - {role: user, content: \"{{input}}\"}\n"
	same, probs := prompt.Parse("v3", "v3.prompt.yml", []byte(inline))
	require.Empty(t, probs)
	require.Equal(t, same.Hash(), p.Hash())

	m, err := p.Render("x", map[string]string{"today": "월요일"})
	require.NoError(t, err)
	require.Equal(t, "할 일을 나눕니다.\n오늘은 월요일입니다.\n", m[0].Content)
	require.Equal(t, filepath.Join(dir, "prompts", "parts", "system.md")+":2:5: unknown name {{today}} "+
		`(known: input; write \{{today}} if it is meant as text)`, p.CheckVars(nil).Error())
}

func TestFilesOfMessagesThatAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "secret.md", "열쇠")
	write(t, dir, "project/promptbench.yaml", "")
	write(t, dir, "project/shared.txt", "안녕 {{input}}")
	write(t, dir, "project/prompts/parts/empty.md", " \n")
	write(t, dir, "project/prompts/parts/large.md", strings.Repeat("a", 3<<20))
	write(t, dir, "project/prompts/parts/korean.txt", "\xb0\xa1\xb3\xaa\xb4\xd9 \xb6\xf3\xb8\xb6\xb9\xd9")
	prompts := filepath.Join(dir, "project", "prompts")
	require.NoError(t, os.Symlink(filepath.Join(dir, "secret.md"), filepath.Join(prompts, "parts", "link.md")))
	load := func(messages string) string {
		write(t, prompts, "v1.prompt.yml", "messages:\n  - {role: user, content: \"{{input}}\"}\n"+messages)
		_, probs := prompt.Load(t.Context(), filepath.Join(prompts, "v1"))
		if probs.Err() == nil {
			return ""
		}
		return strings.TrimPrefix(probs.Error(), prompts+string(filepath.Separator))
	}
	require.Empty(t, load("  - {role: system, file: ../shared.txt}\n"))
	for messages, want := range map[string]string{
		"  - {role: system, file: ../../secret.md}\n":        "v1.prompt.yml:3:26: reading ../../secret.md: the file is outside of the project",
		"  - {role: system, file: parts/link.md}\n":          "reading parts/link.md: the file is a link to a place outside of the project",
		"  - {role: system, file: " + dir + "/secret.md}\n":  "file takes a path relative to this file",
		"  - {role: system, file: ../promptbench.yaml}\n":    "file takes a .txt or .md file",
		"  - {role: system, file: parts/none.md}\n":          "no such file or directory (the path is relative to this file)",
		"  - {role: system, file: parts/korean.txt}\n":       "save it as UTF-8",
		"  - {role: system, file: parts/empty.md}\n":         "parts/empty.md:1:1: the message is empty",
		"  - {role: system, file: file://parts/a.md}\n":      "(write file: parts/a.md)",
		"  - {role: system, content: file://parts/a.md}\n":   "v1.prompt.yml:3:29: a file:// in content is not read (write file: parts/a.md in place of content)",
		"  - {role: system, content: a, file: parts/a.md}\n": "v1.prompt.yml:3:32: a message has content or a file, not both",
		"  - {role: system, file: parts/large.md}\n  - {role: user, file: parts/large.md}\n": "v1.prompt.yml:4:24: reading parts/large.md: " +
			"the files of the messages are together larger than 4 MiB",
	} {
		require.Contains(t, load(messages), want)
	}
	require.Empty(t, load("  - {role: system, content: 파일은 file:///tmp/a 처럼 적습니다}\n"), "a text may speak of such an address")

	// Text that is at no place of a project names no file of it.
	_, probs := prompt.Parse("v1", filepath.Join(prompts, "v1.prompt.yml"), []byte(withPart))
	require.ErrorContains(t, probs.Err(), "the file of a message is not read here")
}
