package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
)

func (a *app) planCommand() *cobra.Command {
	var (
		files projectFlags
		how   runFlags
		to    outputFlags
	)
	cmd := &cobra.Command{
		Use:   "plan REVISION…",
		Short: "Estimate what a run would cost and what it could detect",
		Long: `Plan counts the calls that a run with the same arguments would make and replay,
estimates their cost from earlier runs, and says how small a drop so many cases
can detect. It sends nothing and writes nothing.`,
		Example: `  promptbench plan prompts/v2 prompts/v3
  promptbench plan prompts/v3 --fresh --trials 3
  promptbench plan prompts/v3 --batch
  promptbench plan prompts/v4 --baseline runs/baseline.jsonl --until-decided`,
		Args: atLeastOne("a revision, such as prompts/v3"),
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			if how.until.on && how.until.baseline == "" && len(args) == 1 && len(o.Models) == 0 {
				if path, _ := configBaseline(o); project.Exists(path) { // loading the project says what is wrong
					how.until.baseline = path
				}
			}
			if err := how.until.checkProject(o, len(args)); err != nil {
				return err
			}
			if how.until.baseline != "" {
				if err := runs.CheckRunFile(how.until.baseline); err != nil {
					return err
				}
			}
			p, err := project.Load(ctx, o, args)
			if err != nil {
				return err
			}
			if err := a.draw(how.draw, p); err != nil {
				return err
			}
			a.Warn(p.Warnings)
			planned, err := job.Plan(p, how.job(), how.batch.on)
			if err != nil {
				return err
			}
			return to.write(a,
				func(w io.Writer) error { return report.PlanText(w, planned) },
				func(w io.Writer) error { return report.WriteJSON(w, planned) })
		}, how.check, func() error { return how.until.check(how) }, how.draw.check, to.check),
	}
	cmd.Flags().StringVar(&how.until.baseline, "baseline", "", "with --until-decided: the run in this `file` is the base")
	cmd.Flags().BoolVar(&how.batch.on, "batch", false, "use the prices of run --batch")
	files.several = true
	files.add(cmd)
	files.addCases(cmd)
	files.addOpenSeal(cmd)
	how.draw.add(cmd)
	files.addModel(cmd)
	how.add(cmd)
	how.until.add(cmd)
	to.add(cmd, report.Table, report.JSON)
	return cmd
}
