package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"promptbench/internal/output/progress"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/session"
	"promptbench/internal/verdict/compare"
)

// pairwiseFlags are the flags of a comparison by a judge.
type pairwiseFlags struct {
	on    bool
	how   runFlags
	calls []string // the flags that make sense with --pairwise only
}

func (f *pairwiseFlags) add(cmd *cobra.Command, files *projectFlags) {
	cmd.Flags().BoolVar(&f.on, "pairwise", false,
		"ask the judge which of the two replies to each case is better, in both orders")
	known := flagNames(cmd)
	files.addJudge(cmd)
	f.how.add(cmd)
	f.calls = slices.DeleteFunc(flagNames(cmd), func(name string) bool { return slices.Contains(known, name) })
	hide(cmd, "trials", "pprof")
}

func (f *pairwiseFlags) check(cmd *cobra.Command) error {
	if f.on {
		return f.how.check()
	}
	for _, name := range f.calls {
		if name != "offline" && cmd.Flags().Changed(name) { // it makes none anyway
			return usagef("--%s is for calls, and compare makes none without --pairwise", name)
		}
	}
	return nil
}

// askPairwise has the judge compare the replies of two runs, and adds what it says
// to their comparison.
func (a *app) askPairwise(ctx context.Context, p *project.Project, pair report.Pair, how runFlags) error {
	j, err := job.PreparePairwise(ctx, p, how.job(), pair.Base, pair.Head)
	if err != nil {
		return err
	}
	ends, tally, err := session.Drive(ctx, &a.Console, j, session.Options{})
	if err != nil {
		return err
	}
	a.noteRuns(j)
	messages := tally.Failures()
	if ends[0].Status != runfile.Complete {
		messages = []string{unfinished("pairwise run", ends[0], j.Trials, "pair")}
	}
	for _, message := range messages {
		_, _ = fmt.Fprintln(a.Err, progress.Blame("", message))
	}
	run, err := runfile.Load(j.Runs[0].Path, runfile.Full)
	if err != nil {
		return err
	}
	pair.Comparison.Pairwise = compare.PairwiseOf(run, p.JudgePrice(run))
	return nil
}
