package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"promptbench/internal/record/redact"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/text/wording"
)

func (a *app) redactCommand() *cobra.Command {
	var (
		files    projectFlags
		how      redact.Options
		into     string
		variable string
	)
	cmd := &cobra.Command{
		Use:   "redact RUN|REVISION…",
		Short: "Remove private text from runs before they are shared",
		Long: `Redact writes a new run file, ID-redacted.jsonl, with markers in place of
inputs, variables, prompts, replies, thinking, items, reasons and error
messages. Scores, counts, usage, times and verdicts stay, so report and compare
still work. The copy can't be replayed or graded again. The old file does not
change.

Equal texts get equal markers in the runs of one command, so redact runs
together that are to be compared. The key of the markers is random and is not
kept; --key-env takes a key of yours, of at least 16 bytes, to use again later.

An id, a tag or a group is replaced as well if it shares a word with a text:
four letters, or two of Hangul, kana or Chinese. The names of files, models,
variables and graders stay, and so do rubric questions.`,
		Example: `  promptbench runs redact prompts/v3
  promptbench runs redact prompts/v2 prompts/v3 --into shared
  promptbench runs redact runs/baseline.jsonl --keep-prompt --keep-names`,
		Args: atLeastOne("a run file or a revision, such as prompts/v3"),
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			paths, err := a.pathsOf(ctx, args, o)
			if err != nil {
				return err
			}
			done, replaced, err := runs.Redact(paths, how, into, tool())
			for _, d := range done {
				_, writeErr := fmt.Fprintln(a.Out, d.Path)
				err = errors.Join(err, writeErr)
			}
			if err == nil && replaced > 0 && !how.KeepNames {
				a.Note("%s of cases, tags, groups or parameters %s words with the texts and %s replaced as well; "+
					"--keep-names keeps them",
					wording.Count(replaced, "name"), wording.Verb(replaced, "share"), wording.Verb(replaced, "are"))
			}
			return err
		}, func() error {
			if variable == "" {
				return nil
			}
			if how.Key = []byte(os.Getenv(variable)); len(how.Key) < 16 {
				return usagef("--key-env %s: the variable holds less than 16 bytes; set it to something long and random, "+
					"such as the output of: openssl rand -hex 32", variable)
			}
			return nil
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&into, "into", "", "the `directory` to write to (default: beside each run)")
	flags.StringVar(&variable, "key-env", "", "the environment `variable` that holds the key of the markers")
	flags.BoolVar(&how.KeepPrompt, "keep-prompt", false, "keep the messages of the prompts")
	flags.BoolVar(&how.KeepNames, "keep-names", false, "keep ids, tags and groups")
	files.add(cmd)
	return cmd
}
