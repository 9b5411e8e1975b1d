package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"promptbench/internal/project"
)

func (a *app) validateCommand() *cobra.Command {
	var files projectFlags
	cmd := &cobra.Command{
		Use:   "validate [REVISION…]",
		Short: "Check all prompts, suites and the config: all problems at once",
		Long: `Validate checks the config, the suites in cases and the prompts in prompts, or
those that are named, and prints every problem with its place. It makes no call
and writes nothing.`,
		Example: `  promptbench validate
  promptbench validate prompts/v3 --suite cases/subtodos.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := files.options()
			if err != nil {
				return err
			}
			return a.validate(cmd.Context(), args, o)
		},
	}
	files.add(cmd)
	return cmd
}

func (a *app) validate(ctx context.Context, args []string, o project.Options) error {
	checked, err := project.Validate(ctx, o, args)
	a.warn(checked.Warnings)
	if err != nil {
		return err
	}
	parts := []string{count(checked.Prompts, "prompt")}
	for _, s := range checked.Suites {
		parts = append(parts, fmt.Sprintf("suite %s with %s", s.Name, count(s.Len(), "case")))
	}
	_, _ = fmt.Fprintf(a.out, "%s: no errors\n", strings.Join(parts, ", "))
	return nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
