package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/verdict/compare"
)

// pairwiseFlags are those of a comparison that asks a judge.
type pairwiseFlags struct {
	on  bool
	how runFlags
}

// add adds the flags; those of a job have no meaning without --pairwise.
func (f *pairwiseFlags) add(cmd *cobra.Command, files *projectFlags) {
	cmd.Flags().BoolVar(&f.on, "pairwise", false, "ask the judge which of the two replies to each case is better, in both orders")
	files.addJudge(cmd)
	files.addBaseURL(cmd)
	f.how.add(cmd)
	for _, name := range []string{"trials", "pprof"} {
		_ = cmd.Flags().MarkHidden(name)
	}
}

func (f *pairwiseFlags) check(cmd *cobra.Command) error {
	if f.on {
		return f.how.check()
	}
	for _, name := range []string{"judge", "base-url", "concurrency", "timeout", "fresh", "offline", "max-age", "max-calls", "max-cost", "deadline", "log-file", "trials", "pprof"} {
		if cmd.Flags().Changed(name) {
			return usage(fmt.Errorf("--%s is for calls, and compare makes none without --pairwise", name))
		}
	}
	return nil
}

// duel has the judge compare the replies of two runs, and adds what it says to
// their comparison.
func (a *app) duel(ctx context.Context, p *project.Project, base, head *runfile.Run, c *compare.Comparison, how runFlags) error {
	log, logFile, err := openLog(how.logFile)
	if err != nil {
		return err
	}
	defer logFile.Close() //nolint:errcheck // of diagnostics; the run file has its own
	d, err := job.PrepareDuel(ctx, p, how.job(log), base, head)
	if err != nil {
		return err
	}
	bar := a.progressOf(len(d.Pairs), d.Stats, betweenLines)
	d.Progress = bar.done
	ctx, stop, release := interruptible(ctx, a)
	end, err := d.Compare(ctx, stop)
	release()
	bar.finish()
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	a.note("run file: %s", d.Path)
	said := bar.why()
	if end.Status != runfile.Complete {
		said = []string{fmt.Sprintf("the pairwise run is %s (%s): %d of %s judged and kept; run it again to go on from there",
			end.Status, end.Reason, end.Trials, count(len(d.Pairs), "pair"))}
	}
	for _, message := range said {
		_, _ = fmt.Fprintln(a.err, a.blame("", message))
	}
	run, err := runfile.Load(d.Path, runfile.Full)
	if err != nil {
		return err
	}
	c.Pairwise = compare.PairwiseOf(run, p.JudgePrice(run))
	return nil
}
