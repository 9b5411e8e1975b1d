package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"promptbench/internal/input/problem"
	"promptbench/internal/output/report"
	"promptbench/internal/run/check"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/items"
)

func (a *app) validateCommand() *cobra.Command {
	var (
		files projectFlags
		to    outputFlags
		deep  bool
	)
	cmd := &cobra.Command{
		Use:   "validate [REVISION…]",
		Short: "Check all prompts, suites and the config: all problems at once",
		Long: `Validate checks the config, the suites in cases with their labels, the prompts
in prompts and the baseline; or only the prompts and the suite that are named.
It prints every problem with its place and its line, and warns of what is
allowed but unwise. It makes no call, starts no grader and writes nothing.

It exits with 3 if the cases miss a gate of the config, such as
{cases: near_duplicates, at_most: 0} or {cases: each_type, at_least: 10}.

With --deep it also reads the recorded runs of the suite and says what its cases
are worth: inputs that nearly repeat each other or a text in a prompt, cases
that always fail, that flip by chance or that never tell revisions apart,
graders that move together, and types and tags with too few cases.`,
		Example: `  promptbench validate
  promptbench validate prompts/v3 --suite cases/subtodos.yaml
  promptbench validate --format github
  promptbench validate --deep`,
		RunE: files.then(func(ctx context.Context, o project.Options, args []string) error {
			_, err := a.validate(ctx, o, args, deep, &to)
			return err
		}, to.check),
	}
	files.add(cmd)
	group(cmd, groupResult, func(flags *pflag.FlagSet) {
		flags.BoolVar(&deep, "deep", false, "also say from recorded runs what the cases and graders are worth")
	})
	to.add(cmd, report.Text, report.JSON, report.GitHub)
	return cmd
}

// validate checks files, and prints their problems and what deep says. The analysis is nil without it, and where files
// have errors.
func (a *app) validate(
	ctx context.Context, o project.Options, args []string, deep bool, to *outputFlags,
) (*items.Analysis, error) {
	checked, err := check.Validate(ctx, o, args)
	var analysis *items.Analysis
	if deep && err == nil {
		if analysis, err = checked.Analyse(ctx); err != nil {
			return nil, err
		}
	}
	var missed error
	if err == nil {
		var warnings problem.List
		if warnings, missed, err = checkCases(checked); err != nil {
			return nil, err
		}
		if !deep {
			checked.Warnings = append(checked.Warnings, warnings...)
		}
	}
	errs := problem.From(err)
	all := slices.Concat(errs, checked.Warnings)
	if to.format == report.Text {
		for _, line := range a.Describe(checked.Warnings) {
			a.Note("%s", line)
		}
		if err != nil {
			return nil, err
		}
	}
	printErr := to.write(a, func(w io.Writer) error {
		if to.format == report.GitHub {
			if analysis != nil {
				all = append(all, report.ItemsProblems(*analysis, checked.Suites[0].Path)...)
			}
			return report.ProblemsGitHub(w, all, repositoryRoot())
		}
		_, err := fmt.Fprintln(w, summaryOf(checked))
		if err != nil || analysis == nil {
			return err
		}
		return report.ItemsText(w, *analysis, a.Display(w, false))
	}, func(w io.Writer) error { return report.ProblemsJSON(w, all, analysis) })
	if printErr != nil || len(errs) == 0 {
		return analysis, cmp.Or(printErr, missed)
	}
	return nil, &exitError{code: codeOf(err)}
}

// checkCases says what is unwise about the cases, and which gates they miss.
func checkCases(checked *check.Result) (warnings problem.List, missed, err error) {
	warnings, list, err := checked.CheckCases()
	if len(list) > 0 {
		missed = &exitError{code: exitRegression, err: errors.New(strings.Join(list, "\n"))}
	}
	return warnings, missed, err
}

func summaryOf(checked *check.Result) string {
	parts := []string{wording.Count(checked.Prompts, "prompt")}
	for _, s := range checked.Suites {
		cases := wording.Count(s.Len()+s.Sealed(), "case")
		if s.Sealed() > 0 {
			cases += fmt.Sprintf(" (%d sealed)", s.Sealed())
		}
		parts = append(parts, fmt.Sprintf("suite %s with %s", s.Name, cases))
	}
	found := "no errors"
	if n := len(checked.Warnings); n > 0 {
		found += ", " + wording.Count(n, "warning")
	}
	return strings.Join(parts, ", ") + ": " + found
}

// repositoryRoot returns the root of the git repository that the working directory is
// in, else what GitHub says it is.
func repositoryRoot() string {
	dir, err := filepath.Abs(".")
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, ".git")); missing == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			break
		}
	}
	return os.Getenv("GITHUB_WORKSPACE")
}
