package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/run/runs"
)

type compareFlags struct {
	baseline string
	allow    []string
	caseID   string
	pairwise pairwiseFlags
}

func (a *app) compareCommand() *cobra.Command {
	var (
		files projectFlags
		shown printing
		f     compareFlags
	)
	cmd := &cobra.Command{
		Use:   "compare BASE HEAD…",
		Short: "Hold revisions against a base, case by case",
		Long: `Compare pairs the newest complete runs of the revisions as they are now, or run
files, case by case: runs of the suite that --suite names, else of the one that
the base ran, where there are any. It makes no call, unless --pairwise has a
judge compare the replies.`,
		Example: `  promptbench compare prompts/v2 prompts/v3
  promptbench compare prompts/v2 prompts/v3 --case dentist-tomorrow-10
  promptbench compare prompts/v2 prompts/v3 --tag emoji
  promptbench compare --baseline runs/baseline.jsonl prompts/v3
  promptbench compare prompts/v2 prompts/v3 --pairwise --judge strong
  promptbench compare prompts/v2 prompts/v3 --format json -o comparison.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.baseline != "" && len(args) == 0 {
				return usage(errors.New("compare wants a head to hold against --baseline, such as prompts/v3; see promptbench compare --help"))
			}
			if f.baseline != "" {
				args = append([]string{f.baseline}, args...)
			}
			if len(args) < 2 {
				return usage(errors.New("compare wants a base and a head, such as prompts/v2 prompts/v3, or --baseline runs/baseline.jsonl prompts/v3; see promptbench compare --help"))
			}
			if err := shown.check(); err != nil {
				return err
			}
			if err := errors.Join(f.check(shown.result), f.pairwise.check(cmd)); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.compareRuns(cmd.Context(), args, o, f, shown)
		},
	}
	files.add(cmd)
	files.addTags(cmd)
	shown.judged.addComparing(cmd)
	shown.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.baseline, "baseline", "", "the run `file` to hold the revisions against")
	flags.StringArrayVar(&f.allow, "allow", nil, "compare in spite of this `difference`: model or judge")
	f.pairwise.add(cmd, &files)
	flags.StringVar(&f.caseID, "case", "", "show the case with this `id` in full, both sides")
	return cmd
}

func (f compareFlags) check(result outputFlags) error {
	for _, what := range f.allow {
		if what != "model" && what != "judge" {
			return usage(fmt.Errorf("--allow %s: only model and judge can be allowed", what))
		}
	}
	if f.caseID != "" && f.pairwise.on {
		return usage(errors.New("--case shows one case without a call; leave --pairwise out"))
	}
	if f.caseID != "" && (result.format != report.Table || len(result.outputs) > 1) {
		return usage(errors.New("--case shows a case as text; leave --format out"))
	}
	return nil
}

// pairing is how the flags bring two runs together. What is held against a
// baseline may be the baseline's own prompt: then the model's drift shows.
func (f compareFlags) pairing(shown printing) result.Pairing {
	how := result.Pairing{
		Detail: shown.detail(), Drift: f.baseline != "",
		AllowModel: slices.Contains(f.allow, "model"), AllowJudge: slices.Contains(f.allow, "judge"),
	}
	if f.pairwise.on || f.caseID != "" {
		how.Detail = runfile.Full // with the replies
	}
	return how
}

func (a *app) compareRuns(ctx context.Context, args []string, o project.Options, f compareFlags, shown printing) error {
	// With --pairwise, the judge is told what the suite is about.
	p, paths, err := runs.Compared(ctx, o, args, shown.judged.maxErrors, f.pairwise.on)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	how := f.pairing(shown)
	base := result.NewBase(p, paths[0], how)
	if f.caseID != "" {
		return shown.result.write(a, func(w io.Writer) error { return a.showCase(ctx, w, base, paths[1:], f.caseID) })
	}
	return a.withSettings(&f.pairwise.how, func() error {
		return shown.write(a, func(to report.Renderer) error {
			return printPairs(to, paths[1:], shown, func(head string) (report.Pair, error) {
				pair, err := base.Compare(ctx, head)
				if err == nil && f.pairwise.on {
					err = a.askPairwise(ctx, p, pair, f.pairwise.how)
				}
				return pair, err
			})
		})
	})
}

// showCase shows a case of each head beside that of the base.
func (a *app) showCase(ctx context.Context, w io.Writer, base *result.Base, heads []string, id string) error {
	for _, path := range heads {
		before, after, _, err := base.Pair(ctx, path)
		if err != nil {
			return err
		}
		_, inBase := before.Case(id)
		_, inHead := after.Case(id)
		if !inBase && !inHead {
			return runs.UnknownCase(after, id)
		}
		if err := report.CasePairText(w, before, after, id, a.Display(w, true)); err != nil {
			return err
		}
	}
	return nil
}
