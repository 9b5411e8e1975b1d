package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"promptbench/internal/text/textsafe"
)

// allCommands are the commands with those below them, but for the library's own.
func allCommands() []*cobra.Command {
	var commands []*cobra.Command
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Name() == "completion" || c.Name() == "help" {
			return
		}
		commands = append(commands, c)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk((&app{}).root())
	return commands
}

// Every command's help fits eighty columns, and the commands that its examples
// show have the flags they are shown with.
func TestHelp(t *testing.T) {
	t.Parallel()
	commands := allCommands()
	for _, c := range commands {
		args := strings.Fields(c.CommandPath() + " --help")
		var out, errs bytes.Buffer
		require.Zero(t, run(args[1:], nil, &out, &errs), errs.String())
		require.Empty(t, errs.String())
		for line := range strings.Lines(out.String()) {
			require.LessOrEqual(t, textsafe.Width(strings.TrimRight(line, "\n")), 80, "%s: %s", c.CommandPath(), line)
		}
		for example := range strings.Lines(c.Example) {
			example, _, _ = strings.Cut(example, " #")
			words := strings.Fields(example)
			for _, word := range words {
				requireThere(t, word, example)
			}
			require.Equal(t, "promptbench", words[0], example)
			shown, rest, err := (&app{}).root().Find(words[1:])
			require.NoError(t, err, example)
			require.NoError(t, shown.ParseFlags(rest), example)
			require.NoError(t, shown.ValidateArgs(shown.Flags().Args()), example)
		}
		require.True(t, c.HasExample(), c.CommandPath())
	}
	require.Greater(t, len(commands), 10)
}

// requireThere holds an example to the files of this repository.
func requireThere(t *testing.T, word, example string) {
	t.Helper()
	if dir, _, ok := strings.Cut(word, "/"); !ok || dir != "prompts" && dir != "cases" && dir != "runs" {
		return
	}
	_, err := os.Stat(filepath.Join("..", "..", word))
	if err != nil {
		_, err = os.Stat(filepath.Join("..", "..", word+".prompt.yml"))
	}
	require.NoError(t, err, example)
}
