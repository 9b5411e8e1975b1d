package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"promptbench/internal/migrate/starter"
)

func (a *app) initCommand() *cobra.Command {
	var from, lang string
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a small working project to start from",
		Long: `Init writes a project into the current directory, or into DIR: two revisions of
a prompt, a suite of twelve cases, a config, workflows for GitHub, schemas for
your editor, a .gitignore, and recorded replies of a small real model, so that
run and compare come to a verdict at once, without a key or a network. It asks
nothing. Where one of its files is there already, it changes nothing.

Projects: subtodos splits a to-do into smaller ones, qa answers questions from a
notice, classification sorts a shop's messages.`,
		Example: `  promptbench init
  promptbench init --lang ko
  promptbench init faq --from qa`,
		Args:              atMostOneDir,
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
		RunE: func(_ *cobra.Command, args []string) error {
			if lang == "" {
				lang = localLang(os.Getenv)
			}
			files, err := starter.Files(from, lang)
			if err != nil {
				return usage(err)
			}
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			if err := starter.Write(dir, files); err != nil {
				if _, exists := errors.AsType[*starter.ExistsError](err); exists {
					err = fmt.Errorf("%w; promptbench init DIR writes into a directory of its own", err)
				}
				return err
			}
			a.introduce(dir, from, files)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&from, "from", starter.Default, "the `project`: "+strings.Join(starter.Names(), ", "))
	flags.StringVar(&lang, "lang", "", "the `language` of prompts and cases: "+strings.Join(starter.Langs(), ", ")+" (default: ko where the locale is Korean, else en)")
	return cmd
}

func atMostOneDir(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage(fmt.Errorf("%s wants one directory at most; see %s --help", cmd.CommandPath(), cmd.CommandPath()))
	}
	return nil
}

// localLang is the language of the locale as far as there is a project in it.
func localLang(env func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := env(name); locale != "" { // the first that is set holds
			if strings.HasPrefix(locale, "ko") {
				return "ko"
			}
			break
		}
	}
	return "en"
}

// introduce lists what was written, and what to type next.
func (a *app) introduce(dir, name string, files []starter.File) {
	var b strings.Builder
	fmt.Fprintf(&b, "wrote %d files:\n", len(files))
	for _, f := range files {
		b.WriteString("  " + filepath.Join(dir, filepath.FromSlash(f.Path)) + "\n")
	}
	if a.Quiet {
		return
	}
	b.WriteString("\nnext, without a key, from recorded replies:\n")
	if dir != "." {
		b.WriteString("  cd " + dir + "\n")
	}
	b.WriteString(`  promptbench run prompts/v1 prompts/v2      # is v2 better than v1?
  promptbench show prompts/v2 --failed       # which replies fail, and why

then add a case of yours to cases/` + name + `.yaml, copy prompts/v2 to v3, and ask a
model of your own:
  export OPENAI_API_KEY=…
  promptbench run prompts/v2 prompts/v3 --model openai
`)
	_, _ = fmt.Fprint(a.Out, b.String())
}
