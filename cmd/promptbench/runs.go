package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"promptbench/internal/project"
	"promptbench/internal/report"
)

func (a *app) runsCommand() *cobra.Command {
	var (
		files  projectFlags
		result outputFlags
		last   int
	)
	cmd := &cobra.Command{
		Use:   "runs [REVISION…]",
		Short: "List the run files, the newest first",
		Long: `Runs lists the run files in the runs directory and its subfolders. The id of a
run stands for its file wherever a command takes a RUN.`,
		Example: `  promptbench runs
  promptbench runs prompts/v3 --last 5
  promptbench runs --format json`,
		RunE: func(_ *cobra.Command, args []string) error {
			if last < 0 {
				return usage(fmt.Errorf("--last is %d; it is at least 1, or 0 for all", last))
			}
			if err := result.check(); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			dir, err := o.RunsDir()
			if err != nil {
				return err
			}
			found, err := project.Past{Runs: dir, Suite: o.Suite, Model: o.Model, Prompts: args}.List()
			if err != nil {
				return err
			}
			shown := found
			if last > 0 {
				shown = found[:min(last, len(found))]
			}
			return result.write(a, func(w io.Writer) error {
				if result.format == report.JSON {
					return report.RunsJSON(w, shown)
				}
				return report.RunsText(w, dir, shown, len(found), a.display(w, false))
			})
		},
	}
	files.add(cmd)
	result.add(cmd, report.Table, report.JSON)
	cmd.Flags().IntVar(&last, "last", 20, "only the newest `n` runs, 0 for all")
	return cmd
}
