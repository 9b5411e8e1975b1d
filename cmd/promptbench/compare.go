package main

import (
	"cmp"
	"context"
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
		Short: "Compare revisions with a base, case by case",
		Long: `Compare pairs the newest complete runs of the revisions as they are now, or run
files, case by case. It takes runs of the suite that --suite names, else of the
base's suite. A single revision is compared with the baseline of the config.
With --model given more than once, it compares the revisions on each of the
models. It makes no call, unless --pairwise asks a judge to compare the replies.`,
		Example: `  promptbench compare prompts/v2 prompts/v3
  promptbench compare prompts/v2 prompts/v3 --case dentist-tomorrow-10
  promptbench compare prompts/v2 prompts/v3 --tag emoji
  promptbench compare prompts/v3 --model openai --model local
  promptbench compare --baseline runs/baseline.jsonl prompts/v3
  promptbench compare prompts/v2 prompts/v3 --pairwise --judge strong
  promptbench compare prompts/v2 prompts/v3 --format json -o comparison.json`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return nil
			case f.baseline != "":
				return usagef("compare needs a head to compare with --baseline, such as prompts/v3; see promptbench compare --help")
			}
			return errNoBase()
		},
	}
	cmd.RunE = files.then(func(ctx context.Context, o project.Options, args []string) error {
		if f.baseline == "" && len(args) == 1 && len(o.Models) == 0 {
			var err error
			if f.baseline, err = configBaseline(o); err != nil || f.baseline == "" {
				return cmp.Or(err, errNoBase())
			}
		}
		if f.baseline != "" {
			args = append([]string{f.baseline}, args...)
		}
		return a.compareRuns(ctx, args, o, f, shown)
	}, shown.check, func() error { return f.check(shown.result) }, func() error { return f.pairwise.check(cmd) })
	flags := cmd.Flags()
	flags.StringVar(&f.baseline, "baseline", "", "compare the revisions with the run in this `file`")
	flags.StringArrayVar(&f.allow, "allow", nil, "compare in spite of this `difference`: model or judge")
	flags.StringVar(&f.caseID, "case", "", "show the case with this `id` in full, both sides")
	f.pairwise.add(cmd, &files)
	files.several = true
	files.add(cmd)
	files.addTags(cmd)
	shown.judged.addComparing(cmd)
	shown.addPool(cmd)
	shown.add(cmd)
	return cmd
}

func errNoBase() error {
	return usagef("compare needs a base and a head, such as prompts/v2 prompts/v3, " +
		"or --baseline runs/baseline.jsonl prompts/v3; see promptbench compare --help")
}

func (f compareFlags) check(to outputFlags) error {
	for _, what := range f.allow {
		if what != "model" && what != "judge" {
			return usagef("--allow %s is unknown; only model and judge can be allowed", what)
		}
	}
	if f.caseID != "" && f.pairwise.on {
		return usagef("--case shows one case without a call; leave --pairwise out")
	}
	if f.caseID != "" && (to.format != report.Table || len(to.outputs) > 1) {
		return usagef("--case shows a case as text; leave --format out")
	}
	return nil
}

// pairing returns how two runs are compared. A head may have the prompt of the
// baseline: the comparison then shows the model's drift.
func (f compareFlags) pairing(shown printing) result.Pairing {
	how := result.Pairing{
		Detail: shown.detail(), Drift: f.baseline != "", Variants: shown.variants, Pool: shown.pool,
		AllowModel: slices.Contains(f.allow, "model"), AllowJudge: slices.Contains(f.allow, "judge"),
	}
	if f.pairwise.on || f.caseID != "" {
		how.Detail = runfile.Full // with the replies
	}
	return how
}

func (a *app) compareRuns(ctx context.Context, args []string, o project.Options, f compareFlags, shown printing) error {
	if len(o.Models) > 0 && !slices.ContainsFunc(args, func(arg string) bool { return !runs.IsRunFile(arg) }) {
		return usagef("run files say their model; give --model more than once with revisions, such as prompts/v3, " +
			"or pass --allow model")
	}
	// With --pairwise, the judge needs the description of the suite.
	p, paths, names, err := runs.Compared(ctx, o, args, shown.judged.maxErrors, f.pairwise.on, a.NoteText)
	if err != nil {
		return err
	}
	a.Warn(p.Warnings)
	shown.variants = len(o.Models) > 0
	how := f.pairing(shown)
	how.BaseName, how.HeadNames = names[0], map[string]string{}
	for i, path := range paths[1:] {
		how.HeadNames[path] = names[i+1]
	}
	how.Anchor = runs.Anchor(p, f.baseline)
	how.NoCommands, how.SealedNow = a.agent.noPrograms, a.agent.isOn
	base := result.NewBase(p, paths[0], how)
	if f.caseID != "" {
		return shown.result.write(a, func(w io.Writer) error { return a.showCase(ctx, w, base, paths[1:], f.caseID) }, nil)
	}
	return a.withSettings(&f.pairwise.how, func() error {
		return shown.write(a, func(to report.Renderer) error {
			return printPairs(ctx, to, base, paths[1:], shown, func(pair report.Pair) error {
				a.agent.hideSealed(pair.Comparison)
				if !f.pairwise.on {
					return nil
				}
				return a.askPairwise(ctx, p, pair, f.pairwise.how)
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
		if _, inHead := after.Case(id); !inBase && !inHead {
			return runs.UnknownCase(after, id)
		}
		if err := report.CasePairText(w, before, after, id, a.Display(w, true)); err != nil {
			return err
		}
	}
	return nil
}
