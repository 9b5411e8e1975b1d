package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"promptbench/internal/migrate/propose"
	"promptbench/internal/output/report"
	"promptbench/internal/record/label"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
)

func (a *app) casesFillCommand() *cobra.Command {
	var (
		files projectFlags
		to    outputFlags
	)
	cmd := &cobra.Command{
		Use:   "fill FILE",
		Short: "Put the labels of people into proposed cases",
		Long: `Fill replaces each TODO of a file of proposed cases by the type and range that
people gave in view --label --proposed. It leaves out the cases that they drop.
A case that nobody labelled, or that people label differently, keeps its TODO.
It changes nothing but the file that -o names.`,
		Example: `  promptbench cases fill proposed.yaml -o labelled.yaml
  promptbench cases fill proposed.yaml`,
		Annotations: map[string]string{keepsFiles: "yes"},
		Args:        cobra.ExactArgs(1),
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			p, err := project.Load(ctx, o, nil)
			if err != nil {
				return err
			}
			proposed, err := propose.Open(args[0])
			if err != nil {
				return err
			}
			labels, err := label.ReadCases(p.LabelsDir())
			if err != nil {
				return err
			}
			f := proposed.Fill(labels)
			if err := to.writeAll(a, func(writers []io.Writer) error {
				for i, w := range writers {
					if err := writeCases(w, to.outputs[i], f.YAML); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return err
			}
			a.Note("%s filled, %d left out, %d open", wording.Count(f.Filled, "case"), f.Dropped, f.Open)
			if len(f.Differ) > 0 {
				a.Note("people label these differently: %s", wording.List(f.Differ))
			}
			return nil
		}, to.check),
	}
	files.add(cmd)
	to.add(cmd, report.YAML)
	return cmd
}
