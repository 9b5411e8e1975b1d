package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/output/page"
	"promptbench/internal/output/report"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/history"
)

type historyFlags struct {
	caseID  string
	graders []string
	last    int
	all     bool
}

func (a *app) historyCommand() *cobra.Command {
	var (
		files projectFlags
		to    outputFlags
		f     historyFlags
	)
	cmd := &cobra.Command{
		Use:   "history [REVISION…]",
		Short: "Show scores over time, and since when a case fails",
		Long: `History reads the complete runs of one suite on one model, by default those of
the newest run, and shows each grader's score in them with its interval. With
--case it names the first run in which the case began to fail. It makes no
call.`,
		Example: `  promptbench history
  promptbench history prompts/v3 --grader case_type
  promptbench history --case dentist-tomorrow-10
  promptbench history --format html -o history.html`,
		RunE: files.then(func(_ context.Context, o project.Options, args []string) error {
			if f.caseID != "" && to.format == report.HTML {
				return usagef("--case has no HTML page; leave --format html out")
			}
			past, err := pastOf(o, args)
			if err != nil {
				return err
			}
			past.Last = f.last
			if f.caseID != "" {
				return a.trace(past, f, to)
			}
			return a.history(past, f, to)
		}, func() error { return checkAtLeast("last", f.last, 0) }, to.check),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.caseID, "case", "", "say since which run the case with this `id` fails")
	flags.StringArrayVar(&f.graders, "grader", nil, "only this grader, by `name` (repeatable)")
	flags.IntVar(&f.last, "last", 30, "only the newest `n` runs, 0 for all")
	files.add(cmd)
	to.add(cmd, report.Table, report.JSON, report.HTML)
	flags.BoolVar(&f.all, "all", false, "show the criteria of a rubric as well")
	return cmd
}

func (a *app) history(past runs.Past, f historyFlags, to outputFlags) error {
	h, err := past.History()
	if err != nil {
		return err
	}
	graders, err := f.choose(h)
	if err != nil {
		return err
	}
	return to.write(a, func(w io.Writer) error {
		if to.format == report.HTML {
			return page.History(w, h, graders, nil, nil)
		}
		return report.HistoryText(w, h, graders, a.Display(w, f.all))
	}, func(w io.Writer) error { return report.WriteJSON(w, h) })
}

// choose returns the graders to show: those that flags name, else all but the
// criteria of a rubric.
func (f historyFlags) choose(h history.History) ([]string, error) {
	for _, name := range f.graders {
		if !slices.Contains(h.Graders, name) {
			return nil, usagef("--grader %s: no run has it; %s", name, strictyaml.Hint(name, h.Graders))
		}
	}
	switch {
	case len(f.graders) > 0:
		return f.graders, nil
	case f.all:
		return h.Graders, nil
	}
	return history.Main(h.Graders), nil
}

func (a *app) trace(past runs.Past, f historyFlags, to outputFlags) error {
	t, err := past.Trace(f.caseID)
	if err != nil {
		return err
	}
	if len(f.graders) > 0 {
		t.Graders = slices.DeleteFunc(t.Graders, func(s history.Streak) bool { return !slices.Contains(f.graders, s.Grader) })
		if len(t.Graders) == 0 {
			return usagef("--grader %s: no run has it", strings.Join(f.graders, " or "))
		}
	}
	return to.write(a,
		func(w io.Writer) error { return report.TraceText(w, t, a.Display(w, f.all)) },
		func(w io.Writer) error { return report.WriteJSON(w, t) })
}
