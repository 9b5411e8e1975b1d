package runfile

import (
	"fmt"
	"slices"
)

// Decided says why a complete run has not all cases of its suite: it stopped early, once the verdict on all of them was
// decided.
type Decided struct {
	Verdict string   `json:"verdict,omitempty"` // of the run against the base; empty for a base that stopped, too
	Share   float64  `json:"share"`             // of the suite's cases that were run, each group counted once
	Look    int      `json:"look"`              // at which it was decided, from 1
	Rule    int      `json:"rule,omitempty"`    // 1: other cases cannot change the verdict; 2: a regression is improbable
	Cases   int      `json:"cases"`             // that were run
	Base    string   `json:"base,omitempty"`    // the id of the run that the verdict is against
	Graders []string `json:"graders,omitempty"` // that decided it, where not all of them had to
}

// The verdicts that a run may stop with.
const (
	decidedRegressed = "regressed"
	decidedNoWorse   = "no_worse"
	decidedImproved  = "improved"
	decidedOpen      = "inconclusive"
)

// Without returns what is left of a decision in a part of the run, or in a run that was graded again: it stopped early.
func (d *Decided) Without(cases int) *Decided {
	if d == nil {
		return nil
	}
	return &Decided{Share: d.Share, Look: d.Look, Cases: cases}
}

// DropDecision takes back what the run stopped with, because its scores are no longer those that decided it. It still
// says that it stopped early.
func (run *Run) DropDecision() {
	if run.Stopped() {
		end := *run.End
		end.Decided = end.Decided.Without(end.Decided.Cases)
		run.End = &end
	}
}

// Stopped reports whether the run ended before the last case, because its verdict was decided.
func (run *Run) Stopped() bool { return run.End.stopped() }

// Stopped is [Run.Stopped].
func (f Found) Stopped() bool { return f.End.stopped() }

// IsWhole reports whether a run asked a revision about all cases of its suite, without errors, and holds all it asked.
func (f Found) IsWhole() bool {
	h := f.Header
	return f.Status == Complete && f.Errors == 0 && !f.Stopped() &&
		h.OfRevision() && h.Selected == nil && h.Redacted == nil
}

func (e *End) stopped() bool { return e != nil && e.Status == Complete && e.Decided != nil }

// planned is how many of so many cases the run had to have in the end.
func (e *End) planned(cases int) int {
	if e.stopped() {
		return e.Decided.Cases
	}
	return cases
}

// check refuses what no run of ours decides.
func (d *Decided) check() error {
	verdicts := []string{"", decidedRegressed, decidedNoWorse, decidedImproved, decidedOpen}
	switch {
	case d == nil:
	case !slices.Contains(verdicts, d.Verdict):
		return fmt.Errorf("the end line has the verdict %q, with which no run stops early", d.Verdict)
	case !(d.Share >= 0 && d.Share <= 1) || d.Cases < 1:
		return fmt.Errorf("the end line says that the run stopped after %d cases, a share of %v", d.Cases, d.Share)
	}
	return nil
}
