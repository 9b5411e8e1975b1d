package check

import (
	"context"
	"fmt"
	"strings"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/regrade"
	"promptbench/internal/run/runner"
	"promptbench/internal/text/wording"
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
	cases, err := itemsOf(p.Suite)
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
	collector := items.NewCollector(p.Suite.Name, cases, p.Comparison(&runfile.Run{}, &runfile.Run{}, nil).Gating)
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

// Repeated warns of inputs that nearly equal each other or a text in a prompt, which [Result.Analyse] lists. It
// reads no run, and leaves out a suite that is too large to be quick.
func (c *Result) Repeated() problem.List {
	p := c.project
	if p == nil || p.Suite == nil || p.Suite.Len()+p.Suite.Sealed() > maxAdviceCases {
		return nil
	}
	cases, err := itemsOf(p.Suite)
	if err != nil {
		return problem.From(err)
	}
	a := items.NewCollector(p.Suite.Name, cases, nil).Analyse(Examples(p.Prompts))
	n := len(a.Duplicates) + len(a.Shown)
	if n == 0 {
		return nil
	}
	return problem.List{{
		File: p.Suite.Path, Severity: problem.Warning,
		Message: fmt.Sprintf("inputs nearly equal each other or a text in a prompt, in %s", wording.Count(n, "place")),
		Hint:    "promptbench cases check lists them",
	}}
}

// itemsOf are the cases of a suite as the analysis takes them.
func itemsOf(s *suite.Suite) ([]items.Case, error) {
	var cases []items.Case
	for one, err := range s.All() {
		if err != nil {
			return nil, fmt.Errorf("reading cases: %w", err)
		}
		record := runner.CaseRecord(s, one)
		cases = append(cases, items.Case{
			ID: one.ID, Input: one.Input, Vars: one.Vars, InputHash: record.InputHash,
			Type: one.Expect.Type, Group: one.Group, Tags: one.Tags,
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
