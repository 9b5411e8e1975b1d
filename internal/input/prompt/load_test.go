package prompt_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/prompt"
)

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}

func saying(text string) string {
	return "messages: [{role: user, content: '" + text + " {{input}}'}]\n"
}

func TestResolve(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{
		"prompts/v1.prompt.yml", "prompts/v2.prompt.yaml", "prompts/v3.yml", "prompts/v3.yaml", "prompts/v4",
		"prompts/v4.prompt.yml",
	} {
		write(t, dir, name, "")
	}
	for name, want := range map[string]string{
		"v1": "v1.prompt.yml", "v2": "v2.prompt.yaml", "v3": "v3.yml", "v4": "v4", "v1.prompt": "v1.prompt.yml",
		"v3.yaml": "v3.yaml",
	} {
		got, err := prompt.Resolve(filepath.Join(dir, "prompts", name))
		require.NoError(t, err)
		require.Equal(t, want, filepath.Base(got))
	}
	_, err := prompt.Resolve(filepath.Join(dir, "prompts", "v11"))
	require.ErrorContains(t, err, "did you mean "+filepath.ToSlash(filepath.Join(dir, "prompts", "v1"))+"?")
	_, err = prompt.Resolve(filepath.Join(dir, "prompts"))
	require.ErrorContains(t, err, "is a directory; there are ")
	_, err = prompt.Resolve(filepath.Join(dir, "pormpts", "v1"))
	require.ErrorContains(t, err, "there is no directory")

	files, err := prompt.Files(filepath.Join(dir, "prompts"))
	require.NoError(t, err)
	require.Len(t, files, 3)
}

func TestLoadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "v3.prompt.yml", "name: 딴 이름\n"+saying("안녕"))
	write(t, dir, "v3@home.prompt.yml", saying("집"))
	p, probs := prompt.Load(t.Context(), filepath.Join(dir, "v3"))
	require.Empty(t, probs)
	require.Equal(t, "v3", p.Name)
	require.Equal(t, filepath.Join(dir, "v3.prompt.yml"), p.Path)
	require.Empty(t, p.Revision)

	p, probs = prompt.Load(t.Context(), filepath.Join(dir, "v3@home"))
	require.Empty(t, probs, "a file whose path holds an @ wins")
	require.Equal(t, "v3@home", p.Name)
	require.Empty(t, p.Revision)

	p, probs = prompt.Load(t.Context(), filepath.Join(dir, "v9"))
	require.Nil(t, p)
	require.Len(t, probs, 1)
}

// repository makes a git repository with two commits and the tag old on the
// first one.
func repository(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(
			t.Context(), "git",
			append(
				[]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"}, args...,
			)...,
		)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	git("init", "-q", "-b", "main")
	write(t, dir, "prompts/v3.prompt.yml", saying("옛날"))
	write(t, dir, "prompts/bad.prompt.yml", "nmae: x\n"+saying("{{tody}}"))
	write(t, dir, "gone/v1.prompt.yaml", saying("지워진"))
	git("add", ".")
	git("commit", "-q", "-m", "first")
	git("tag", "old")
	write(t, dir, "prompts/v3.prompt.yml", saying("요즘"))
	git("rm", "-q", "-r", "gone")
	git("add", ".")
	git("commit", "-q", "-m", "second")
	git("update-ref", "refs/remotes/origin/other", "HEAD")
	write(t, dir, "prompts/v3.prompt.yml", saying("아직"))
	return dir
}

func TestLoadRevision(t *testing.T) {
	t.Parallel()
	dir := repository(t)
	for name, want := range map[string]string{
		"prompts/v3": "아직", "prompts/v3@main": "요즘", "prompts/v3@old": "옛날", "prompts/v3@HEAD~1": "옛날",
		"prompts/v3.prompt.yml@old": "옛날", "gone/v1@old": "지워진", "prompts/v3@origin/other": "요즘",
	} {
		p, probs := prompt.Load(t.Context(), filepath.Join(dir, filepath.FromSlash(name)))
		require.Empty(t, probs, name)
		require.Equal(t, want+" {{input}}", p.Messages[0].Content, name)
		if _, rev, ok := strings.Cut(name, "@"); ok {
			require.Equal(t, rev, p.Revision)
			require.Len(t, p.Commit, 40)
			require.True(t, strings.HasSuffix(p.Name, "@"+rev), p.Name)
			require.NotContains(t, p.Path, "@")
		}
	}
}

func TestLoadRevisionSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	dir := repository(t)
	for name, want := range map[string]string{
		"prompts/v3@nope":                 "in CI that needs the full history: fetch-depth: 0",
		"prompts/v3@other":                "did you mean @origin/other?",
		"prompts/v4@main":                 "did you mean",
		"gone/v1@main":                    "no prompt",
		"prompts@main":                    "no prompt",
		"prompts/v3@":                     "is not a git revision",
		"prompts/v3@--output=x":           "is not a git revision",
		"prompts/v3@main:prompts":         "is not a git revision",
		"prompts/v3@main^{tree}":          "unknown git revision",
		"prompts/../../../etc/hosts@main": "not in a git repository",
	} {
		p, probs := prompt.Load(t.Context(), dir+string(filepath.Separator)+filepath.FromSlash(name))
		require.Nil(t, p, name)
		require.Len(t, probs, 1, name)
		require.Contains(t, probs.Error(), want, name)
	}
	p, probs := prompt.Load(t.Context(), filepath.Join(t.TempDir(), "v3@main"))
	require.Nil(t, p)
	require.Contains(t, probs.Error(), "is not in a git repository")
	p, probs = prompt.Load(t.Context(), "@main")
	require.Nil(t, p)
	require.Contains(t, probs.Error(), "no prompt before the @")
}

func TestProblemsOfARevisionNameIt(t *testing.T) {
	t.Parallel()
	dir := repository(t)
	p, probs := prompt.Load(t.Context(), filepath.Join(dir, "prompts", "bad@old"))
	require.NotNil(t, p)
	require.Contains(t, probs.Error(), "bad.prompt.yml@old:1:1: unknown key")
	require.Contains(t, p.CheckVars(nil).Error(), "bad.prompt.yml@old:2:")
}
