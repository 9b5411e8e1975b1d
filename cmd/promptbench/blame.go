package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/run/cause"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/verdict/blame"
)

func (a *app) blameCommand() *cobra.Command {
	var (
		files  projectFlags
		how    runFlags
		to     outputFlags
		judged verdictFlags
		o      cause.Options

		budget                   int
		dryRun, unconfirmed, all bool
	)
	cmd := &cobra.Command{
		Use:   "blame [BASE] HEAD",
		Short: "Say which part of a prompt's change made it better or worse",
		Long: `Blame cuts the difference of two revisions into hunks: messages, examples,
paragraphs, tagged blocks, list items, sentences and parameters. It asks each
case with random halves of the hunks, estimates what each hunk does to a
grader, and runs the head again without the hunk that it names.

Of one revision alone it says what each paragraph, block and example
contributes. It replays replies that a run file already holds.`,
		Example: `  promptbench blame prompts/v2 prompts/v3 --dry-run   # the hunks and the cost
  promptbench blame prompts/v2 prompts/v3
  promptbench blame prompts/v3
  promptbench blame prompts/v2 prompts/v3 --grader format --budget 200
  promptbench blame prompts/v2 prompts/v3 -o blame.html`,
		Args: func(_ *cobra.Command, args []string) error {
			if n := len(args); n < 1 || n > 2 {
				return usagef("blame takes a base and a head, such as prompts/v2 prompts/v3, or one revision, and got %d; "+
					"see promptbench blame --help", n)
			}
			return nil
		},
	}
	cmd.RunE = files.then(func(ctx context.Context, options project.Options, args []string) error {
		p, err := project.Load(ctx, options, args)
		if err != nil {
			return err
		}
		a.Warn(p.Warnings)
		o.Budget, o.Confirm = ifGiven(cmd, "budget", &budget), !unconfirmed
		return a.withSettings(&how, func() error {
			o.Job = how.job()
			o.Job.Note = a.NoteText
			search, err := cause.Open(p, o)
			if err != nil {
				return err
			}
			find := search.Plan
			if !dryRun {
				find = func() (blame.Result, error) {
					return search.Run(ctx, func(r *job.Revisions) error { return a.drive(ctx, r, how) })
				}
			}
			found, err := find()
			if err != nil {
				return err
			}
			result := outcome{flags: judged}
			result.addRun(found.Status, found.Errors)
			return to.writeAll(a, func(writers []io.Writer) error {
				for i, out := range to.outputs {
					if err := report.Blame(out.format, writers[i], found, a.Display(writers[i], all)); err != nil {
						return err
					}
				}
				return result.err()
			})
		})
	}, how.check, to.check, judged.check, func() error {
		return checkBlame(cmd, o, budget)
	})
	flags := cmd.Flags()
	flags.BoolVar(&dryRun, "dry-run", false, "list the hunks and what the calls would cost; send nothing")
	flags.StringVar(&o.Grader, "grader", "", "the `name` of the grader to explain (default: the first that gates)")
	flags.IntVar(&budget, "budget", 0, "make at most `n` calls, on fewer cases if need be (default: no limit)")
	flags.IntVar(&o.Draws, "variants", blame.DefaultDraws, "ask each case with `n` variants, beside base and head")
	flags.Uint64Var(&o.Seed, "draw", 1, "a `number` that decides which variants are drawn")
	flags.BoolVar(&unconfirmed, "no-confirm", false, "do not run the head without the hunk that is named")
	flags.BoolVar(&all, "all", false, "show every line of the prompt, not only those around the hunks")
	files.add(cmd)
	files.addCases(cmd)
	files.addModel(cmd)
	how.add(cmd)
	addProgress(cmd)
	judged.add(cmd)
	to.several = true
	to.add(cmd, report.Table, report.JSON, report.Markdown, report.HTML)
	return cmd
}

func checkBlame(cmd *cobra.Command, o cause.Options, budget int) error {
	if cmd.Flags().Changed("budget") {
		if err := checkAtLeast("budget", budget, 1); err != nil {
			return err
		}
	}
	return checkCount("variants", o.Draws)
}
