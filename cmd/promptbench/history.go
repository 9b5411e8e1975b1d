package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/output/page"
	"promptbench/internal/output/report"
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
		files  projectFlags
		result outputFlags
		f      historyFlags
	)
	cmd := &cobra.Command{
		Use:   "history [REVISION…]",
		Short: "Scores of the revisions over time, and since when a case fails",
		Long: `History reads the complete runs of one suite on one model, those of the newest
run unless flags say otherwise, and shows how each grader scored in them, with
its interval. With --case it names the first run in which the case began to
fail. It makes no call.`,
		Example: `  promptbench history
  promptbench history prompts/v3 --grader case_type
  promptbench history --case dentist-tomorrow-10
  promptbench history --format html -o history.html`,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := errors.Join(f.check(), result.check()); err != nil {
				return err
			}
			if f.caseID != "" && result.format == report.HTML {
				return usage(errors.New("--case has no HTML page; leave --format html out"))
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			dir, err := o.RunsDir()
			if err != nil {
				return err
			}
			past := runs.Past{Runs: dir, Suite: o.Suite, Model: o.Model, Prompts: args, Last: f.last}
			if f.caseID != "" {
				return a.trace(past, f, result)
			}
			return a.history(past, f, result)
		},
	}
	files.add(cmd)
	result.add(cmd, report.Table, report.JSON, report.HTML)
	flags := cmd.Flags()
	flags.StringVar(&f.caseID, "case", "", "say since which run the case with this `id` fails")
	flags.StringArrayVar(&f.graders, "grader", nil, "only this grader, by `name` (repeatable)")
	flags.IntVar(&f.last, "last", 30, "only the newest `n` runs, 0 for all")
	flags.BoolVar(&f.all, "all", false, "the criteria of a rubric as well")
	return cmd
}

func (f historyFlags) check() error {
	if f.last < 0 {
		return usage(fmt.Errorf("--last is %d; it is at least 1, or 0 for all", f.last))
	}
	return nil
}

func (a *app) history(past runs.Past, f historyFlags, result outputFlags) error {
	h, err := past.History()
	if err != nil {
		return err
	}
	graders, err := f.choose(h)
	if err != nil {
		return err
	}
	return result.write(a, func(w io.Writer) error {
		switch result.format {
		case report.JSON:
			return report.HistoryJSON(w, h)
		case report.HTML:
			return page.History(w, h, graders, page.Chrome{})
		}
		return report.HistoryText(w, h, graders, a.Display(w, f.all))
	})
}

// choose names the graders that are shown: those that were asked for, else all
// but the criteria of a rubric.
func (f historyFlags) choose(h history.History) ([]string, error) {
	for _, name := range f.graders {
		if !slices.Contains(h.Graders, name) {
			return nil, usage(fmt.Errorf("--grader %s: no run has it; %s", name, strictyaml.Hint(name, h.Graders)))
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

func (a *app) trace(past runs.Past, f historyFlags, result outputFlags) error {
	t, err := past.Trace(f.caseID)
	if err != nil {
		return err
	}
	if len(f.graders) > 0 {
		t.Graders = slices.DeleteFunc(t.Graders, func(s history.Streak) bool { return !slices.Contains(f.graders, s.Grader) })
		if len(t.Graders) == 0 {
			return usage(fmt.Errorf("--grader %s: no run has it", strings.Join(f.graders, " or ")))
		}
	}
	return result.write(a, func(w io.Writer) error {
		if result.format == report.JSON {
			return report.TraceJSON(w, t)
		}
		return report.TraceText(w, t, a.Display(w, f.all))
	})
}
