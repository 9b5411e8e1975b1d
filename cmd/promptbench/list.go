package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/run/check"
	"promptbench/internal/run/project"
)

func (a *app) listCommand() *cobra.Command {
	var (
		files projectFlags
		to    outputFlags
	)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the prompts, the suites and the models of a project",
		Long: `List says what the other commands can be asked about: the prompts in prompts,
the suites in cases with their cases, types and scores, the models of the
config, and the baseline. Of sealed cases it tells only the number. It makes no
call.`,
		Example: `  promptbench list
  promptbench list --format json`,
		Args: cobra.NoArgs,
		RunE: files.then(func(ctx context.Context, o project.Options, _ []string) error {
			found, err := check.List(ctx, o)
			if err != nil {
				return err
			}
			return to.write(a,
				func(w io.Writer) error { return report.ListText(w, found, a.Display(w, false)) },
				func(w io.Writer) error { return report.WriteJSON(w, found) })
		}, to.check),
	}
	files.add(cmd)
	to.add(cmd, report.Table, report.JSON)
	return cmd
}
