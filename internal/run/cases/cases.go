// Package cases makes proposals for the cases of a project's suite. [From] makes them of what users typed, and a
// [Suggester] of what a model answers to what the suite lacks. [Accept] moves a labelled proposal into the suite.
package cases

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"promptbench/internal/migrate/propose"
	"promptbench/internal/run/check"
	"promptbench/internal/run/project"
)

// A Source is the files that cases are made of, and how they are read; see [propose.Options].
type Source struct {
	Files      []string // run files and exports
	Input      string
	SkipBroken bool
}

// A Proposal is proposed cases and the suite that they are for.
type Proposal struct {
	*propose.Result

	project *project.Project
}

// From proposes cases of what users typed for the suite of the project. The prompts of the project say which inputs are
// examples, and what is around an input that was sent. Its errors are those of the project and of the files.
func From(ctx context.Context, o project.Options, s Source) (*Proposal, error) {
	p, err := load(ctx, o, "")
	if err != nil {
		return nil, err
	}
	with := knownTo(p)
	with.Input, with.SkipBroken = s.Input, s.SkipBroken
	result, err := propose.From(s.Files, with)
	if err != nil {
		return nil, err
	}
	return &Proposal{result, p}, nil
}

// knownTo is what proposals for a project are compared with.
func knownTo(p *project.Project) propose.Options {
	o := propose.Options{Suite: p.Suite, Templates: propose.Templates(p.Prompts)}
	for _, e := range check.Examples(p.Prompts) {
		o.Examples = append(o.Examples, propose.Example{Prompt: e.Prompt, Text: e.Text})
	}
	return o
}

// YAML is the proposed cases as a suite in a directory, which extends that of the project.
func (p *Proposal) YAML(dir string) ([]byte, error) {
	from, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding the directory %s: %w", dir, err)
	}
	to, err := filepath.Abs(p.project.Suite.Path)
	if err != nil {
		return nil, fmt.Errorf("finding the suite %s: %w", p.project.Suite.Path, err)
	}
	extends, err := filepath.Rel(from, to)
	if err != nil {
		extends = to // on another drive
	}
	return p.Result.YAML(filepath.ToSlash(extends), p.project.Suite)
}

// HasBlanks reports whether a person has to fill in expected types.
func (p *Proposal) HasBlanks() bool {
	return len(p.project.Suite.Rules.Types) > 0 &&
		slices.ContainsFunc(p.Cases, func(c propose.Case) bool { return c.Expect.Type == "" })
}
