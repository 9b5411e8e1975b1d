package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			run, err := a.loadRun(ctx, args[0], o, runfile.Full)
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
			return a.show(run, cases)
		}),
	}
	files.add(cmd)
	files.addCases(cmd)
	group(cmd, groupCases, func(flags *pflag.FlagSet) {
		flags.BoolVar(&failed, "failed", false, "only cases that fail a grader or have no reply")
	})
	return cmd
}

func (a *app) show(run *runfile.Run, cases []runfile.Case) error {
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

// failing returns the cases that fail a grader or have no reply.
func failing(run *runfile.Run, cases []runfile.Case) []runfile.Case {
	ids := map[string]bool{}
	for _, c := range summary.Of(run, nil).Failed {
		ids[c.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(cases), func(c runfile.Case) bool { return !ids[c.Case] })
}

// loadRun loads the run that an argument names.
func (a *app) loadRun(ctx context.Context, arg string, o project.Options, d runfile.Detail) (*runfile.Run, error) {
	paths, err := a.pathsOf(ctx, []string{arg}, o)
	if err != nil {
		return nil, err
	}
	return runfile.Load(paths[0], d)
}

// pathsOf returns the run files that arguments name.
func (a *app) pathsOf(ctx context.Context, args []string, o project.Options) ([]string, error) {
	look, err := runs.LookupOf(o)
	if err != nil {
		return nil, err
	}
	look.Note = a.NoteText
	paths := make([]string, len(args))
	for i, arg := range args {
		if paths[i], err = look.Path(ctx, arg, nil); err != nil {
			return nil, err
		}
	}
	return paths, nil
}
