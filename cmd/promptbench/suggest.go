package main

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"promptbench/internal/migrate/propose"
	"promptbench/internal/output/report"
	"promptbench/internal/run/cases"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
)

// suggestFlags say what is suggested, or accepted.
type suggestFlags struct {
	dryRun                      bool
	editor, proposed            string
	each, requests, paraphrases int
	accept                      []string
}

func (a *app) casesSuggestCommand() *cobra.Command {
	var (
		files projectFlags
		how   runFlags
		to    outputFlags
		f     suggestFlags
	)
	cmd := &cobra.Command{
		Use:   "suggest [REVISION]",
		Short: "Say which cases the suite lacks, and have a model propose inputs",
		Long: `Suggest lists what the suite lacks: types and tags with too few cases, and rules
of the prompt that share no word with a case. Without a revision it takes the
rules of the last prompt file.

With an editor, a model of the config, it also asks for inputs that fill these
gaps, and for paraphrases of cases. It checks them as cases from does: an input
that repeats another one, a case or an example of a prompt is left out. Sealed
cases are never sent. The calls are recorded, so the same command goes on after
an interrupt and costs nothing once it has finished.

Write the proposed cases to a file with -o, replace each TODO by the type that
you expect, and move cases into the suite with --accept. Nothing else adds a
case to the suite. Comments and layout of the suite stay.`,
		Example: `  promptbench cases suggest
  promptbench cases suggest prompts/v3 --editor strong --dry-run
  promptbench cases suggest --editor strong -o proposed.yaml
  promptbench cases suggest --accept case-1f0c2d3e4a5b=question
  promptbench cases suggest --accept all --proposed proposed.yaml`,
		Annotations: map[string]string{keepsFiles: "yes"},
	}
	cmd.RunE = files.then(func(ctx context.Context, o project.Options, args []string) error {
		if len(args) > 1 {
			return usagef("cases suggest takes one revision, and %d are given", len(args))
		}
		if len(f.accept) > 0 {
			return a.accept(ctx, o, args, f)
		}
		return a.suggest(ctx, o, args, how, f, to)
	}, how.check, to.check, func() error { return f.check(cmd) })
	flags := cmd.Flags()
	flags.StringVar(
		&f.editor,
		"editor",
		"",
		"the model that proposes inputs, also as --model: a `name` in the config, or ENDPOINT:ID",
	)
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what the proposals would take at most; send nothing")
	flags.IntVar(&f.each, "each", 5, "ask for `n` inputs in each request")
	flags.IntVar(&f.requests, "requests", 20, "make at most `n` requests, the widest gaps first")
	flags.IntVar(&f.paraphrases, "paraphrases", 5, "ask for a paraphrase of `n` cases")
	flags.StringSliceVar(&f.accept, "accept", nil,
		"move a proposed case into the suite: its `id`, id=type to label it, or all that are labelled (repeatable)")
	flags.StringVar(&f.proposed, "proposed", "proposed.yaml", "the `file` of proposed cases that --accept takes them from")
	files.add(cmd)
	group(cmd, groupModel, files.addBaseURL)
	how.add(cmd)
	addProgress(cmd)
	hide(cmd, "trials")
	to.add(cmd, report.Text, report.YAML, report.JSON)
	return cmd
}

func (f suggestFlags) check(cmd *cobra.Command) error {
	given := cmd.Flags().Changed
	switch {
	case given("trials"):
		return usagef("cases suggest asks once for each gap; leave --trials out")
	case given("model") && given("editor"):
		return usagef("--model and --editor both name the model that proposes inputs; pass one of them")
	case len(f.accept) > 0 && (f.dryRun || given("editor") || given("output") || given("format")):
		return usagef("--accept moves cases and makes no call; leave --dry-run, --editor, --format and -o out")
	case len(f.accept) == 0 && given("proposed"):
		return usagef("--proposed names the file for --accept; pass --accept ID")
	case f.paraphrases < 0:
		return checkAtLeast("paraphrases", f.paraphrases, 0)
	}
	const most = 50 // inputs in one answer
	if f.each > most {
		return usagef("--each is %d; it must be at most %d", f.each, most)
	}
	if err := checkAtLeast("each", f.each, 1); err != nil {
		return err
	}
	return checkCount("requests", f.requests)
}

// suggest prints what the suite lacks, and what an editor proposes.
func (a *app) suggest(
	ctx context.Context, o project.Options, args []string, how runFlags, f suggestFlags, to outputFlags,
) error {
	revision := ""
	if len(args) > 0 {
		revision = args[0]
	}
	return a.withSettings(&how, func() error {
		s, err := cases.OpenSuggester(ctx, o, revision, cases.SuggestOptions{
			Job: how.job(), Editor: cmp.Or(f.editor, o.Model), Each: f.each, Requests: f.requests, Paraphrases: f.paraphrases,
			Note:  a.NoteText,
			Drive: func(r *job.Revisions) error { return a.driveQuietly(ctx, r) },
		})
		if err != nil {
			return err
		}
		switch {
		case to.format != report.YAML && !s.HasEditor():
			err := to.write(a, func(w io.Writer) error { return report.GapsText(w, s.Gaps, a.Display(w, true)) },
				func(w io.Writer) error { return report.WriteJSON(w, s.Gaps) })
			if err == nil {
				a.Note("next: add cases, or let a model propose some with --editor NAME -o proposed.yaml")
			}
			return err
		case f.dryRun && s.HasEditor():
			return a.priceSuggestions(s, to)
		}
		proposal, err := s.Run(ctx)
		if err != nil {
			return err
		}
		return a.printSuggestions(s, proposal, to)
	})
}

func (a *app) priceSuggestions(s *cases.Suggester, to outputFlags) error {
	price, err := s.Price()
	if err != nil {
		return err
	}
	return to.write(a, func(w io.Writer) error {
		if err := report.GapsText(w, s.Gaps, a.Display(w, true)); err != nil {
			return err
		}
		return report.GapsPriceText(w, price, a.Display(w, true))
	}, func(w io.Writer) error { return report.WriteJSON(w, price) })
}

func (a *app) printSuggestions(s *cases.Suggester, proposal *cases.Proposal, to outputFlags) error {
	for _, line := range proposal.Summary() {
		a.Note("%s", line)
	}
	err := to.writeAll(a, func(writers []io.Writer) error {
		if to.format != report.Text {
			return writeProposal(writers[0], to.outputs[0], proposal)
		}
		if err := report.GapsText(writers[0], s.Gaps, a.Display(writers[0], true)); err != nil {
			return err
		}
		var rows [][]string
		for _, c := range proposal.Cases {
			rows = append(rows, []string{c.ID, c.Input, c.Note})
		}
		return report.ProposedText(writers[0], rows, a.Display(writers[0], true))
	})
	switch {
	case err != nil || len(proposal.Cases) == 0:
		return err
	case to.format == report.Text:
		a.Note("next: write them to a file with -o proposed.yaml, which makes no call")
	case to.format == report.YAML && !to.outputs[0].toStdout():
		a.Note(
			"next: replace %s in %s, and move cases into the suite with promptbench cases suggest --accept all --proposed %s",
			propose.Blank,
			to.outputs[0].file,
			to.outputs[0].file,
		)
	}
	return nil
}

// accept moves proposed cases into the suite.
func (a *app) accept(ctx context.Context, o project.Options, args []string, f suggestFlags) error {
	if len(args) > 0 {
		return usagef("--accept takes cases from --proposed FILE; leave %s out", args[0])
	}
	done, err := cases.Accept(ctx, o, f.proposed, f.accept)
	if err != nil {
		return err
	}
	a.Note("moved %s from %s to %s: %s", wording.Count(len(done.IDs), "case"), f.proposed, done.File,
		wording.List(done.IDs))
	if len(done.Group) > 0 {
		slices.Sort(done.Group)
		a.Note("gave %s the group of their paraphrases: %s", wording.Count(len(done.Group), "case"),
			wording.List(done.Group))
	}
	for _, hint := range done.Hints {
		a.Note("%s", hint)
	}
	if done.Left == 0 {
		a.Note("removed %s, which has no proposed case left", f.proposed)
	} else {
		a.Note("%s left in %s", wording.Count(done.Left, "proposed case"), f.proposed)
	}
	a.Note("next: promptbench validate")
	return nil
}
