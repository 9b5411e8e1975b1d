package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/run/job"
	"promptbench/internal/run/mutate"
	"promptbench/internal/run/project"
	"promptbench/internal/verdict/mutation"
)

func (a *app) mutateCommand() *cobra.Command {
	var (
		files  projectFlags
		how    runFlags
		to     outputFlags
		o      mutate.Options
		dryRun bool
	)
	cmd := &cobra.Command{
		Use:   "mutate REVISION",
		Short: "Say whether the suite would notice a broken prompt",
		Long: `Mutate breaks a prompt by rules, without a model: it leaves out the role, a
block, a line, examples or the thinking step, swaps the labels of examples,
reverses their order, cuts the text off, names another language, weakens words
such as must, and changes the temperature. Each mutant runs until it is decided
against the original. A mutant is noticed if its verdict is regressed, or if a
gating grader is worse on an expected type. The unchanged prompt runs again as a
control. The result says which mutants survive, and what would notice them.

Every call is recorded in a folder of the runs directory. After an interrupt or
a kill, the same command goes on where it was. --max-calls, --max-cost and
--deadline bound all mutants together.`,
		Example: `  promptbench mutate prompts/v3 --dry-run     # the mutants and the cost
  promptbench mutate prompts/v3
  promptbench mutate prompts/v3 --mutant drop-role --mutant drop-examples
  promptbench mutate prompts/v3 --rule drop-format --controls 0 --max-calls 500
  promptbench mutate prompts/v3 -o mutants.html -o -`,
		Args: exactlyOne("a revision, such as prompts/v3"),
	}
	cmd.RunE = files.then(func(ctx context.Context, options project.Options, args []string) error {
		p, err := project.Load(ctx, options, args)
		if err != nil {
			return err
		}
		a.Warn(p.Warnings)
		return a.withSettings(&how, func() error {
			o.Job, o.Note = how.job(), a.NoteText
			o.Drive = func(r *job.Revisions) error { return a.driveQuietly(ctx, r) }
			test, err := mutate.Open(p, o)
			if err != nil {
				return err
			}
			find := test.Plan
			if !dryRun {
				find = func() (mutation.Result, error) { return test.Run(ctx) }
			}
			found, err := find()
			if err != nil {
				return err
			}
			result := outcome{}
			result.addRun(found.Status, found.Errors)
			return to.writeAll(a, func(writers []io.Writer) error {
				for i, out := range to.outputs {
					if err := report.Mutation(out.format, writers[i], found, a.Display(writers[i], true)); err != nil {
						return err
					}
				}
				return result.err()
			})
		})
	}, how.check, to.check, func() error { return checkMutate(cmd, o) })
	flags := cmd.Flags()
	flags.BoolVar(&dryRun, "dry-run", false, "list the mutants and what the calls would cost; send nothing")
	flags.StringArrayVar(&o.Mutants, "mutant", nil, "only the mutant with this `id`, as --dry-run lists it (repeatable)")
	flags.StringArrayVar(&o.Rules, "rule", nil, "only mutants by this `rule`, such as drop-examples (repeatable)")
	flags.IntVar(&o.Controls, "controls", 1, "run the unchanged prompt again `n` times")
	files.add(cmd)
	files.addCases(cmd)
	files.addModel(cmd)
	how.add(cmd)
	addProgress(cmd)
	hide(cmd, "fresh")
	to.several = true
	to.add(cmd, report.Formats()...)
	return cmd
}

func checkMutate(cmd *cobra.Command, o mutate.Options) error {
	if cmd.Flags().Changed("fresh") {
		return usagef("mutate replays what it has recorded, to go on after a kill; leave --fresh out")
	}
	if o.Controls == 0 {
		return nil
	}
	return checkCount("controls", o.Controls)
}
