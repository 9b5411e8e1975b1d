package main

import (
	"context"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
)

func (a *app) reportCommand() *cobra.Command {
	var (
		files projectFlags
		shown printing
	)
	cmd := &cobra.Command{
		Use:   "report RUN…",
		Short: "Print the result of recorded runs again, in any format",
		Long: `Report prints one run as a summary, and several as comparisons with the first.
A RUN is a run file, or a revision for its newest complete run. It makes no
call.`,
		Example: `  promptbench report prompts/v3
  promptbench report runs/baseline.jsonl prompts/v3 --format json -o result.json
  promptbench report prompts/v3 --format csv -o v3.csv --format junit -o v3.xml`,
		Args: atLeastOne("a run file or a revision, such as prompts/v3"),
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			return a.reportRuns(ctx, args, o, shown)
		}, shown.check),
	}
	files.several = true
	files.add(cmd)
	files.addCases(cmd)
	shown.judged.addComparing(cmd)
	shown.add(cmd)
	return cmd
}

func (a *app) reportRuns(ctx context.Context, args []string, o project.Options, shown printing) error {
	if len(args) > 1 || len(o.Models) > 0 {
		return a.compareRuns(ctx, args, o, compareFlags{}, shown)
	}
	look, err := runs.LookupOf(o)
	if err != nil {
		return err
	}
	paths, err := a.pathsIn(ctx, look, args)
	if err != nil {
		return err
	}
	p, err := project.Settings(o)
	if err != nil {
		return err
	}
	shown.narrow, shown.sealing = o.Select, look.Sealing
	return shown.write(a, func(to report.Renderer) error { return printRuns(ctx, to, p, paths, shown) })
}
