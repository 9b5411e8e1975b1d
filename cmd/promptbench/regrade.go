package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"promptbench/internal/input/config"
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
		Short: "Grade recorded replies again, with the current suite",
		Long: `Regrade writes a new run file with the same replies, graded by the suite as it
is now. It makes no call, and does not change the old run file.`,
		Example: `  promptbench regrade prompts/v3
  promptbench regrade runs/baseline.jsonl --suite cases/subtodos.yaml`,
		Args: exactlyOne("a run file or a revision, such as prompts/v3"),
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			old, err := a.loadRun(ctx, args[0], o, runfile.Replies)
			if err != nil {
				return err
			}
			if path := config.FromRecord(old.Header.Suite.Path); o.Suite == "" && project.Exists(path) {
				o.Suite = path
			}
			p, err := project.Load(ctx, o, nil)
			if err != nil {
				return err
			}
			a.Warn(p.Warnings)
			path, err := regrade.SaveRegraded(ctx, p, old, tool(), time.Now())
			if err != nil {
				return err
			}
			a.Note("run file: %s", path)
			return a.reportRuns(ctx, []string{path}, o, shown)
		}, shown.check),
	}
	files.add(cmd)
	shown.judged.add(cmd)
	shown.add(cmd)
	return cmd
}
