package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/regrade"
)

func (a *app) regradeCommand() *cobra.Command {
	var (
		files projectFlags
		shown printing
	)
	cmd := &cobra.Command{
		Use:   "regrade RUN|REVISION",
		Short: "Grade stored replies by the suite as it is now, without a call",
		Long: `Regrade writes a new run file with the same replies, graded by the suite as it
is now. It makes no call, and leaves the old run file as it is.`,
		Example: `  promptbench regrade prompts/v3
  promptbench regrade runs/baseline.jsonl --suite cases/subtodos.yaml`,
		Args: exactlyOne("a run file or a revision, such as prompts/v3"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := shown.check(); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.regrade(cmd.Context(), args[0], o, shown)
		},
	}
	files.add(cmd)
	shown.judged.add(cmd)
	shown.add(cmd)
	return cmd
}

func (a *app) regrade(ctx context.Context, arg string, o project.Options, shown printing) error {
	old, err := loadRun(ctx, arg, o, runfile.Replies)
	if err != nil {
		return err
	}
	if o.Suite == "" && project.Exists(old.Header.Suite.Path) {
		o.Suite = old.Header.Suite.Path
	}
	p, err := project.Load(ctx, o, nil)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	path, err := regrade.SaveRegraded(ctx, p, old, "promptbench "+version(), time.Now())
	if err != nil {
		return err
	}
	a.Note("run file: %s", path)
	return a.reportRuns(ctx, []string{path}, o, shown)
}
