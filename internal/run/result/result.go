// Package result prepares recorded runs to be shown: it sums up one run, compares
// two, and serves both to the pages of view.
package result

import (
	"maps"
	"strings"

	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/output/report"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/regrade"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/summary"
)

// Load loads the run file at path and sums up its selected cases, by default all but
// those that the suite sealing seals, see [runs.Unsealed].
func Load(
	p *project.Project, path string, d runfile.Detail, s suite.Selection, sealing *suite.Suite,
) (report.Run, error) {
	run, err := runfile.Load(path, d)
	if err != nil {
		return report.Run{}, err
	}
	if run, err = runs.Narrow(runs.Unsealed(run, sealing), s); err != nil {
		return report.Run{}, err
	}
	out := report.Run{Summary: p.Summary(run), Run: run}
	onSuite, err := runs.OnSuite(p.RunsDir, run.Header.Suite.Name)
	if err == nil {
		out.Summary.Tries = runs.TriesOf(onSuite, run.Header, wholeScores(out.Summary))
	}
	return out, err
}

// wholeScores names the graders of a run, without the single criteria of rubrics.
func wholeScores(s summary.Summary) (names []string) {
	for _, g := range s.Graders {
		if !strings.Contains(g.Grader, "/") {
			names = append(names, g.Grader)
		}
	}
	return names
}

// Cases returns cases of a run to be shown, the first of them with the messages that were sent, if withPrompt. Of
// further cases only those with other variables have messages, namely those that differ for more than the input. The
// run holds the prompt, so its file may have changed since.
func Cases(run *runfile.Run, cases []runfile.Case, withPrompt bool) ([]report.CaseDetail, error) {
	shown := make([]report.CaseDetail, len(cases))
	var first []prompt.Message
	for i, c := range cases {
		shown[i] = report.CaseDetail{Run: run, Case: c.Case}
		if !withPrompt || i > 0 && maps.Equal(c.Vars, cases[0].Vars) {
			continue
		}
		messages, err := regrade.PromptOf(run.Header.Prompt).Render(c.Input, c.Vars)
		if err != nil {
			return nil, err
		}
		for k, m := range messages {
			if first == nil || first[k] != m {
				shown[i].Messages = append(shown[i].Messages, runfile.Message(m))
			}
		}
		if first == nil {
			first, shown[i].Further = messages, len(cases) > 1
		}
	}
	return shown, nil
}
