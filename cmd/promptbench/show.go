package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/output/phrase"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/result"
	"promptbench/internal/run/runs"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/causes"
	"promptbench/internal/verdict/summary"
)

// showFlags say which cases show shows, and how much of them.
type showFlags struct {
	failed, noPrompt, expressions bool
	by                            string
	limit                         int
}

func (a *app) showCommand() *cobra.Command {
	var (
		files projectFlags
		to    outputFlags
		f     showFlags
	)
	cmd := &cobra.Command{
		Use:   "show RUN|REVISION",
		Short: "Show cases in full: prompt, reply, how it was read, every reason",
		Long: `Show prints each case in full: its input, the raw reply, how it was read, and
each score with its reason. The prompt is printed once, as the first case gets
it, and again for cases with variables of their own. A revision means its
newest complete run. With --format json it prints an object for each case.

With --failed --by cause it prints why cases fail instead: each cause with how
many cases it has, the tags that it concerns most, and its first cases.`,
		Example: `  promptbench show prompts/v3 --failed
  promptbench show prompts/v3 --failed --no-prompt --limit 5
  promptbench show prompts/v3 --failed --by cause
  promptbench show prompts/v3 --case dentist-tomorrow-10 --expressions
  promptbench show runs/baseline.jsonl --tag emoji
  promptbench show prompts/v3 --failed --format json`,
		Args: exactlyOne("a run file or a revision, such as prompts/v3"),
	}
	cmd.RunE = files.then(func(ctx context.Context, o project.Options, args []string) error {
		run, err := a.loadRun(ctx, args[0], o, runfile.Full)
		if err != nil {
			return err
		}
		if run, err = runs.Narrow(run, o.Select); err != nil {
			return err
		}
		return a.show(run, f, to)
	}, to.check, func() error {
		switch {
		case f.by != "" && f.by != byCause:
			return usagef("--by %s: expected %s", f.by, byCause)
		case f.by != "" && !f.failed:
			return usagef("--by cause groups the cases that fail: add --failed")
		case cmd.Flags().Changed("limit"):
			return checkAtLeast("limit", f.limit, 1)
		}
		return nil
	})
	files.add(cmd)
	files.addCases(cmd)
	group(cmd, groupCases, func(flags *pflag.FlagSet) {
		flags.BoolVar(&f.failed, "failed", false, "only cases that fail a grader or have no reply")
		flags.IntVar(&f.limit, "limit", 0, "only the first `n` cases (default: all); of a cause, 3")
		flags.StringVar(&f.by, "by", "", "group the cases that fail by `cause`")
	})
	group(cmd, groupResult, func(flags *pflag.FlagSet) {
		flags.BoolVar(&f.noPrompt, "no-prompt", false, "leave out the prompt")
		flags.BoolVar(&f.expressions, "expressions", false, "print the expressions of checks that fail")
	})
	to.add(cmd, report.Text, report.JSON)
	return cmd
}

// byCause is the value of --by.
const byCause = "cause"

func (a *app) show(run *runfile.Run, f showFlags, to outputFlags) error {
	if to.outputs[0].toStdout() && to.format == report.Text {
		a.Page()
	}
	if f.by == byCause {
		s, found := summary.Of(run, nil), causes.Of(run)
		return to.write(a, func(w io.Writer) error {
			return report.CausesText(w, phrase.FailedCases(s)+".", found, f.limit, a.Display(w, true))
		}, func(w io.Writer) error { return report.CausesJSON(w, run.Header, len(s.Failed), found) })
	}
	cases, none := run.Cases, "No case."
	if f.failed {
		s := summary.Of(run, nil)
		cases, none = failing(s), phrase.FailedCases(s)+"."
	}
	all := len(cases)
	if f.limit > 0 {
		cases = cases[:min(f.limit, all)]
	}
	err := to.write(a,
		func(w io.Writer) error { return a.casesText(w, run, cases, f, none) },
		func(w io.Writer) error { return casesJSON(w, run, cases, f) })
	if more := all - len(cases); err == nil && more > 0 {
		a.Note("%s not shown (--limit %d)", wording.Count(more, "case"), f.limit)
	}
	if err == nil && run.Status() != runfile.Complete {
		a.Note("run %s is %s", run.Header.Run, run.Status())
	}
	return err
}

// casesText prints cases one below the other, or none where there are none.
func (a *app) casesText(w io.Writer, run *runfile.Run, cases []runfile.Case, f showFlags, none string) error {
	shown, err := result.Cases(run, cases, !f.noPrompt)
	if err != nil {
		return err
	}
	for i, c := range shown {
		if i > 0 {
			_, _ = fmt.Fprintln(w)
		}
		c.Expressions = f.expressions
		if err := report.CaseText(w, c, a.Display(w, true)); err != nil {
			return err
		}
	}
	if len(shown) == 0 {
		_, err = fmt.Fprintln(w, none)
	}
	return err
}

// casesJSON prints an object for each case, each with its own messages.
func casesJSON(w io.Writer, run *runfile.Run, cases []runfile.Case, f showFlags) error {
	for _, c := range cases {
		shown, err := result.Cases(run, []runfile.Case{c}, !f.noPrompt)
		if err != nil {
			return err
		}
		shown[0].Expressions = f.expressions
		if err := report.CaseJSON(w, shown[0]); err != nil {
			return err
		}
	}
	return nil
}

// failing returns the cases that fail a grader or have no reply.
func failing(s summary.Summary) []runfile.Case {
	cases := make([]runfile.Case, len(s.Failed))
	for i, c := range s.Failed {
		cases[i] = c.Case
	}
	return cases
}

// loadRun loads the run that an argument names.
func (a *app) loadRun(ctx context.Context, arg string, o project.Options, d runfile.Detail) (*runfile.Run, error) {
	look, err := runs.LookupOf(o)
	if err != nil {
		return nil, err
	}
	paths, err := a.pathsIn(ctx, look, []string{arg})
	if err != nil {
		return nil, err
	}
	run, err := runfile.Load(paths[0], d)
	if err != nil {
		return nil, err
	}
	result.Reword(run, look.Sealing)
	run = runs.Unsealed(run, look.Sealing)
	if a.agent.isOn {
		return a.agent.unsealed(run, look.Project)
	}
	return run, nil
}

// pathsOf returns the run files that arguments name.
func (a *app) pathsOf(ctx context.Context, args []string, o project.Options) ([]string, error) {
	look, err := runs.LookupOf(o)
	if err != nil {
		return nil, err
	}
	return a.pathsIn(ctx, look, args)
}

func (a *app) pathsIn(ctx context.Context, look runs.Lookup, args []string) (_ []string, err error) {
	look.Note = a.NoteText
	paths := make([]string, len(args))
	for i, arg := range args {
		if paths[i], err = look.Path(ctx, arg, nil); err != nil {
			return nil, err
		}
	}
	return paths, nil
}
