package main

import (
	"context"
	"errors"
	"math"
	"path/filepath"

	"github.com/spf13/cobra"

	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/job"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
)

// labelFlags say who labels what, and in which order.
type labelFlags struct {
	labeller, file string
	seed           uint64
	limit          int
}

func (a *app) labelCommand() *cobra.Command {
	var (
		files projectFlags
		f     labelFlags
	)
	cmd := &cobra.Command{
		Use:   "label RUN|REVISION…",
		Short: "Show replies one at a time and record a person's answers",
		Long: `Label shows the replies of the runs in an order that depends only on the seed.
It does not say which revision a reply is from or what a judge thinks, and asks
the rubric's questions about each reply. It appends the answers to a file in
cases/labels, so you can quit and go on later. Label before you see a verdict
of the judge.`,
		Example: `  promptbench judge label prompts/v3 prompts/v4 --labeller kim
  promptbench judge label prompts/v3 --labeller kim --limit 20`,
		Args: atLeastOne("a run file or a revision, such as prompts/v3"),
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			return a.label(ctx, args, o, f)
		}, func() error {
			if f.labeller == "" {
				return usagef("promptbench judge label needs --labeller NAME, which each label records")
			}
			return checkAtLeast("limit", f.limit, 1)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.labeller, "labeller", "", "the `name` of the person who labels")
	flags.StringVarP(&f.file, "output", "o", "", "the label `file` (default: in labels beside the suite)")
	flags.Uint64Var(&f.seed, "seed", 1, "the seed of the order, a whole number `n`; the same seed gives the same order")
	flags.IntVar(&f.limit, "limit", math.MaxInt, "stop after `n` answers (default: no limit)")
	flags.Lookup("limit").DefValue = "0" // not in --help
	files.add(cmd)
	files.addCases(cmd)
	return cmd
}

func (a *app) label(ctx context.Context, args []string, o project.Options, f labelFlags) (err error) {
	p, err := project.Load(ctx, o, nil)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	var labelled []*runfile.Run
	for _, arg := range args {
		run, err := a.loadRun(ctx, arg, o, runfile.Full)
		if err != nil {
			return err
		}
		labelled = append(labelled, run)
	}
	questions, err := job.ToLabel(p, labelled, f.seed)
	if err != nil {
		return err
	}
	if f.file == "" {
		f.file = filepath.Join(p.LabelsDir(), label.FileName(p.Suite.Name, f.labeller))
	}
	labels, err := label.Read(f.file)
	if err != nil {
		return err
	}
	session := label.NewSession(p.Suite.Name, f.labeller, questions, labels)
	file, err := label.Append(f.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := a.AskLabels(a.in, session, file, f.limit); err != nil {
		return err
	}
	answered, all := session.Progress()
	a.Note("%d of %s answered; %s", answered, wording.Count(all, "question"), f.file)
	return nil
}
