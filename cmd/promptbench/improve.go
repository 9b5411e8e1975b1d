package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"promptbench/internal/output/phrase"
	"promptbench/internal/output/progress"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/editor"
	"promptbench/internal/run/improve"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/run/runs"
	"promptbench/internal/run/session"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/search"
)

// improveFlags say how a revision is improved.
type improveFlags struct {
	manual, dryRun      bool
	editor              string
	rounds, edits, keep int
}

func (a *app) improveCommand() *cobra.Command {
	var (
		files projectFlags
		how   runFlags
		to    outputFlags
		f     improveFlags
	)
	cmd := &cobra.Command{
		Use:   "improve REVISION",
		Short: "Propose revisions, test them, and keep what holds",
		Long: `Improve asks an editor, a model of the config, for revisions of a prompt. The
editor sees the prompt, the rules of the suite, and cases that fail and pass,
but no sealed case. The revisions race on the cases that are not sealed: all on
a few, the better half on more. A few that complement each other are edited
again and merged. At the end the best one meets the base on the sealed cases,
once, and its file is written beside the base.

Every call is recorded in a folder of the runs directory. After an interrupt or
a kill, the same command goes on where it was. --max-calls and --max-cost bound
the whole search.

With --manual, improve prints a brief for the person who writes the next
revision: why cases fail, each cause with its first cases, what changed for each
expected type since an earlier revision, and which experiments come next. It
reads the newest complete run of the revision, makes no call, and leaves sealed
cases out.`,
		Example: `  promptbench improve prompts/v3 --editor strong --dry-run
  promptbench improve prompts/v3 --editor strong --max-calls 1000
  promptbench improve prompts/v3 --editor strong --rounds 3 --edits 10
  promptbench improve prompts/v3 --manual`,
		Args: exactlyOne("a revision, such as prompts/v3"),
	}
	cmd.RunE = files.then(func(ctx context.Context, o project.Options, args []string) error {
		if f.manual {
			return a.manual(ctx, o, args, to)
		}
		return a.improve(ctx, o, args, how, f, to)
	}, how.check, to.check, func() error { return f.check(cmd) })
	flags := cmd.Flags()
	flags.BoolVar(&f.manual, "manual", false, "print a brief for a person; make no call")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what the search would take at most; send nothing")
	flags.StringVar(&f.editor, "editor", "", "the model that proposes revisions: a `name` in the config, or ENDPOINT:ID")
	flags.IntVar(&f.rounds, "rounds", 3, "propose `n` times")
	flags.IntVar(&f.edits, "edits", 4, "propose `n` revisions each time")
	flags.IntVar(&f.keep, "keep", 3, "edit the best `n` revisions of a round in the next")
	files.add(cmd)
	files.addModel(cmd)
	how.add(cmd)
	addProgress(cmd)
	hide(cmd, "fresh")
	to.add(cmd, report.Table, report.JSON)
	return cmd
}

func (f improveFlags) check(cmd *cobra.Command) error {
	switch {
	case f.manual && (f.dryRun || cmd.Flags().Changed("editor")):
		return usagef("--manual makes no call; leave --dry-run and --editor out")
	case cmd.Flags().Changed("fresh"):
		return usagef("improve replays what it has recorded, to go on after a kill; leave --fresh out")
	}
	for flag, n := range map[string]int{"rounds": f.rounds, "edits": f.edits, "keep": f.keep} {
		if err := checkCount(flag, n); err != nil {
			return err
		}
	}
	return nil
}

// improve searches for a better revision and prints what it found.
func (a *app) improve(
	ctx context.Context, o project.Options, args []string, how runFlags, f improveFlags, to outputFlags,
) error {
	p, err := project.Load(ctx, o, args)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	return a.withSettings(&how, func() error {
		settings := how.job()
		s, err := improve.Open(ctx, p, improve.Options{
			Job: settings, Editor: f.editor, Note: a.NoteText,
			Settings: search.Settings{Rounds: f.rounds, Edits: f.edits, Keep: f.keep, Margin: compare.DefaultMargin},
			Drive:    func(r *job.Revisions) error { return a.driveQuietly(ctx, r) },
		})
		if err != nil {
			return err
		}
		if f.dryRun {
			price, err := s.Price()
			if err != nil {
				return err
			}
			return to.write(a,
				func(w io.Writer) error { return report.PriceText(w, price, a.Display(w, true)) },
				func(w io.Writer) error { return report.WriteJSON(w, price) })
		}
		better, err := result.Better(ctx, p, p.Prompts[0].Hash(), p.Suite.Name, s.Model())
		if err != nil {
			return err
		}
		if better != nil {
			a.NoteText(phrase.Better(*better, p.Prompts[0].Name))
		}
		found, err := s.Run(ctx)
		if err != nil {
			return err
		}
		return to.write(a,
			func(w io.Writer) error { return report.ImproveText(w, found, a.Display(w, true)) },
			func(w io.Writer) error { return report.WriteJSON(w, found) })
	})
}

// driveQuietly runs one of many jobs, and says only what went wrong.
func (a *app) driveQuietly(ctx context.Context, revisions *job.Revisions) error {
	a.noteRemarks(revisions.Job)
	ends, tally, err := session.Drive(ctx, &a.Console, revisions.Job, session.Options{})
	if ends == nil {
		return err
	}
	a.noteRemarks(revisions.Job)
	lines, complete := a.explain(err), true
	for _, end := range ends {
		if end.Status != runfile.Complete {
			complete = false
			lines = append(lines, progress.Blame("", end.Reason))
		}
	}
	if complete {
		for _, message := range tally.Failures() {
			lines = append(lines, progress.Blame("", message))
		}
	}
	for i, line := range lines {
		if !slices.Contains(lines[:i], line) {
			_, _ = fmt.Fprintln(a.Err, line)
		}
	}
	switch {
	case err != nil:
		return &exitError{code: codeOf(err)}
	case !complete:
		return editor.ErrUnfinished
	}
	return nil
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
