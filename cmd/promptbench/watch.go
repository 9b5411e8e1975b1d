package main

import (
	"errors"
	"fmt"
	"strings"

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
		Long: `Watch runs a revision, and again whenever its file, the suite, the config or a
file that a grader names is saved. Cases that failed or changed are asked first,
or did otherwise than at the base; replies that are recorded are replayed. It
says what the save changed, and with --base or --baseline how the revision
compares. A save in the middle of a run lets the calls under way finish, and
begins anew. On a terminal the table stays in place; elsewhere each save prints
a block.

A save may cost as much as a run: the calls it needs are shown before they are
made. --max-calls and --max-cost hold for all saves together. Interrupt it to
end it; the run file is left whole.`,
		Example: `  promptbench watch prompts/v3
  promptbench watch prompts/v4 --base prompts/v3
  promptbench watch prompts/v4 --baseline runs/baseline.jsonl --tag emoji
  promptbench watch prompts/v4 --max-calls 500`,
		Args: exactlyOne("a revision, such as prompts/v3"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(f.check(args[0]), f.how.check(), f.judged.check()); err != nil {
				return err
			}
			o, err := f.files.options()
			if err != nil {
				return err
			}
			return a.withSettings(&f.how, func() error {
				return watch.Watch(cmd.Context(), &a.Console, watch.Options{
					Revision: args[0], Base: f.base, Baseline: f.baseline, MaxErrors: f.judged.maxErrors, Project: o, Job: f.how.job,
				})
			})
		},
	}
	f.files.add(cmd)
	f.files.addCases(cmd)
	f.files.addModel(cmd)
	f.how.add(cmd)
	for _, name := range []string{"fresh", "deadline"} { // make no sense at each save
		_ = cmd.Flags().MarkHidden(name)
	}
	f.judged.add(cmd)
	cmd.Flags().StringVar(&f.base, "base", "", "hold the revision against this `revision`, or run file")
	cmd.Flags().StringVar(&f.baseline, "baseline", "", "hold the revision against the run in this `file`")
	return cmd
}

func (f *watchFlags) check(revision string) error {
	switch {
	case f.how.fresh:
		return usage(errors.New("watch replays what is recorded, else each save would ask everything; leave --fresh out"))
	case f.how.deadline > 0:
		return usage(errors.New("watch runs until it is interrupted; leave --deadline out, and see --max-calls"))
	case f.base != "" && f.baseline != "":
		return usage(errors.New("--base and --baseline both say what to hold the revision against; pass one of them"))
	case runs.IsRunFile(revision):
		return usage(fmt.Errorf("%s is a run file; watch wants a revision, such as prompts/v3", revision))
	case f.baseline != "" && !project.Exists(f.baseline):
		return usage(fmt.Errorf("--baseline %s: there is no such file; promptbench baseline set makes one", f.baseline))
	}
	if name, _, ok := strings.Cut(f.base, "@"); ok && name == revision {
		return nil // as it was in a git revision
	}
	if f.base != "" && f.base == revision {
		return usage(fmt.Errorf("--base %s is the revision itself; name another one, or what it was in git: %s@main", f.base, f.base))
	}
	return nil
}
