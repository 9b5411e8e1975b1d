package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
)

// configBaseline is the baseline that the config names; empty if it names none.
func configBaseline(o project.Options) (string, error) {
	p, err := project.Settings(o)
	if err != nil || len(p.Config.Baselines) == 0 {
		return "", err
	}
	return p.Config.Baselines[0], nil
}

func (a *app) baselineCommand() *cobra.Command {
	var (
		files projectFlags
		file  string
	)
	set := &cobra.Command{
		Use:   "set RUN|REVISION…",
		Short: "Make a complete run, or several of one revision, the baseline",
		Long: `Set copies a run file to runs/baseline.jsonl, to be committed. A revision means
its newest complete run over the whole suite. Several runs of one revision are
pooled: their replies become trials of one run.

A baseline of several trials a case alarms less often by chance. Make it with
run --trials 5, or pool runs. Never choose the best of several runs: almost any
later run looks worse than a lucky one.`,
		Example: `  promptbench baseline set prompts/v2
  promptbench compare --baseline runs/baseline.jsonl prompts/v3`,
		Args: atLeastOne("a run file or a revision, such as prompts/v2"),
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			look, err := runs.LookupOf(o)
			if err != nil {
				return err
			}
			file := cmp.Or(file, runs.Baselines(look.Project)[0])
			if !runs.IsRunFile(file) {
				return usagef("-o %s: the name of a run file must end in %s", file, runfile.Ext)
			}
			look.Whole = true
			paths := make([]string, len(args))
			for i, arg := range args {
				if paths[i], err = look.Path(ctx, arg, nil); err != nil {
					return err
				}
			}
			h, err := runs.SetBaseline(paths, file)
			if err != nil {
				return err
			}
			said := fmt.Sprintf("%s is now run %s: %s on %s, %s", file, h.Run, h.Prompt.Name, h.Suite.Name, h.Model.ID)
			if len(h.Pooled) > 1 {
				said += fmt.Sprintf(", pooled from %d runs with %s a case", len(h.Pooled), wording.Count(h.Trials, "trial"))
			}
			_, err = fmt.Fprintln(a.Out, textsafe.Cell(said))
			return err
		}),
	}
	files.add(set)
	set.Flags().StringVarP(&file, "output", "o", "", "the baseline `file` (default baseline.jsonl in the runs directory)")
	return groupCommand(&cobra.Command{
		Use:   "baseline",
		Short: "Choose the run that new revisions are compared with",
		Example: `  promptbench baseline set prompts/v2
  promptbench baseline set prompts/v2 --suite cases/subtodos.yaml`,
	}, set)
}
