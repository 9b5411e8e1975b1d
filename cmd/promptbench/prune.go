package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/record/storage"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
)

func (a *app) pruneCommand() *cobra.Command {
	var (
		files projectFlags
		to    outputFlags
		how   storage.Pruning
		sure  bool
	)
	cmd := &cobra.Command{
		Use:   "prune [REVISION…] --keep N",
		Short: "Remove old run files; without --yes, only list them",
		Long: `Prune removes run files except the newest N of each revision, suite and model.
Without --yes it only lists what it would remove, and how much that frees.

It always keeps the baseline, files in git, files with a name or a folder of
their own, and runs that are being written or wait for a batch. Unless a flag
says otherwise, it also keeps runs that did not end, and the only recording of
a reply that people labelled, or of a reply to a prompt as it is in the work
tree or the newest commit.`,
		Example: `  promptbench runs prune --keep 3
  promptbench runs prune --keep 3 --yes
  promptbench runs prune prompts/v1 --keep 0 --recordings
  promptbench runs prune --keep 0 --unfinished --recordings   # all but git's`,
	}
	cmd.RunE = files.then(func(ctx context.Context, o project.Options, args []string) error {
		past, err := pastOf(o, args)
		if err != nil {
			return err
		}
		how.Baseline = filepath.Join(past.Runs, runs.BaselineName)
		fates, err := past.Prune(ctx, how)
		if err != nil {
			return err
		}
		if sure {
			err = removeRuns(ctx, fates)
		}
		return errors.Join(err, to.write(a,
			func(w io.Writer) error { return report.PruneText(w, fates, sure, a.Display(w, false)) },
			func(w io.Writer) error { return report.PruneJSON(w, fates, sure) }))
	}, func() error {
		if !cmd.Flags().Changed("keep") {
			return usagef("promptbench runs prune needs --keep N, the number of runs to keep of each revision, " +
				"suite and model; 0 keeps what is committed")
		}
		return checkAtLeast("keep", how.Keep, 0)
	}, to.check)
	flags := cmd.Flags()
	flags.IntVar(&how.Keep, "keep", 0, "keep the newest `n` runs of each revision, suite and model")
	flags.BoolVar(&how.Unfinished, "unfinished", false, "also remove runs that did not end")
	flags.BoolVar(&how.Recordings, "recordings", false,
		"also remove the only recordings of labelled replies and current prompts")
	flags.BoolVar(&sure, "yes", false, "remove the files, not only list them")
	files.add(cmd)
	to.add(cmd, report.Table, report.JSON)
	return cmd
}

// removeRuns removes the runs that do not stay. One that can't be removed stays, and
// says why.
func removeRuns(ctx context.Context, fates []storage.Fate) error {
	var errs []error
	for i := range fates {
		f := &fates[i]
		if f.Stays != "" || ctx.Err() != nil {
			continue
		}
		if err := runfile.Remove(f.Path); err != nil {
			errs = append(errs, err)
			f.Stays = "it could not be removed"
		}
	}
	return errors.Join(errs...)
}
