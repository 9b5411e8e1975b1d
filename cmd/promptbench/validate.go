package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"promptbench/internal/input/problem"
	"promptbench/internal/output/report"
	"promptbench/internal/run/check"
	"promptbench/internal/run/project"
	"promptbench/internal/text/wording"
)

func (a *app) validateCommand() *cobra.Command {
	var (
		files  projectFlags
		result outputFlags
	)
	cmd := &cobra.Command{
		Use:   "validate [REVISION…]",
		Short: "Check all prompts, suites and the config: all problems at once",
		Long: `Validate checks the config, the suites in cases with their labels, the prompts
in prompts and the baseline, or the prompts and the suite that are named, and
prints every problem with its place and the line. It warns of what is allowed
and unwise, makes no call, starts no grader and writes nothing.`,
		Example: `  promptbench validate
  promptbench validate prompts/v3 --suite cases/subtodos.yaml
  promptbench validate --format github`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := result.check(); err != nil {
				return err
			}
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.validate(cmd.Context(), args, o, &result)
		},
	}
	files.add(cmd)
	result.add(cmd, report.Text, report.JSON, report.GitHub)
	return cmd
}

func (a *app) validate(ctx context.Context, args []string, o project.Options, result *outputFlags) error {
	checked, err := check.Validate(ctx, o, args)
	if result.format == report.Text {
		if !a.Quiet {
			for _, line := range a.Describe(checked.Warnings, a.Err) {
				a.Note("%s", line)
			}
		}
		if err != nil {
			return err
		}
		return result.write(a, func(w io.Writer) error {
			_, err := fmt.Fprintln(w, summaryOf(checked))
			return err
		})
	}
	errs := problem.From(err)
	if printErr := result.write(a, func(w io.Writer) error {
		all := slices.Concat(errs, checked.Warnings)
		if result.format == report.GitHub {
			return report.ProblemsGitHub(w, all)
		}
		return report.ProblemsJSON(w, all)
	}); printErr != nil {
		return printErr
	}
	if len(errs) > 0 {
		return &exitError{code: codeOf(err)}
	}
	return nil
}

func summaryOf(checked *check.Checked) string {
	parts := []string{wording.Count(checked.Prompts, "prompt")}
	for _, s := range checked.Suites {
		parts = append(parts, fmt.Sprintf("suite %s with %s", s.Name, wording.Count(s.Len(), "case")))
	}
	said := "no errors"
	if n := len(checked.Warnings); n > 0 {
		said += ", " + wording.Count(n, "warning")
	}
	return strings.Join(parts, ", ") + ": " + said
}
