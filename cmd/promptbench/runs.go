package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/output/report"
	"promptbench/internal/record/storage"
	"promptbench/internal/run/runs"
)

func (a *app) runsCommand() *cobra.Command {
	cmd := a.listRunsCommand("runs [REVISION…]")
	cmd.Short = "List the run files and what they cost, prune them, take words out"
	cmd.Example = `  promptbench runs
  promptbench runs prompts/v3 --last 5
  promptbench runs prune --keep 3
  promptbench runs redact prompts/v2 prompts/v3`
	list := a.listRunsCommand("list [REVISION…]")
	cmd.AddCommand(list, a.pruneCommand(), a.redactCommand())
	return cmd
}

// listRunsCommand is `runs list`, and `runs` alone.
func (a *app) listRunsCommand(use string) *cobra.Command {
	var (
		files  projectFlags
		result outputFlags
		last   int
	)
	cmd := &cobra.Command{
		Use:   use,
		Short: "List the run files, the newest first, and what they cost on disk",
		Long: `Runs lists the run files in the runs directory and its subfolders. The id of a
run stands for its file wherever a command takes a RUN. Calls are those that
were made for the run; replayed replies are none. Those with git are committed.`,
		Example: `  promptbench runs list
  promptbench runs list prompts/v3 --last 5
  promptbench runs list --format json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if last < 0 {
				return usage(fmt.Errorf("--last is %d; it is at least 1, or 0 for all", last))
			}
			if err := result.check(); err != nil {
				return err
			}
			past, err := pastOf(&files, args)
			if err != nil {
				return err
			}
			committed := storage.Tracked(cmd.Context(), past.Runs)
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
			return result.write(a, func(w io.Writer) error {
				if result.format == report.JSON {
					return report.RunsJSON(w, shown)
				}
				return report.RunsText(w, past.Runs, shown, len(found), used, a.Display(w, false))
			})
		},
	}
	files.add(cmd)
	result.add(cmd, report.Table, report.JSON)
	cmd.Flags().IntVar(&last, "last", 20, "only the newest `n` runs, 0 for all")
	return cmd
}

// notSubcommand is the error of a mistyped command that was taken for the name of
// a revision, nil where it may be one.
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

// pastOf are the runs that a command is about: of the suite and the model that
// its flags name, and of some revisions.
func pastOf(files *projectFlags, revisions []string) (runs.Past, error) {
	o, err := files.options()
	if err != nil {
		return runs.Past{}, err
	}
	dir, err := o.RunsDir()
	return runs.Past{Runs: dir, Suite: o.Suite, Model: o.Model, Prompts: revisions}, err
}
