package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
)

func (a *app) baselineCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline",
		Short: "Keep the run that new revisions are held against",
		Example: `  promptbench baseline set prompts/v2
  promptbench baseline set prompts/v2 --suite cases/subtodos.yaml`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("promptbench baseline wants a command: set; see promptbench baseline --help"))
			}
			return unknownCommand(cmd, args[0])
		},
	}
	var (
		files projectFlags
		file  string
	)
	set := &cobra.Command{
		Use:   "set RUN|REVISION",
		Short: "Make a complete run the baseline",
		Long: `Set copies a run file to runs/baseline.jsonl, to be committed. A revision stands
for its newest complete run over the whole suite.`,
		Example: `  promptbench baseline set prompts/v2
  promptbench compare --baseline runs/baseline.jsonl prompts/v3`,
		Args: exactlyOne("a run file or a revision, such as prompts/v2"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.setBaseline(cmd.Context(), args[0], o, file)
		},
	}
	files.add(set)
	set.Flags().StringVarP(&file, "output", "o", "", "the baseline `file` (default baseline.jsonl in the runs directory)")
	cmd.AddCommand(set)
	return cmd
}

func (a *app) setBaseline(ctx context.Context, arg string, o project.Options, file string) error {
	look, err := runs.LookupOf(o)
	if err != nil {
		return err
	}
	if file == "" {
		file = filepath.Join(look.Runs, runs.BaselineName)
	}
	if !runs.IsRunFile(file) {
		return usage(fmt.Errorf("-o %s: a run file's name ends in %s, or no command would know it for one", file, runfile.Ext))
	}
	look.Whole = true
	path, err := look.Path(ctx, arg, nil)
	if err != nil {
		return err
	}
	h, err := runs.SetBaseline(path, file)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.Out, "%s is now run %s: %s on %s, %s\n", file, h.Run, h.Prompt.Name, h.Suite.Name, h.Model.ID)
	return nil
}
