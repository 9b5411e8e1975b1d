package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/session"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/calibration"
)

func (a *app) calibrateCommand() *cobra.Command {
	var (
		files projectFlags
		how   runFlags
		to    outputFlags
		asked int
		all   bool
		brief bool
	)
	cmd := &cobra.Command{
		Use:   "calibrate [RUN|REVISION…]",
		Short: "Measure how far the judge agrees with human labels",
		Long: `Calibrate asks the judge about every labelled reply as a run would, several
times, and once with the options reversed. It reports for each criterion how
far the judge agrees with people, and saves that in the runs directory for run
and compare. It looks for the replies in the given runs, by default in all.`,
		Example: `  promptbench judge calibrate --suite cases/subtodos-judged.yaml --judge strong
  promptbench judge calibrate --judge strong --offline --all`,
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			p, err := project.Load(ctx, o, nil)
			if err != nil {
				return err
			}
			a.Warn(p.Warnings)
			paths, err := a.labelledRuns(ctx, args, p)
			if err != nil {
				return err
			}
			var c calibration.Calibration
			err = a.withSettings(&how, func() (err error) {
				c, err = a.askJudge(ctx, p, how, paths, asked)
				return err
			})
			if err != nil {
				return err
			}
			path, err := calibration.Save(p.RunsDir, c)
			if err != nil {
				return err
			}
			a.Note("calibration: %s", path)
			return to.write(a, func(w io.Writer) error {
				d := a.Display(w, all)
				d.Brief = brief
				return report.CalibrationText(w, c, p.Config.Judged.Bar, d)
			}, func(w io.Writer) error { return report.WriteJSON(w, c) })
		}, func() error { return checkCount("ask", asked) }, how.check, to.check),
	}
	flags := cmd.Flags()
	flags.IntVar(&asked, "ask", 2, "ask every question `n` times, to see whether verdicts change")
	files.add(cmd)
	files.addCases(cmd)
	files.addModel(cmd)
	how.add(cmd)
	addProgress(cmd)
	hide(cmd, "trials", "model", "temperature", "top-p", "max-tokens", "seed") // they are for the model of a revision
	to.add(cmd, report.Table, report.JSON)
	flags.BoolVar(&all, "all", false, "list every disagreement, not only the first")
	flags.BoolVar(&brief, "brief", false, "leave out the disagreements")
	cmd.MarkFlagsMutuallyExclusive("all", "brief")
	return cmd
}

// askJudge asks the judge about the labelled replies.
func (a *app) askJudge(ctx context.Context, p *project.Project, how runFlags, paths []string, asked int) (
	c calibration.Calibration, err error,
) {
	j, err := job.PrepareCalibration(ctx, p, how.job(), paths, asked)
	if err != nil {
		return c, err
	}
	ends, _, err := session.Drive(ctx, &a.Console, j.Job, session.Options{})
	if err != nil {
		return c, err
	}
	a.noteRuns(j.Job)
	if end := ends[0]; end.Status != runfile.Complete {
		return c, errors.New(unfinished("calibration", end, j.Trials, "labelled reply"))
	}
	if n, why := j.Unanswered(); n > 0 {
		return c, fmt.Errorf("the judge did not answer %s, so it is not measured: %s; run the same command again to finish",
			wording.Count(n, "question"), why)
	}
	return j.Result(), nil
}

// unfinished says that a job of a judge did not end, and how to go on.
func unfinished(kind string, end runfile.End, total int, noun string) string {
	return fmt.Sprintf("the %s is %s (%s): %d of %s judged and kept; run the same command again to finish it",
		kind, end.Status, end.Reason, end.Trials, wording.Count(total, noun))
}

// labelledRuns returns the run files in which labelled replies are looked for.
func (a *app) labelledRuns(ctx context.Context, args []string, p *project.Project) ([]string, error) {
	if len(args) > 0 {
		return a.pathsOf(ctx, args, project.Options{Config: p.Options.Config, Runs: p.RunsDir})
	}
	found, err := runfile.Find(p.RunsDir, func(runfile.Header) bool { return true })
	paths := make([]string, len(found))
	for i, f := range found {
		paths[i] = f.Path
	}
	return paths, err
}
