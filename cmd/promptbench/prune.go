package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/record/storage"
	"promptbench/internal/run/runs"
)

func (a *app) pruneCommand() *cobra.Command {
	var (
		files  projectFlags
		result outputFlags
		how    storage.Pruning
		sure   bool
	)
	cmd := &cobra.Command{
		Use:   "prune [REVISION…] --keep N",
		Short: "Remove old run files; without --yes, say which",
		Long: `Prune removes run files but for the newest N of each revision, suite and model.
Without --yes it only says which would go, and what that frees.

These always stay: the baseline, what is committed to git, files that were given
a name or a folder of their own, and runs that are being written or wait for a
batch. These stay unless a flag gives them up: runs that did not end, and the
only recording of a reply that people labelled, or to a prompt as it is in the
work tree or the newest commit.`,
		Example: `  promptbench runs prune --keep 3
  promptbench runs prune --keep 3 --yes
  promptbench runs prune prompts/v1 --keep 0 --recordings
  promptbench runs prune --keep 0 --unfinished --recordings   # git's alone`,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case !cmd.Flags().Changed("keep"):
				return usage(errors.New("promptbench runs prune wants --keep N: how many runs of each revision, suite and model stay; 0 leaves what is committed"))
			case how.Keep < 0:
				return usage(fmt.Errorf("--keep is %d; it is at least 0", how.Keep))
			}
			if err := result.check(); err != nil {
				return err
			}
			past, err := pastOf(&files, args)
			if err != nil {
				return err
			}
			how.Baseline = filepath.Join(past.Runs, runs.BaselineName)
			fates, err := past.Prune(cmd.Context(), how)
			if err != nil {
				return err
			}
			if sure {
				err = removeRuns(cmd.Context(), fates)
			}
			return errors.Join(err, result.write(a, func(w io.Writer) error {
				if result.format == report.JSON {
					return report.PruneJSON(w, fates, sure)
				}
				return report.PruneText(w, fates, sure, a.Display(w, false))
			}))
		},
	}
	files.add(cmd)
	result.add(cmd, report.Table, report.JSON)
	flags := cmd.Flags()
	flags.IntVar(&how.Keep, "keep", 0, "the newest `n` runs of each revision, suite and model stay")
	flags.BoolVar(&how.Unfinished, "unfinished", false, "runs that did not end may go, too")
	flags.BoolVar(&how.Recordings, "recordings", false, "so may the only recordings of labelled replies and of current prompts")
	flags.BoolVar(&sure, "yes", false, "remove them, rather than say which would go")
	return cmd
}

// removeRuns removes the runs that go. One that can't be removed stays, and says
// why.
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
