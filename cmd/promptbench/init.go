package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"promptbench/internal/migrate/starter"
)

func (a *app) initCommand() *cobra.Command {
	var from, lang, judge string
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a small working project to start from",
		Long: `Init writes a project into the current directory, or into DIR: two revisions of
a prompt, a suite of twelve cases, a config, workflows for GitHub, schemas for
your editor, a .gitignore, and recorded replies of a small real model. So run
and compare give a verdict at once, without a key or a network. Init asks
nothing. If one of its files exists, it changes nothing.

Projects: subtodos splits a to-do into smaller ones, qa answers questions from
a notice, classification sorts a shop's messages.

With --judge, init writes one prompt of a judge and nothing else: factuality
compares facts with reference texts, groundedness with the text that the model
was given.`,
		Example: `  promptbench init
  promptbench init --lang ko
  promptbench init faq --from qa
  promptbench init --judge factuality`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("%s takes at most one directory; see %s --help", nameOf(cmd), cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
		RunE: func(_ *cobra.Command, args []string) error {
			if judge != "" {
				return a.initJudge(append(args, ".")[0], judge)
			}
			files, err := starter.Files(from, cmp.Or(lang, localLang(os.Getenv)))
			if err != nil {
				return usage(err)
			}
			dir := append(args, ".")[0]
			if err := starter.Write(dir, files); err != nil {
				if _, exists := errors.AsType[*starter.ExistsError](err); exists {
					err = fmt.Errorf("%w; promptbench init DIR writes into a directory of its own", err)
				}
				return err
			}
			return a.introduce(dir, from, files)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&from, "from", starter.Default, "the `project`: "+strings.Join(starter.Names(), ", "))
	flags.StringVar(&lang, "lang", "", "the `language` of prompts and cases: "+strings.Join(starter.Langs(), ", ")+
		" (default: ko if the locale is Korean, else en)")
	flags.StringVar(&judge, "judge", "", "write the prompt of a judge only: `factuality` or groundedness")
	return cmd
}

// initJudge writes the prompt of a judge into a project, and says how to use it.
func (a *app) initJudge(dir, name string) error {
	t, err := starter.Judge(name)
	if err != nil {
		return usage(err)
	}
	if err := starter.Write(dir, []starter.File{{Path: t.Path, Data: t.Data}}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, "wrote %s\n\nnext, in promptbench.yaml:\n  judge_prompt: %s\nin the graders of a suite:\n"+
		"  - rubric: {criteria: [%s]}\nand in its cases:\n  %s\n",
		filepath.Join(dir, filepath.FromSlash(t.Path)), t.Path, t.Criterion, t.Needs)
	return err
}

// localLang returns the language of the locale if there is a project in it.
func localLang(env func(string) string) string {
	if strings.HasPrefix(cmp.Or(env("LC_ALL"), env("LC_MESSAGES"), env("LANG")), "ko") {
		return "ko"
	}
	return "en"
}

// introduce lists what was written, and what to type next.
func (a *app) introduce(dir, name string, files []starter.File) error {
	if a.Quiet {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "wrote %d files:\n", len(files))
	for _, f := range files {
		b.WriteString("  " + filepath.Join(dir, filepath.FromSlash(f.Path)) + "\n")
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
	_, err := io.WriteString(a.Out, b.String())
	return err
}
