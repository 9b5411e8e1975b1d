package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/run/runs"
)

func (a *app) improveCommand() *cobra.Command {
	var (
		files  projectFlags
		to     outputFlags
		manual bool
	)
	cmd := &cobra.Command{
		Use:   "improve REVISION",
		Short: "Say what to change in a revision",
		Long: `With --manual, improve prints a brief for the person who writes the next
revision: why cases fail, each cause with its first cases, what changed for each
expected type since an earlier revision, and which experiments come next. It
reads the newest complete run of the revision, makes no call, and leaves sealed
cases out.`,
		Example: `  promptbench improve prompts/v3 --manual
  promptbench improve prompts/v3 --manual --format json`,
		Args: exactlyOne("a revision, such as prompts/v3"),
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			return a.manual(ctx, o, args, to)
		}, to.check, func() error {
			if !manual {
				return usagef("improve needs --manual; it prints what a person needs to write the next revision")
			}
			return nil
		}),
	}
	cmd.Flags().BoolVar(&manual, "manual", false, "print a brief for a person; make no call")
	files.add(cmd)
	to.add(cmd, report.Table, report.JSON)
	return cmd
}

// manual prints the brief of the newest run of a revision.
func (a *app) manual(ctx context.Context, o project.Options, args []string, to outputFlags) error {
	p, paths, _, err := runs.Compared(ctx, o, args, 0, false, a.NoteText)
	if err != nil {
		return err
	}
	b, err := result.Brief(ctx, p, paths[0])
	if err != nil {
		return err
	}
	return to.write(a,
		func(w io.Writer) error { return report.BriefText(w, b, a.Display(w, true)) },
		func(w io.Writer) error { return report.WriteJSON(w, b) })
}
