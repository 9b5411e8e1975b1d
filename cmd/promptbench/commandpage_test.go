package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// The page of commands says what --help says.
func TestCommandPageIsUpToDate(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "commands.md")
	want := commandPage()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o600))
		return
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "go test ./cmd/promptbench -run CommandPage -update rewrites it")
}

func commandPage() string {
	var b strings.Builder
	root := (&app{}).root()
	b.WriteString(`# Commands

What ` + "`promptbench COMMAND --help`" + ` says, on one page. It is written by a test: ` + "`go test ./cmd/promptbench -run CommandPage -update`" + `.

A REVISION is the path of a prompt, with or without ` + "`.prompt.yml`" + `; ` + "`prompts/v3@main`" + ` reads it from git. A RUN is a run file, the id of a run, or a
revision for its newest complete run. Results go to standard output, all else to standard error. Exit codes: 0 fine, 1 could not do it or the run is
incomplete, 2 usage or invalid files, 3 a regression or a missed gate, 4 inconclusive where ` + "`--require-conclusive`" + ` asked.

| command | |
|---|---|
`)
	for _, c := range allCommands() {
		if c.HasParent() {
			anchor := strings.ReplaceAll(c.CommandPath(), " ", "-")
			fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", strings.TrimPrefix(c.CommandPath(), root.Name()+" "), anchor, c.Short)
		}
	}
	b.WriteString("| `completion bash`, `zsh`, `fish`, `powershell` | Print the script that completes commands in a shell; its `--help` says how to load it |\n")
	for _, c := range allCommands() {
		if c.HasParent() {
			section(&b, c)
		}
	}
	fencedBlock(&b, "## Everywhere\n\nThese flags go with every command.", root.PersistentFlags().FlagUsagesWrapped(100))
	return b.String()
}

// section is one command.
func section(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n%s.\n", c.CommandPath(), strings.TrimSuffix(c.Short, "."))
	if c.Long != "" {
		fmt.Fprintf(b, "\n%s\n", strings.NewReplacer("<", `\<`, "*", `\*`, "_", `\_`).Replace(c.Long))
	}
	if c.Runnable() && !c.HasSubCommands() || c.HasExample() && c.Flags().HasFlags() {
		fmt.Fprintf(b, "\n```text\n%s\n```\n", c.UseLine())
	}
	if c.HasExample() {
		fencedBlock(b, "Examples:", c.Example)
	}
	if c.LocalNonPersistentFlags().HasAvailableFlags() {
		fencedBlock(b, "Flags:", strings.TrimPrefix(flagUsages(c.LocalNonPersistentFlags(), 100), "\nFlags:\n"))
	}
}

// fencedBlock is a text as it is, its lines without the space that all begin with.
func fencedBlock(b *strings.Builder, title, text string) {
	fmt.Fprintf(b, "\n%s\n\n```text\n", title)
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		b.WriteString(strings.TrimPrefix(line, "  "))
	}
	b.WriteString("```\n")
}
