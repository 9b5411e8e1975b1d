package main

import "github.com/spf13/cobra"

func (a *app) judgeCommand() *cobra.Command {
	return groupCommand(&cobra.Command{
		Use:   "judge",
		Short: "Measure how well a judge agrees with people",
		Long: `A judge can gate only if it agrees with people. Label shows replies to a
person, who answers the rubric's questions about them. Calibrate asks the judge
the same questions and measures how far the two agree.`,
		Example: `  promptbench judge label prompts/v3 --labeller kim
  promptbench judge calibrate --suite cases/subtodos-judged.yaml --judge strong`,
	}, a.labelCommand(), a.calibrateCommand())
}
