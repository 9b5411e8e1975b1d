package main

import (
	"context"

	"github.com/spf13/cobra"

	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/run/watch"
)

// watchFlags are the flags of watch.
type watchFlags struct {
	files    projectFlags
	how      runFlags
	base     string
	baseline string
	judged   verdictFlags
}

func (a *app) watchCommand() *cobra.Command {
	var f watchFlags
	cmd := &cobra.Command{
		Use:   "watch REVISION",
		Short: "Run a revision at each save, the cases that failed first",
		Long: `Watch runs a revision now, and again whenever its file, the suite, the config
or a file that a grader names is saved. Cases that failed or changed come
first, then those with another result than at the base. Recorded replies are
replayed.

It shows what the save changed, and with --base or --baseline how the revision
compares. A save in the middle of a run lets the calls in flight finish and
starts a new run. On a terminal the table stays in place; elsewhere each save
prints a block.

A save may cost as much as a run: watch shows the calls that it needs before it
makes them. --max-calls and --max-cost limit all saves together. Ctrl-C ends
it, and keeps the finished replies.`,
		Example: `  promptbench watch prompts/v3
  promptbench watch prompts/v4 --base prompts/v3
  promptbench watch prompts/v4 --baseline runs/baseline.jsonl --tag emoji
  promptbench watch prompts/v4 --max-calls 500`,
		Args: exactlyOne("a revision, such as prompts/v3"),
	}
	cmd.RunE = f.files.then(func(ctx context.Context, o project.Options, args []string) error {
		if err := f.check(args[0]); err != nil {
			return err
		}
		return a.withSettings(&f.how, func() error {
			return watch.Watch(ctx, &a.Console, watch.Options{
				Revision: args[0], Base: f.base, Baseline: f.baseline, MaxErrors: f.judged.maxErrors, Project: o, Job: f.how.job,
			})
		})
	}, f.how.check, f.judged.check)
	cmd.Flags().StringVar(&f.base, "base", "", "compare with this `revision`, or run file")
	cmd.Flags().StringVar(&f.baseline, "baseline", "", "compare with the run in this `file`")
	f.files.add(cmd)
	f.files.addCases(cmd)
	f.files.addModel(cmd)
	f.how.add(cmd)
	hide(cmd, "fresh", "deadline") // make no sense at each save
	f.judged.add(cmd)
	return cmd
}

func (f *watchFlags) check(revision string) error {
	switch {
	case f.how.fresh:
		return usagef("--fresh would call the model for every case at each save; leave it out")
	case f.how.deadline > 0:
		return usagef("watch runs until it is interrupted; leave --deadline out, and see --max-calls")
	case f.base != "" && f.baseline != "":
		return usagef("--base and --baseline both say what to compare with; pass one of them")
	case runs.IsRunFile(revision):
		return usagef("%s is a run file; watch needs a revision, such as prompts/v3", revision)
	case f.baseline != "" && !project.Exists(f.baseline):
		return usagef("--baseline %s: there is no such file; promptbench baseline set makes one", f.baseline)
	case f.base != "" && f.base == revision:
		return usagef("--base %[1]s is the revision itself; name another one, or what it was in git: %[1]s@main", f.base)
	}
	return nil
}
