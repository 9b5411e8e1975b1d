package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func (a *app) judgeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "judge",
		Short: "Measure the judge against people before it may decide anything",
		Long: `A judge may gate only when it agrees with people. Label shows replies to a
person, who answers the rubric's questions about them; calibrate puts the same
questions to the judge and says how far the two agree.`,
		Example: `  promptbench judge label prompts/v3 --labeller kim
  promptbench judge calibrate --suite cases/subtodos-judged.yaml --judge strong`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("promptbench judge wants a command: label or calibrate; see promptbench judge --help"))
			}
			return unknownCommand(cmd, args[0])
		},
	}
	cmd.AddCommand(a.labelCommand(), a.calibrateCommand())
	return cmd
}
