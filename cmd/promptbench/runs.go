package main

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/record/storage"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/compare"
)

func (a *app) runsCommand() *cobra.Command {
	cmd := a.listRunsCommand("runs [REVISION…]")
	cmd.Short = "List the run files and their size, prune and redact them"
	cmd.Example = `  promptbench runs
  promptbench runs prompts/v3 --last 5
  promptbench runs prune --keep 3
  promptbench runs redact prompts/v2 prompts/v3`
	cmd.AddCommand(a.listRunsCommand("list [REVISION…]"), a.pruneCommand(), a.redactCommand())
	return cmd
}

// listRunsCommand is `runs list`, and `runs` alone.
func (a *app) listRunsCommand(use string) *cobra.Command {
	var (
		files projectFlags
		to    outputFlags
		last  int
	)
	cmd := &cobra.Command{
		Use:   use,
		Short: "List the run files, the newest first, and their size on disk",
		Long: `Runs lists the run files in the runs directory and its subfolders. A command
that takes a RUN also takes its id. The column of calls counts those that were
made for the run, without replayed replies. Below each run are its scores, and
for the newest ten the verdict: against the baseline, if it is of the same
suite and model, else against the run before of another prompt. Runs marked git
are committed.`,
		Example: `  promptbench runs list
  promptbench runs list prompts/v3 --last 5
  promptbench runs list --format json`,
	}
	cmd.RunE = files.then(func(ctx context.Context, o project.Options, args []string) error {
		past, err := pastOf(o, args)
		if err != nil {
			return err
		}
		committed := storage.Tracked(ctx, past.Runs)
		found, err := past.Stored(committed)
		if err != nil {
			return err
		}
		if len(found) == 0 && len(args) > 0 && cmd.HasSubCommands() {
			if err := notSubcommand(cmd, args[0]); err != nil {
				return err
			}
		}
		used, err := storage.UsageOf(past.Runs, committed)
		if err != nil {
			return err
		}
		shown := found
		if last > 0 {
			shown = found[:min(last, len(found))]
		}
		did, err := standings(ctx, o, past.Runs, shown)
		if err != nil {
			return err
		}
		return to.write(a,
			func(w io.Writer) error {
				return report.RunsText(w, past.Runs, shown, found, did, used, a.Display(w, false))
			},
			func(w io.Writer) error { return report.RunsJSON(w, shown, did) })
	}, func() error { return checkAtLeast("last", last, 0) }, to.check)
	cmd.Flags().IntVar(&last, "last", 20, "only the newest `n` runs, 0 for all")
	files.add(cmd)
	to.add(cmd, report.Table, report.JSON)
	return cmd
}

// standings returns how the shown runs of a directory did.
func standings(ctx context.Context, o project.Options, dir string, shown []storage.Stored) (
	map[string]compare.Standing, error,
) {
	p, err := project.Settings(o)
	if err != nil {
		return nil, err
	}
	found := make([]runfile.Found, len(shown))
	for i, s := range shown {
		found[i] = s.Found
	}
	return result.Standings(ctx, p, dir, found)
}

// notSubcommand returns an error for a mistyped command that was taken for the name
// of a revision, nil if it may be one.
func notSubcommand(cmd *cobra.Command, typed string) error {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	if strictyaml.Nearest(typed, names) != "" && !slices.Contains(names, typed) {
		return unknownCommand(cmd, typed)
	}
	return nil
}

// pastOf returns the runs of some revisions, on the suite and the model that flags
// name.
func pastOf(o project.Options, revisions []string) (runs.Past, error) {
	dir, err := o.RunsDir()
	return runs.Past{Runs: dir, Suite: o.Suite, Model: o.Model, Prompts: revisions}, err
}
