package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"promptbench/internal/testing/fakeopenai"
)

// TestDocumentedCommandsWork runs every promptbench command that stands in a
// ```sh block of a page, as a reader would, one page after another in a project
// of its own whose models are a fake endpoint. What waits for a person or for
// another machine is held to the flags that there are.
func TestDocumentedCommandsWork(t *testing.T) {
	t.Parallel()
	pages := pages(t)
	root := filepath.Dir(pages[0])
	server := fakeopenai.New(documentedReply).Batches(nil, nil)
	t.Cleanup(server.Close)
	ends := 0 // commands that end by themselves
	for _, page := range pages {
		data, err := os.ReadFile(page)
		require.NoError(t, err)
		commands := shellCommands(string(data))
		for _, c := range commands {
			if !strings.HasPrefix(c, "cd ") && endsByItself(strings.Fields(c)) {
				ends++
			}
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			project := projectCopy(t, root)
			config := filepath.Join(project, "promptbench.yaml")
			require.NoError(t, os.WriteFile(config, []byte(documentedConfig(server.URL())), 0o600))
			at := project
			for _, c := range commands {
				if c == backToProject {
					at = project
					continue
				}
				if dir, ok := strings.CutPrefix(c, "cd "); ok {
					at = filepath.Join(at, dir)
					require.NoError(t, os.MkdirAll(at, 0o755))
					continue
				}
				args := strings.Fields(strings.ReplaceAll(c, "http://127.0.0.1:8080/v1", server.URL()))
				if endsByItself(args) {
					printed(t, at, args...)
				} else {
					requireParsed(t, page, args)
				}
			}
		})
	}
	require.Greater(t, ends, 15)
}

// TestMentionedCommandsExist holds every `promptbench …` that a page mentions to
// the commands and flags that there are.
func TestMentionedCommandsExist(t *testing.T) {
	t.Parallel()
	span := regexp.MustCompile("`promptbench ([^`]+)`")
	mentioned := 0
	for _, page := range pages(t) {
		data, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, found := range span.FindAllStringSubmatch(string(data), -1) {
			words := strings.Fields(strings.NewReplacer("|", " ", "[", " ", "]", " ", "…", " ", "\\", " ").Replace(found[1]))
			root := (&app{}).root()
			root.InitDefaultCompletionCmd()
			command := root
			if len(words) > 0 && !strings.HasPrefix(words[0], "-") && words[0] != "COMMAND" {
				shown, _, err := root.Find(words)
				require.NoError(t, err, "%s: %s", page, found[0])
				require.NotEqual(t, root.Name(), shown.Name(), "%s: %s is no command", page, found[0])
				command = shown
			}
			for _, word := range words {
				if strings.HasPrefix(word, "-") {
					require.NotNil(t, flagOf(command, word), "%s: %s has no flag %s", page, found[0], word)
				}
			}
			mentioned++
		}
	}
	require.Greater(t, mentioned, 30)
}

func pages(t *testing.T) []string {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	var all []string
	for _, pattern := range []string{"*.md", "docs/*.md", ".agents/skills/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		all = append(all, found...)
	}
	require.Greater(t, len(all), 10)
	return all
}

// backToProject marks the end of a block: the next block starts in the project
// again.
const backToProject = "cd -"

// shellCommands returns the text after "promptbench" on each line of the shell
// blocks of a page, without comments. It returns "cd DIR" for a line that changes to
// a new directory, and backToProject at the end of each block.
func shellCommands(doc string) []string {
	var found []string
	inside := false
	for line := range strings.Lines(strings.ReplaceAll(doc, "\\\n", " ")) {
		if strings.HasPrefix(line, "```") {
			if inside {
				found = append(found, backToProject)
			}
			inside = strings.HasPrefix(line, "```sh")
			continue
		}
		line, _, _ = strings.Cut(line, " #")
		line = strings.TrimPrefix(strings.TrimSpace(line), "go run ./cmd/")
		if _, dir, ok := strings.Cut(line, "&& cd "); ok && inside {
			found = append(found, "cd "+strings.TrimSpace(dir))
		}
		if command, ok := strings.CutPrefix(line, "promptbench "); ok && inside {
			found = append(found, strings.TrimSpace(command))
		}
	}
	return found
}

// endsByItself reports whether a command needs no person, no other machine, and
// no name that the reader is to put in.
func endsByItself(args []string) bool {
	placeholder := regexp.MustCompile(`^[A-Z]+…?$|…`)
	for i, arg := range args {
		switch {
		case i == 0 && (arg == "view" || arg == "worker" || arg == "watch"), i == 1 && args[0] == "judge" && arg == "label":
			return false
		case arg == "--queue", placeholder.MatchString(arg):
			return false
		}
	}
	return true
}

func requireParsed(t *testing.T, page string, args []string) {
	t.Helper()
	command, rest, err := (&app{}).root().Find(args)
	require.NoError(t, err, "%s: %v", page, args)
	require.NoError(t, command.ParseFlags(rest), "%s: %v", page, args)
	require.NoError(t, command.ValidateArgs(command.Flags().Args()), "%s: %v", page, args)
}

func flagOf(command *cobra.Command, word string) *pflag.Flag {
	command.InitDefaultHelpFlag()
	command.Root().InitDefaultVersionFlag()
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	for _, set := range []*pflag.FlagSet{command.Flags(), command.InheritedFlags(), command.Root().Flags()} {
		if f := set.Lookup(name); f != nil {
			return f
		}
		if len(name) == 1 {
			if f := set.ShorthandLookup(name); f != nil {
				return f
			}
		}
	}
	return nil
}

// documentedConfig is the project's config with every model that the pages name
// on one endpoint.
func documentedConfig(url string) string {
	var b strings.Builder
	b.WriteString("suite: cases/subtodos.yaml\nmodel: qwen\njudge: gemma-judge\nmodels:\n")
	for _, name := range []string{
		"qwen", "gemma", "gemma-judge", "local", "openai", "strong", "fast", "openai:gpt-6-luna", "anthropic:claude-sonnet-5",
	} {
		id := "qwen2.5-coder-1.5b" // of the recordings
		if strings.HasPrefix(name, "openai") || strings.Contains(name, ":") {
			id = name // other models to compare with
		}
		b.WriteString("  " + name + ": {base_url: " + url + ", model: '" + id + "', price: {input: 1, output: 1}}\n")
	}
	return b.String()
}

// documentedReply answers a case, and a judge's question.
func documentedReply(r fakeopenai.Request) fakeopenai.Reply {
	for _, verdict := range []string{"yes", "first", "tie"} {
		if strings.Contains(string(r.Body), `"verdict"`) && strings.Contains(string(r.Body), verdict) {
			return fakeopenai.Text(`{"reason":"it does","verdict":"` + verdict + `"}`)
		}
	}
	return fakeopenai.Text(`{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"가방 챙기기"}]}}`)
}
