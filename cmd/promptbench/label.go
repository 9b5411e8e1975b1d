package main

import (
	"cmp"
	"context"
	"errors"
	"math"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
	limit, sample  int
	next           bool
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
of the judge.

With --sample, it draws replies at random, and the results of these runs show
what people would find, with an interval. With --next, it then asks about the
replies whose labels narrow the intervals most.`,
		Example: `  promptbench judge label prompts/v3 prompts/v4 --labeller kim
  promptbench judge label prompts/v3 --labeller kim --sample 30
  promptbench judge label prompts/v3 --labeller kim --next --limit 20`,
		Args: atLeastOne("a run file or a revision, such as prompts/v3"),
	}
	cmd.RunE = files.then(func(ctx context.Context, o project.Options, args []string) error {
		return a.label(ctx, args, o, f)
	}, func() error {
		if f.labeller == "" {
			return usagef("promptbench judge label needs --labeller NAME, which each label records")
		}
		return cmp.Or(f.checkOrder(cmd.Flags().Changed), checkAtLeast("limit", f.limit, 1))
	})
	flags := cmd.Flags()
	f.addOrder(flags)
	flags.BoolVar(&f.next, "next", false, "ask where a label narrows the interval of a judged rate most")
	flags.StringVar(&f.labeller, "labeller", "", "the `name` of the person who labels")
	flags.StringVarP(&f.file, "output", "o", "", "the label `file` (default: in labels beside the suite)")
	flags.IntVar(&f.limit, "limit", math.MaxInt, "stop after `n` answers (default: no limit)")
	flags.Lookup("limit").DefValue = "0" // not in --help
	files.add(cmd)
	files.addCases(cmd)
	return cmd
}

// addOrder adds the flags that decide the order.
func (f *labelFlags) addOrder(flags *pflag.FlagSet) {
	flags.IntVar(&f.sample, "sample", 0, "draw `n` cases at random for each question; the same runs give the same draw")
	flags.Uint64Var(&f.seed, "seed", 1, "the seed of the order, a whole number `n`; the same seed gives the same order")
}

// checkOrder refuses flags that ask for two orders.
func (f labelFlags) checkOrder(isSet func(flag string) bool) error {
	switch {
	case isSet("sample") && f.next:
		return usagef("--next goes on after a draw; give either --sample or --next")
	case isSet("seed") && (isSet("sample") || f.next):
		return usagef("--seed orders all replies, and the runs are the seed of a draw; leave --seed out")
	case isSet("sample"):
		return checkAtLeast("sample", f.sample, 1)
	}
	return nil
}

func (a *app) label(ctx context.Context, args []string, o project.Options, f labelFlags) (err error) {
	p, err := project.Load(ctx, o, nil)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	work, _, err := a.toLabel(ctx, p, args, o, f)
	if err != nil {
		return err
	}
	open := func() (*label.File, error) { return label.Append(f.file) }
	if f.file == "" {
		f.file = filepath.Join(p.LabelsDir(), label.FileName(p.Suite.Name, f.labeller))
		open = func() (*label.File, error) { return label.AppendOwn(f.file, f.labeller) }
	}
	labels, err := label.Read(f.file)
	if err != nil {
		return err
	}
	session := label.NewGuidedSession(p.Suite.Name, f.labeller, work.Questions, labels, work.Choose)
	file, err := open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := file.Keep(work.Draw); err != nil {
		return err
	}
	if err := a.AskLabels(a.in, session, file, f.limit); err != nil {
		return err
	}
	answered, all := session.Progress()
	a.noteLabels(answered, all, f.file, work.Draw)
	return nil
}

// noteLabels says how far a person is, and how the replies were drawn.
func (a *app) noteLabels(answered, all int, file string, draw *label.Draw) {
	a.Note("%d of %s answered; %s", answered, wording.Count(all, "question"), file)
	if draw != nil {
		a.Note("drawn at random: up to %s for each question, from %s",
			wording.Count(draw.Sample, "case"), wording.List(draw.Runs))
	}
}

// toLabel loads the runs that arguments name, and lists what the flags ask for.
func (a *app) toLabel(ctx context.Context, p *project.Project, args []string, o project.Options, f labelFlags) (
	work job.Labelling, of []*runfile.Run, err error,
) {
	for _, arg := range args {
		run, err := a.loadRun(ctx, arg, o, runfile.Full)
		if err != nil {
			return work, nil, err
		}
		of = append(of, run)
	}
	switch {
	case f.next:
		work, err = job.ToLabelNext(p, of)
	case f.sample > 0:
		work, err = job.ToLabelSample(p, of, f.sample, f.labeller, time.Now())
	default:
		work, err = job.ToLabel(p, of, f.seed)
	}
	return work, of, err
}
