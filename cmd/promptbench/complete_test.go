package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// Every flag that takes a value says how it is completed, so that no shell offers
// files where a number is meant.
func TestEveryFlagIsCompleted(t *testing.T) {
	t.Parallel()
	for _, c := range allCommands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() == "bool" || strings.Contains(f.Usage, "`file`") {
				return
			}
			_, ok := c.GetFlagCompletionFunc(f.Name)
			require.True(t, ok, "%s --%s", c.CommandPath(), f.Name)
		})
	}
}

// Of too many words the beginnings are given, and each word has its own among
// them.
func TestSuggestNarrows(t *testing.T) {
	t.Parallel()
	var words []string
	for i := range 100_000 {
		words = append(words, fmt.Sprintf("치과-%05d", i))
	}
	for _, typed := range []string{"", "치", "치과-0", "치과-012", "치과-01234"} {
		got, directive := suggest(words, typed)
		require.NotEmpty(t, got)
		require.LessOrEqual(t, len(got), mostSuggestions)
		whole := directive&cobra.ShellCompDirectiveNoSpace == 0
		for _, w := range words {
			if !strings.HasPrefix(w, typed) {
				continue
			}
			found := false
			for _, g := range got {
				found = found || g == w || !whole && strings.HasPrefix(w, g)
			}
			require.True(t, found, "%q: %s is out of reach", typed, w)
		}
	}
	got, _ := suggest([]string{"a\tb", "ab"}, "a")
	require.Equal(t, []string{"ab"}, got, "a tab would begin a description")
}

// A real bash completes with what `completion bash` prints.
func TestBashCompletes(t *testing.T) {
	t.Parallel()
	helpers, named := os.LookupEnv("BASH_COMPLETION_FILE")
	if !named {
		helpers = "/usr/share/bash-completion/bash_completion"
	}
	if _, err := os.Stat(helpers); err != nil && !named {
		t.Skip("no bash-completion here; install the package of that name, or say in BASH_COMPLETION_FILE where its file is")
	}
	require.FileExists(t, helpers, "install the package bash-completion")
	project, err := filepath.Abs("testdata/project")
	require.NoError(t, err)
	bin := filepath.Join(t.TempDir(), "promptbench")
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, bin)) // see TestMain
	for line, want := range map[string]string{
		"promptbench run prompts/v":                 "prompts/v2 prompts/v3",
		"promptbench run prompts/v2 --case rep":     "report",
		"promptbench run --tag=has":                 "has-time",
		"promptbench report prompts/v2 --format ju": "junit",
		"promptbench pl":                            "plan",
	} {
		cmd := exec.CommandContext(t.Context(), "bash", "--norc", "-c", `
			source "$1"
			compopt() { :; } # works in a real completion only
			source <(promptbench completion bash)
			read -ra COMP_WORDS <<<"${2//=/ = }"
			COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )) COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9
			__start_promptbench
			echo "${COMPREPLY[*]}"`, "bash", helpers, line)
		cmd.Dir, cmd.Env = project, append(os.Environ(), "PATH="+filepath.Dir(bin)+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		require.Equal(t, want, strings.TrimSpace(string(out)), line)
	}
}
