// Package result prepares recorded runs to be shown: it sums up one run, compares
// two, and serves both to the pages of view.
package result

import (
	"context"

	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/regrade"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/compare"
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

// A Pairing says how two runs are compared.
type Pairing struct {
	Detail     runfile.Detail
	AllowModel bool // in spite of different models
	AllowJudge bool // in spite of different judges
	Drift      bool // both may be runs of one prompt
	NoCommands bool // start none to grade the runs again
}

// Pair compares two run files. Both are graded again if the project's suite grades
// otherwise than theirs.
func Pair(ctx context.Context, p *project.Project, basePath, headPath string, how Pairing) (report.Pair, error) {
	base, head, notes, err := regrade.Comparable(ctx, p, basePath, headPath, how.Detail, !how.NoCommands)
	if err != nil {
		return report.Pair{}, err
	}
	if base, err = runs.Narrow(base, p.Options.Select); err != nil {
		return report.Pair{}, err
	}
	if head, err = runs.Narrow(head, p.Options.Select); err != nil {
		return report.Pair{}, err
	}
	return pairOf(p, base, head, notes, how)
}

// PairAsRecorded compares two run files by the scores in them.
func PairAsRecorded(p *project.Project, basePath, headPath string, how Pairing) (report.Pair, error) {
	base, head, err := regrade.LoadBoth(basePath, headPath, how.Detail)
	if err != nil {
		return report.Pair{}, err
	}
	return pairOf(p, base, head, nil, how)
}

func pairOf(p *project.Project, base, head *runfile.Run, notes []string, how Pairing) (report.Pair, error) {
	o := p.Comparison(base, head, notes)
	o.AllowModel, o.AllowJudge, o.Drift = how.AllowModel, how.AllowJudge, how.Drift
	c, err := compare.Compare(base, head, o)
	return report.Pair{Comparison: c, Base: base, Head: head}, err
}

// Case returns a case of a run with the messages that were sent. The run holds the
// prompt, so its file may have changed since.
func Case(run *runfile.Run, c runfile.Case) (report.CaseDetail, error) {
	p := prompt.Prompt{Name: run.Header.Prompt.Name, Path: run.Header.Prompt.Path}
	for _, m := range run.Header.Prompt.Messages {
		p.Messages = append(p.Messages, prompt.Message(m))
	}
	messages, err := p.Render(c.Input, c.Vars)
	shown := report.CaseDetail{Run: run, Case: c.Case}
	for _, m := range messages {
		shown.Messages = append(shown.Messages, runfile.Message(m))
	}
	return shown, err
}
