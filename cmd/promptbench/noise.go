package main

import (
	"context"

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
		Short: "Run a revision twice, to see how much results vary by chance",
		Long: `Noise runs the same revision twice on fresh calls, interleaved, and compares
the two runs: how many cases flip although nothing changed, for each grader. A
difference between two revisions that is no larger may be chance.`,
		Example: `  promptbench noise prompts/v3
  promptbench noise prompts/v3 --tag emoji --trials 3`,
		Args: exactlyOne("a revision, such as prompts/v3"),
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			p, err := project.Load(ctx, o, args)
			if err != nil {
				return err
			}
			a.Warn(p.Warnings)
			p.Prompts = append(p.Prompts, p.Prompts[0])
			shown.noise = true
			return a.runLoaded(ctx, p, how, shown)
		}, func() error {
			if how.offline {
				return usagef("noise needs fresh calls, as recordings do not vary; leave --offline out")
			}
			how.fresh = true
			return how.check()
		}, shown.check),
	}
	files.add(cmd)
	files.addCases(cmd)
	files.addModel(cmd)
	how.add(cmd)
	addProgress(cmd)
	hide(cmd, "fresh", "offline", "max-age") // its calls are always fresh
	shown.judged.add(cmd)
	shown.add(cmd)
	return cmd
}
