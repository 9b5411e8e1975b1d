package result

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/regrade"
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/compare"
)

// BlameOptions say how the effects of hunks are read by the gates of a project. An empty grader is the first that
// gates.
func BlameOptions(p *project.Project, grader string) blame.Options {
	c := p.Comparison(&runfile.Run{}, &runfile.Run{}, nil)
	o := blame.Options{Grader: grader, Gating: c.Gating, Margin: compare.DefaultMargin}
	if o.Grader == "" && len(c.Gating) > 0 {
		o.Grader = c.Gating[0]
	}
	if m, ok := c.Margins[o.Grader]; ok {
		o.Margin = m
	}
	return o
}

// FindBlame returns the newest complete run of this suite and model that draws variants of a change to a prompt, by the
// hash of the prompt, and that began before a time; nil where there is none. A run that confirms a hunk draws none.
func FindBlame(p *project.Project, head, suite, model string, before time.Time) (*runfile.Run, error) {
	found, err := runfile.Find(p.RunsDir, func(h runfile.Header) bool {
		return h.Blame != nil && h.Blame.Head == head && h.Suite.Name == suite && h.Model.ID == model &&
			h.Started.Before(before)
	})
	if err != nil {
		return nil, err
	}
	for _, f := range found { // the newest first
		if f.Status != runfile.Complete {
			continue
		}
		run, err := runfile.Load(f.Path, runfile.Scores)
		if err != nil {
			return nil, err
		}
		if isDrawn(run) {
			return run, nil
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

// isDrawn reports whether a run asks with more than two variants, as no confirmation does, or with all there are.
func isDrawn(run *runfile.Run) bool {
	variants := map[string]bool{}
	for i := range run.Trials {
		variants[run.Trials[i].Variant] = true
	}
	return len(variants) > 2 || len(run.Header.Blame.Hunks) == 1
}

// Blame reads what a run of variants says by the gates of a project, with the prompts that its header holds.
func Blame(p *project.Project, run *runfile.Run) (blame.Result, error) {
	h := run.Header
	if !isDrawn(run) {
		return blame.Result{}, fmt.Errorf("run %s only confirms a hunk: it asks with and without it; "+
			"open the run that began before it", h.Run)
	}
	head, base := regrade.PromptOf(h.Prompt), regrade.PromptOf(h.Blame.Base)
	head.ReplyFormat, base.ReplyFormat = h.Prompt.ReplyFormat, h.Blame.Base.ReplyFormat
	head.Name = strings.TrimPrefix(h.Prompt.Name, base.Name+"..")
	change, err := blame.Parts(head)
	if err != nil || change.Base.Hash() != h.Blame.Base.Hash {
		change, err = blame.Diff(base, head)
	}
	if err != nil {
		return blame.Result{}, fmt.Errorf("reading the change of run %s: %w", h.Run, err)
	}
	same := func(hunk blame.Hunk, recorded runfile.Hunk) bool { return runfile.Hunk(hunk) == recorded }
	if !slices.EqualFunc(change.Hunks, h.Blame.Hunks, same) {
		return blame.Result{}, fmt.Errorf("run %s has other hunks than this version cuts its change into", h.Run)
	}
	return change.Of(run, BlameOptions(p, "")), nil
}
