package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"promptbench/internal/run/project"
)

func (a *app) noiseCommand() *cobra.Command {
	var (
		files projectFlags
		how   runFlags
		shown printing
	)
	cmd := &cobra.Command{
		Use:   "noise REVISION",
		Short: "Run a revision against itself, to see what chance alone does",
		Long: `Noise runs the same revision twice on fresh calls, interleaved, and compares the
two runs: how many cases flip with nothing changed, per grader. A difference
between two revisions that is no larger than this is no difference.`,
		Example: `  promptbench noise prompts/v3
  promptbench noise prompts/v3 --tag emoji --trials 3`,
		Args: exactlyOne("a revision, such as prompts/v3"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if how.offline {
				return usage(errors.New("noise is measured on fresh calls; a recording can't show it: leave --offline out"))
			}
			how.fresh = true
			if err := errors.Join(how.check(), shown.check()); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.noise(cmd.Context(), args[0], o, how, shown)
		},
	}
	files.add(cmd)
	files.addCases(cmd)
	files.addModel(cmd)
	how.add(cmd)
	for _, name := range []string{"fresh", "offline", "max-age"} { // it asks afresh, always
		_ = cmd.Flags().MarkHidden(name)
	}
	shown.judged.add(cmd)
	shown.add(cmd)
	return cmd
}

func (a *app) noise(ctx context.Context, arg string, o project.Options, how runFlags, shown printing) error {
	p, err := project.Load(ctx, o, []string{arg})
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	p.Prompts = append(p.Prompts, p.Prompts[0])
	shown.noise = true
	return a.runLoaded(ctx, p, how, shown)
}
