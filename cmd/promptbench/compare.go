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
	"promptbench/internal/run/regrade"
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
	if f.pairwise.on {
		how.Detail = runfile.Full // a judge reads the replies
	}
	return how
}

func (a *app) compareRuns(ctx context.Context, args []string, o project.Options, f compareFlags, shown printing) error {
	paths, suitePath, err := findRuns(ctx, args, o, shown.judged.maxErrors)
	if err != nil {
		return err
	}
	if o.Suite == "" {
		o.Suite = suitePath
	}
	load := project.LoadIfAny
	if f.pairwise.on { // the judge is told what the suite is about
		load = func(ctx context.Context, o project.Options) (*project.Project, error) {
			return project.Load(ctx, o, nil)
		}
	}
	p, err := load(ctx, o)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	if f.caseID != "" {
		return shown.result.write(a, func(w io.Writer) error { return a.showPairs(ctx, w, p, paths, f.caseID) })
	}
	return a.withSettings(&f.pairwise.how, func() error {
		return shown.write(a, func(to report.Renderer) error {
			return printPairs(to, paths[0], paths[1:], shown, func(base, head string) (report.Pair, error) {
				pair, err := result.Pair(ctx, p, base, head, f.pairing(shown))
				if err == nil && f.pairwise.on {
					err = a.askPairwise(ctx, p, pair, f.pairwise.how)
				}
				return pair, err
			})
		})
	})
}

// findRuns finds the run files, the heads' on the suite and the model of the
// base where there is a choice, and the suite that the last one names.
func findRuns(ctx context.Context, args []string, o project.Options, maxErrors int) (paths []string, suite string, err error) {
	look, err := runs.LookupOf(o)
	if err != nil {
		return nil, "", err
	}
	look.Whole, look.MaxErrors = true, maxErrors
	var like *runfile.Header
	for _, arg := range args {
		path, err := look.Path(ctx, arg, like)
		if err != nil {
			return nil, "", err
		}
		h, err := runfile.ReadHeader(path)
		if err != nil {
			return nil, "", err
		}
		if like == nil {
			like = &h
		}
		paths = append(paths, path)
		if project.Exists(h.Suite.Path) {
			suite = h.Suite.Path
		}
	}
	return paths, suite, nil
}

func (a *app) showPairs(ctx context.Context, w io.Writer, p *project.Project, paths []string, id string) error {
	for _, path := range paths[1:] {
		if err := a.showPair(ctx, w, p, paths[0], path, id); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) showPair(ctx context.Context, w io.Writer, p *project.Project, basePath, headPath, id string) error {
	base, head, _, err := regrade.Comparable(ctx, p, basePath, headPath, runfile.Full, true)
	if err != nil {
		return err
	}
	_, inBase := base.Case(id)
	_, inHead := head.Case(id)
	if !inBase && !inHead {
		return runs.UnknownCase(head, id)
	}
	return report.CasePairText(w, base, head, id, a.Display(w, true))
}
