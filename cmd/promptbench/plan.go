package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
)

func (a *app) planCommand() *cobra.Command {
	var (
		files  projectFlags
		how    runFlags
		result outputFlags
	)
	cmd := &cobra.Command{
		Use:   "plan REVISION…",
		Short: "Say before any call what a run would cost and what it could show",
		Long: `Plan counts the calls that a run with the same arguments would make and replay,
prices the new ones by what earlier runs took, and says how small a drop so many
cases can bring to light. It sends nothing and writes nothing.`,
		Example: `  promptbench plan prompts/v2 prompts/v3
  promptbench plan prompts/v3 --fresh --trials 3
  promptbench plan prompts/v3 --batch`,
		Args: atLeastOne("a revision, such as prompts/v3"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(how.check(), result.check()); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			p, err := project.Load(cmd.Context(), o, args)
			if err != nil {
				return err
			}
			a.Warn(p.Warnings)
			planned, err := job.Plan(p, how.job(), how.batch.on)
			if err != nil {
				return err
			}
			return result.write(a, func(w io.Writer) error {
				if result.format == "json" {
					return report.PlanJSON(w, planned)
				}
				return report.PlanText(w, planned)
			})
		},
	}
	files.add(cmd)
	files.addCases(cmd)
	files.addModel(cmd)
	how.add(cmd)
	cmd.Flags().BoolVar(&how.batch.on, "batch", false, "price the calls as those of run --batch")
	result.add(cmd, "table", "json")
	return cmd
}
