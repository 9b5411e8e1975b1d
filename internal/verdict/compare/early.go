package compare

import (
	"math"

	"promptbench/internal/verdict/stats"
)

// The chances of a wrong stop, over all looks and gating graders: of rule 1, and of a
// regression that rule 2 overlooks.
const (
	missRule1 = 0.02
	missRule2 = 0.01
)

// A Decision is a verdict on a whole suite before all of it was run.
type Decision struct {
	Verdict Verdict `json:"verdict"`
	Share   float64 `json:"share"` // of the units, that were run
	Look    int     `json:"look"`  // from 1
	Rule    int     `json:"rule"`  // 1: the other units cannot change the verdict; 2: they hardly make it regressed
}

// A Look is how one gating grader stands at a look. Its values are 0 or 1, one
// trial a case, without groups. Units that are left out count in neither Units nor
// Seen.
type Look struct {
	stats.Early
	Margin  float64
	LeftOut int
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

// DecideEarly applies the rules of stopping to the gating graders; the caller sets
// the share and the look. A grader that settles as regressed settles all. No worse
// needs all graders, and no unit left out. Rule 2 is for runs that only have to pass a
// gate. A gate by type needs all units for anything but regressed.
func DecideEarly(graders []Look, gateOnly, gatesByType bool) (Decision, bool) {
	if len(graders) == 0 {
		return Decision{}, false
	}
	share := 1 / float64(len(graders))
	least, isBetter, complete, chance := stats.Improved, false, true, 0.0
	for _, g := range graders {
		rule := stats.Rule{Margin: g.Margin, Level: level, Alpha: alpha * share}
		outcome := g.Settled(rule, missRule1*share)
		if outcome == stats.Regressed {
			return Decision{Verdict: Regressed, Rule: 1}, true
		}
		least, isBetter = min(least, outcome), isBetter || outcome == stats.Improved
		complete = complete && g.LeftOut == 0
		if gateOnly {
			chance = math.Max(chance, g.ChanceRegressed(rule))
		}
	}
	switch {
	case gatesByType:
	case least >= stats.NoWorse && complete && isBetter:
		return Decision{Verdict: Improved, Rule: 1}, true
	case least >= stats.NoWorse && complete:
		return Decision{Verdict: NoWorse, Rule: 1}, true
	case gateOnly && chance <= missRule2*share:
		return Decision{Verdict: Inconclusive, Rule: 2}, true
	}
	return Decision{}, false
}
