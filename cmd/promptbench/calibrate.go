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
	"promptbench/internal/run/runs"
	"promptbench/internal/run/session"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/calibration"
)

func (a *app) calibrateCommand() *cobra.Command {
	var (
		files  projectFlags
		how    runFlags
		result outputFlags
		asked  int
		all    bool
		brief  bool
	)
	cmd := &cobra.Command{
		Use:   "calibrate [RUN|REVISION…]",
		Short: "Say how far the judge agrees with the labels of people",
		Long: `Calibrate asks the judge about every reply that was labelled, as a run would,
some times over, and once with the options reversed. It says for each criterion
how far the judge agrees with people, and keeps that in the runs directory,
where run and compare look it up. The replies are looked for in the given runs,
else in all.`,
		Example: `  promptbench judge calibrate --suite cases/subtodos-judged.yaml --judge strong
  promptbench judge calibrate --judge strong --offline --all`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if asked < 1 {
				return usage(fmt.Errorf("--ask is %d; it is at least 1", asked))
			}
			if err := errors.Join(how.check(), result.check()); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.calibrate(cmd.Context(), args, o, how, asked, func(w io.Writer, p *project.Project, c calibration.Calibration) error {
				if result.format == "json" {
					return report.CalibrationJSON(w, c)
				}
				d := a.Display(w, all)
				d.Brief = brief
				return report.CalibrationText(w, c, p.Config.Judged.Bar, d)
			}, result)
		},
	}
	files.add(cmd)
	files.addCases(cmd)
	files.addModel(cmd)
	how.add(cmd)
	for _, name := range []string{"trials", "model", "temperature", "top-p", "max-tokens", "seed"} { // they are of a revision's model
		_ = cmd.Flags().MarkHidden(name)
	}
	result.add(cmd, "table", "json")
	cmd.Flags().IntVar(&asked, "ask", 2, "ask every question `n` times, to see whether verdicts flip")
	cmd.Flags().BoolVar(&all, "all", false, "list every disagreement, not only the first")
	cmd.Flags().BoolVar(&brief, "brief", false, "leave out the disagreements")
	cmd.MarkFlagsMutuallyExclusive("all", "brief")
	return cmd
}

func (a *app) calibrate(ctx context.Context, args []string, o project.Options, how runFlags, asked int,
	show func(io.Writer, *project.Project, calibration.Calibration) error, to outputFlags,
) error {
	p, err := project.Load(ctx, o, nil)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	paths, err := labelledRuns(ctx, args, p)
	if err != nil {
		return err
	}
	var c calibration.Calibration
	if err := a.withSettings(&how, func() (err error) { c, err = a.askJudge(ctx, p, how, paths, asked); return err }); err != nil {
		return err
	}
	path, err := calibration.Save(p.RunsDir, c)
	if err != nil {
		return err
	}
	a.Note("calibration: %s", path)
	return to.write(a, func(w io.Writer) error { return show(w, p, c) })
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
		return c, fmt.Errorf("the judge did not answer %s, so it is not measured: %s; run it again to go on from there",
			wording.Count(n, "question"), why)
	}
	return j.Result(), nil
}

// unfinished says that a job of a judge did not end, and how to go on.
func unfinished(job string, end runfile.End, total int, noun string) string {
	return fmt.Sprintf("the %s is %s (%s): %d of %s judged and kept; run it again to go on from there",
		job, end.Status, end.Reason, end.Trials, wording.Count(total, noun))
}

// labelledRuns are the run files that the labelled replies are looked for in.
func labelledRuns(ctx context.Context, args []string, p *project.Project) ([]string, error) {
	var out []string
	if len(args) == 0 {
		found, err := runfile.Find(p.RunsDir, func(runfile.Header) bool { return true })
		for _, f := range found {
			out = append(out, f.Path)
		}
		return out, err
	}
	for _, arg := range args {
		path, err := runs.Lookup{Runs: p.RunsDir}.Path(ctx, arg, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, path)
	}
	return out, nil
}
