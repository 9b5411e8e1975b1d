package compare

import (
	"math"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/stats"
)

// The chances of a wrong stop, over all looks and gating graders: of rule 1, and of a
// regression that rule 2 overlooks.
const (
	missRule1 = 0.02
	missRule2 = 0.01
)

// A Look is how one gating grader stands at a look. Its values are 0 or 1, one
// trial a case, without groups. Units that are left out count in neither Units nor
// Seen.
type Look struct {
	stats.Early
	Grader  string
	Margin  float64
	LeftOut int
}

// Stopping says which decisions end a run.
type Stopping struct {
	GateOnly bool // the run only has to pass a gate: rule 2 holds, too
	NeedsAll bool // a gate needs all units, so that only regressed ends it
	Heads    int  // that are held against one base; 0 counts as 1
	Variants bool // the heads are variants, whose p are corrected together for every verdict

	// Notices says that the run only has to show whether the head is worse, also in an expected type. A grader that needs
	// all cases then leaves the others free to show it, a gate needs none beside them, and a stop without a regression
	// also needs that no type probably fails a gate by type.
	Notices bool

	waiting int // gating graders that need all cases
}

// Looks returns after how many of the units a run may stop: 10%, 15%, 20% and so on of
// them, in the order that was fixed before.
func Looks(units int) []int {
	var out []int
	for percent := 10; percent < 100; percent += 5 {
		seen := (percent*units + 99) / 100
		if seen < units && (len(out) == 0 || seen > out[len(out)-1]) {
			out = append(out, seen)
		}
	}
	return out
}

// improving is what the verdict improved of a grader rests on, one of so many. It
// claims more where there are several heads.
func (s Stopping) improving(g Look, graders int) stats.Rule {
	return stats.Rule{Margin: g.Margin, Level: level, Alpha: alpha / float64(graders*max(1, s.Heads))}
}

// regressing is the same for regressed, which rests on the own comparison of a head
// unless the heads are variants.
func (s Stopping) regressing(g Look, graders int) stats.Rule {
	if !s.Variants {
		s.Heads = 1
	}
	return s.improving(g, graders)
}

// DecideEarly applies the rules of stopping to the gating graders; the caller sets
// what the decision says of the look. A grader that settles as regressed settles all.
// No worse needs all graders, and no unit left out. Rule 2 is for runs that only have
// to pass a gate.
func DecideEarly(graders []Look, s Stopping) (runfile.Decided, bool) {
	if len(graders) == 0 {
		return runfile.Decided{}, false
	}
	tests := len(graders) + s.waiting
	share := 1 / float64(tests)
	least, complete, chance := stats.Improved, true, 0.0
	var better []string
	for _, g := range graders {
		rule := s.regressing(g, tests)
		if g.Settled(rule, missRule1*share) == stats.Regressed {
			return runfile.Decided{Verdict: string(Regressed), Rule: 1, Graders: []string{g.Grader}}, true
		}
		outcome := g.Settled(s.improving(g, tests), missRule1*share)
		if outcome == stats.Improved {
			better = append(better, g.Grader)
		}
		least, complete = min(least, outcome), complete && g.LeftOut == 0
		if s.GateOnly {
			chance = math.Max(chance, g.ChanceRegressed(rule))
		}
	}
	switch {
	case s.NeedsAll, s.waiting > 0:
	case least >= stats.NoWorse && complete && len(better) > 0:
		return runfile.Decided{Verdict: string(Improved), Rule: 1, Graders: better}, true
	case least >= stats.NoWorse && complete:
		return runfile.Decided{Verdict: string(NoWorse), Rule: 1}, true
	case s.GateOnly && chance <= missRule2*share:
		return runfile.Decided{Verdict: string(Inconclusive), Rule: 2}, true
	}
	return runfile.Decided{}, false
}

// An Outlook is how probable the verdicts on all units are, by the grader for which
// each is least favourable to the head.
type Outlook struct{ Regressed, NoWorse float64 }

// OutlookOf returns how probable the verdicts are at a look.
func OutlookOf(graders []Look, s Stopping) Outlook {
	out := Outlook{NoWorse: 1}
	for _, g := range graders {
		rule := s.regressing(g, len(graders))
		out.Regressed = math.Max(out.Regressed, g.ChanceRegressed(rule))
		out.NoWorse = math.Min(out.NoWorse, 1-g.ChanceOf(rule, stats.Inconclusive))
	}
	return out
}
