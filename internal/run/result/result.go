// Package result prepares recorded runs to be shown: it sums up one run, compares
// two, and serves both to the pages of view.
package result

import (
	"promptbench/internal/input/suite"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/regrade"
	"promptbench/internal/run/runs"
)

// Load loads the run file at path and sums up its selected cases, by default all.
func Load(p *project.Project, path string, d runfile.Detail, s suite.Selection) (report.Run, error) {
	run, err := runfile.Load(path, d)
	if err != nil {
		return report.Run{}, err
	}
	if run, err = runs.Narrow(run, s); err != nil {
		return report.Run{}, err
	}
	return report.Run{Summary: p.Summary(run), Run: run}, nil
}

// Case returns a case of a run with the messages that were sent. The run holds the
// prompt, so its file may have changed since.
func Case(run *runfile.Run, c runfile.Case) (report.CaseDetail, error) {
	messages, err := regrade.PromptOf(run.Header.Prompt).Render(c.Input, c.Vars)
	shown := report.CaseDetail{Run: run, Case: c.Case}
	for _, m := range messages {
		shown.Messages = append(shown.Messages, runfile.Message(m))
	}
	return shown, err
}
