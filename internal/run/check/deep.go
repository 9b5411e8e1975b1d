package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/regrade"
	"promptbench/internal/run/runner"
	"promptbench/internal/text/wording"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/items"
)

// Analyse says what the cases and the graders of the project's suite are worth, from the complete runs of it. Runs
// that another state of the suite graded are graded again in memory, unless that would start programs: those are
// left out.
func (c *Result) Analyse(ctx context.Context) (*items.Analysis, error) {
	p := c.project
	if p == nil || p.Suite == nil {
		return nil, fmt.Errorf("there is no suite to analyse; name one with --suite")
	}
	cases, err := ItemsOf(p.Suite)
	if err != nil {
		return nil, err
	}
	specs, err := p.Specs()
	if err != nil {
		return nil, err
	}
	found, err := runfile.Find(p.RunsDir, func(h runfile.Header) bool {
		return h.Suite.Name == p.Suite.Name && h.OfRevision() && h.Redacted == nil
	})
	if err != nil {
		return nil, err
	}
	leftOut := 0
	collector := items.NewCollector(p.Suite.Name, cases, p.Suite.Rules.Types, p.Gating())
	seen := map[string]bool{} // the baseline is a copy of a run
	for _, f := range found {
		if seen[f.Header.Run] || f.Status != runfile.Complete {
			continue
		}
		seen[f.Header.Run] = true
		for _, id := range f.Header.Pooled {
			seen[id] = true
		}
		current := regrade.Current(p, f.Header, specs)
		if !current && p.Suite.HasCommands() {
			leftOut++
			continue
		}
		detail := runfile.Scores
		if !current {
			detail = runfile.Replies
		}
		run, err := runfile.Load(f.Path, detail)
		if err != nil {
			leftOut++
			continue
		}
		if !current {
			if run, err = regrade.Regrade(ctx, p, run); err != nil {
				return nil, err
			}
		}
		collector.Add(run)
	}
	a := collector.Analyse(Examples(p.Prompts))
	a.LeftOut = leftOut
	return &a, nil
}

// byFiles says what the files alone say of the cases; nil without a suite.
func (c *Result) byFiles() (*items.Analysis, error) {
	p := c.project
	if p == nil || p.Suite == nil {
		return nil, nil
	}
	cases, err := ItemsOf(p.Suite)
	if err != nil {
		return nil, err
	}
	a := items.NewCollector(p.Suite.Name, cases, p.Suite.Rules.Types, p.Gating()).Analyse(Examples(p.Prompts))
	return &a, nil
}

// CheckCases compares the cases with each other, with the texts in prompts, and with the gates on cases. It warns of
// what [Result.Analyse] lists, and says which gates are missed. It reads no run. Where no gate asks, it leaves out a
// suite that is too large to be quick.
func (c *Result) CheckCases() (warnings problem.List, missed []string, err error) {
	if c.project == nil || c.project.Suite == nil {
		return nil, nil, nil
	}
	p, gates := c.project, c.project.Config.CasesGates
	if len(gates) == 0 && p.Suite.Len()+p.Suite.Sealed() > maxAdviceCases {
		return nil, nil, nil
	}
	a, err := c.byFiles()
	if err != nil {
		return nil, nil, err
	}
	warn := func(message, hint string) {
		warnings.Add(problem.Problem{File: p.Suite.Path, Severity: problem.Warning, Message: message, Hint: hint})
	}
	if n := len(a.Duplicates) + len(a.Shown); n > 0 {
		warn(fmt.Sprintf("inputs nearly equal each other or a text in a prompt, in %s", wording.Count(n, "place")),
			"promptbench cases check lists them")
	}
	for _, t := range unbalanced(a.Types) {
		warn(fmt.Sprintf("only %s %s the type %s, too few for a verdict on that type", wording.Count(t.Units, "case"),
			wording.Verb(t.Units, "expect"), t.Type),
			fmt.Sprintf("it takes %d; promptbench cases suggest says what is missing", compare.MinSliceUnits))
	}
	for _, g := range gates {
		missed = append(missed, missedBy(a, g)...)
	}
	return warnings, missed, nil
}

// unbalanced are the types with a case, but too few for a verdict of their own, where two others have enough.
func unbalanced(types []items.Count) []items.Count {
	var out []items.Count
	for _, t := range types {
		if t.Units > 0 && t.Units < compare.MinSliceUnits {
			out = append(out, t)
		}
	}
	if enough := slices.IndexFunc(types, func(t items.Count) bool { return t.Units < compare.MinSliceUnits }); enough < 2 {
		return nil
	}
	return out
}

// missedBy says how the cases miss a gate.
func missedBy(a *items.Analysis, g config.CasesGate) []string {
	var out []string
	switch n := len(a.Duplicates); {
	case g.Of == config.NearDuplicates && n > g.Limit:
		out = append(out, fmt.Sprintf("gate missed: inputs nearly equal each other in %s, at most %d allowed",
			wording.Count(n, "place"), g.Limit))
	case g.Of == config.NearExamples && len(a.Shown) > g.Limit:
		out = append(out, fmt.Sprintf("gate missed: %s nearly %s a text in a prompt, at most %d allowed",
			wording.Count(len(a.Shown), "input"), wording.Verb(len(a.Shown), "equal"), g.Limit))
	case g.Of == config.EachType:
		for _, t := range a.Types {
			if t.Units < g.Limit {
				out = append(out, fmt.Sprintf("gate missed: %s %s the type %s, at least %d required",
					wording.Count(t.Units, "case"), wording.Verb(t.Units, "expect"), t.Type, g.Limit))
			}
		}
	}
	return out
}

// ItemsOf are the cases of a suite as the analysis takes them.
func ItemsOf(s *suite.Suite) ([]items.Case, error) {
	var cases []items.Case
	for one, err := range s.All() {
		if err != nil {
			return nil, fmt.Errorf("reading cases: %w", err)
		}
		record := runner.CaseRecord(s, one)
		cases = append(cases, items.Case{
			ID: one.ID, Input: one.Input, Vars: one.Vars, InputHash: record.InputHash,
			Type: one.Expect.Type, Group: one.Group, Tags: one.Tags, Note: one.Note,
			Sealed: s.IsSealed(one.ID),
		})
	}
	return cases, nil
}

// Examples are the texts in prompts that may be the input of an example.
func Examples(prompts []*prompt.Prompt) []items.Example {
	var out []items.Example
	for _, one := range prompts {
		for _, m := range one.Messages {
			for _, text := range snippets(m.Content) {
				if strings.Contains(m.Content, "<"+text+">") {
					continue // the name of a tag
				}
				out = append(out, items.Example{Prompt: one.Path, Text: text})
			}
		}
	}
	return out
}
