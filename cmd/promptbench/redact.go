package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"promptbench/internal/record/redact"
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
		Short: "Take the words out of runs that are to be shared",
		Long: `Redact writes a new run file, ID-redacted.jsonl, in which markers stand in the
place of inputs, variables, prompts, replies, thinking, items, reasons and
messages of errors. Scores, counts, usage, times and verdicts stay, so report
and compare work on it. It can't be replayed or graded again. The old file stays
as it is.

Equal texts have equal markers in the runs of one command, so redact those that
are to be compared at once. The key of the markers is made up and forgotten;
--key-env takes one of yours, of 16 bytes at least, to go on with later.

An id, a tag or a group goes as well if it shares a word with a text: four
letters, or two of Hangul, kana or Chinese. The names of files, models,
variables and graders stay, and so do rubric questions.`,
		Example: `  promptbench runs redact prompts/v3
  promptbench runs redact prompts/v2 prompts/v3 --into shared
  promptbench runs redact runs/baseline.jsonl --keep-prompt --keep-names`,
		Args: atLeastOne("a run file or a revision, such as prompts/v3"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if variable != "" {
				how.Key = []byte(os.Getenv(variable))
				if len(how.Key) < 16 {
					return usage(fmt.Errorf("--key-env %s: the variable holds less than 16 bytes; set it to something long and random, such as the output of: openssl rand -hex 32", variable))
				}
			}
			return a.redact(cmd.Context(), args, &files, how, into)
		},
	}
	files.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&into, "into", "", "the `directory` to write to (default: beside each run)")
	flags.StringVar(&variable, "key-env", "", "the environment `variable` that holds the key of the markers")
	flags.BoolVar(&how.KeepPrompt, "keep-prompt", false, "leave the messages of the prompts as they are")
	flags.BoolVar(&how.KeepNames, "keep-names", false, "leave ids, tags and groups as they are")
	return cmd
}

func (a *app) redact(ctx context.Context, args []string, files *projectFlags, how redact.Options, into string) error {
	o, err := files.options()
	if err != nil {
		return err
	}
	look, err := runs.LookupOf(o)
	if err != nil {
		return err
	}
	var paths []string
	for _, arg := range args {
		path, err := look.Path(ctx, arg, nil)
		if err != nil {
			return err
		}
		paths = append(paths, path)
	}
	done, replaced, err := runs.Redact(paths, how, into, "promptbench "+version())
	for _, d := range done {
		_, writeErr := fmt.Fprintln(a.Out, d.Path)
		err = errors.Join(err, writeErr)
	}
	if err == nil && replaced > 0 && !how.KeepNames {
		a.Note("%s of cases, tags, groups or parameters %s words with the texts and went, too; --keep-names leaves them", wording.Count(replaced, "name"), wording.Verb(replaced, "share"))
	}
	return err
}
