package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/summary"
)

func (a *app) showCommand() *cobra.Command {
	var (
		files  projectFlags
		failed bool
	)
	cmd := &cobra.Command{
		Use:   "show RUN|REVISION",
		Short: "Show cases in full: prompt, reply, how it was read, every reason",
		Example: `  promptbench show prompts/v3 --failed
  promptbench show prompts/v3 --case dentist-tomorrow-10
  promptbench show runs/baseline.jsonl --tag emoji`,
		Args: exactlyOne("a run file or a revision, such as prompts/v3"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.show(cmd.Context(), args[0], o, failed)
		},
	}
	files.add(cmd)
	files.addCases(cmd)
	cmd.Flags().BoolVar(&failed, "failed", false, "only cases that fail a grader or have no reply")
	return cmd
}

func (a *app) show(ctx context.Context, arg string, o project.Options, failed bool) error {
	run, err := loadRun(ctx, arg, o, runfile.Full)
	if err != nil {
		return err
	}
	cases, err := runs.CasesOf(run, o.Select)
	if err != nil {
		return err
	}
	if failed {
		cases = failing(run, cases)
	}
	for i, c := range cases {
		if i > 0 {
			_, _ = fmt.Fprintln(a.Out)
		}
		shown, err := result.Case(run, c)
		if err != nil {
			return err
		}
		if err := report.CaseText(a.Out, shown, a.Display(a.Out, true)); err != nil {
			return err
		}
	}
	if len(cases) == 0 {
		_, _ = fmt.Fprintln(a.Out, "No case fails.")
	}
	if run.Status() != runfile.Complete {
		a.Note("run %s is %s", run.Header.Run, run.Status())
	}
	return nil
}

// failing are those that fail a grader or have no reply.
func failing(run *runfile.Run, cases []runfile.Case) []runfile.Case {
	ids := map[string]bool{}
	for _, c := range summary.Of(run, nil).Failed {
		ids[c.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(cases), func(c runfile.Case) bool { return !ids[c.Case] })
}

// loadRun loads the run that an argument stands for.
func loadRun(ctx context.Context, arg string, o project.Options, d runfile.Detail) (*runfile.Run, error) {
	look, err := runs.LookupOf(o)
	if err != nil {
		return nil, err
	}
	path, err := look.Path(ctx, arg, nil)
	if err != nil {
		return nil, err
	}
	return runfile.Load(path, d)
}
