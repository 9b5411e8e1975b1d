package result

import (
	"context"
	"errors"
	"os"
	"slices"

	"promptbench/internal/input/config"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/project"
	"promptbench/internal/run/runs"
	"promptbench/internal/verdict/brief"
	"promptbench/internal/verdict/compare"
)

// Better finds the recorded revision that scores highest of those that are surely better than a prompt, given by its
// hash, at the first grader that gates: by the newest whole runs on a suite and a model. Nil if there is none.
func Better(ctx context.Context, p *project.Project, hash, suite, model string) (*brief.Better, error) {
	all, err := runs.OnSuite(p.RunsDir, suite)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(f runfile.Found) bool {
		return f.Header.Prompt.Hash == hash && f.Header.Model.ID == model && runs.IsWhole(f)
	})
	if at < 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	base, seen := all[at], map[string]bool{hash: true}
	var best *brief.Better
	of := NewBase(p, base.Path, Pairing{Drift: true, Alone: true, SealedNow: true, NoCommands: true})
	for _, f := range all { // the newest of each revision
		h := f.Header
		path := config.FromRecord(h.Prompt.Path)
		if seen[h.Prompt.Hash] || !runs.IsWhole(f) || !h.Model.Same(base.Header.Model) || !isThere(path) {
			continue
		}
		seen[h.Prompt.Hash] = true
		pair, err := of.Compare(ctx, f.Path)
		if _, ok := errors.AsType[*compare.Refusal](err); ok {
			continue
		}
		if err != nil {
			return nil, err
		}
		if found := betterBy(pair.Comparison); found != nil && (best == nil || found.Score > best.Score) {
			found.Path = named(path)
			best = found
		}
	}
	return best, nil
}

// betterBy is what a comparison says for its head; nil if the head is not surely better.
func betterBy(c *compare.Comparison) *brief.Better {
	if c.Verdict == nil || *c.Verdict == compare.Regressed {
		return nil
	}
	for _, g := range c.Graders {
		if !g.Gating {
			continue
		}
		if g.Verdict != nil && *g.Verdict == compare.Improved && g.BaseMean != nil && g.HeadMean != nil {
			return &brief.Better{
				Prompt: c.Head.Prompt, Grader: g.Grader, Base: *g.BaseMean, Score: *g.HeadMean,
				Mixed: *c.Verdict == compare.Mixed,
			}
		}
		return nil
	}
	return nil
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
