package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"promptbench/internal/project"
	"promptbench/internal/prompt"
)

func (a *app) validateCommand() *cobra.Command {
	var files projectFlags
	cmd := &cobra.Command{
		Use:   "validate [REVISION…]",
		Short: "Check every prompt, the suite and the config: all problems at once",
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
	if len(args) == 0 {
		found, err := prompt.Files("prompts")
		if err != nil {
			return err
		}
		args = found
	}
	p, err := project.Load(ctx, o, args)
	a.warn(p.Warnings)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.out, "%d prompts, suite %s with %d cases: no errors\n", len(p.Prompts), p.Suite.Name, p.Suite.Len())
	return nil
}
