package summary

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"promptbench/internal/input/config"
	"promptbench/internal/text/wording"
)

// Regression is what a gate on a regression is of. The verdict of the grader says whether
// it is met; its result is listed where too few cases were scored.
const Regression = "regression"

// A GateResult is a gate of the config and whether a run meets it, or a comparison if
// it is on a metric.
type GateResult struct {
	Grader string   `json:"grader,omitempty"`
	Of     string   `json:"of"`
	Min    *float64 `json:"min,omitempty"`
	Value  *float64 `json:"value"` // what the gate is held to; nil if there is no such number, and Pass is false
	Pass   bool     `json:"pass"`

	Cases      int `json:"cases"`      // that the value rests on
	Applicable int `json:"applicable"` // that the gate applies to; with a value for under half of them it is missed

	Shortfall string `json:"informs_only,omitempty"` // why the gate decides nothing

	By    string   `json:"by,omitempty"`    // type: the grader must not get worse on an expected type; has no Min
	Worse []string `json:"worse,omitempty"` // the types on which it does

	Unscored []string `json:"unscored,omitempty"` // the types scored for fewer than half of their cases; Pass is false

	Metric      string      `json:"metric,omitempty"` // in place of Grader and Min
	MaxIncrease *float64    `json:"max_increase,omitempty"`
	CI          *[2]float64 `json:"ci,omitempty"` // 95%, of the change
}

// String says in one line whether the gate is met.
func (g GateResult) String() string {
	word := "met"
	switch {
	case g.Shortfall != "" && g.Metric != "":
		return fmt.Sprintf("gate ignored: the change of %s is unknown, because %s", g.Metric, g.Shortfall)
	case g.Shortfall != "" && g.By != "":
		return fmt.Sprintf("gate ignored: %s by type, because %s", g.Grader, g.Shortfall)
	case g.Shortfall != "":
		word = "ignored, because its judge cannot gate"
	case !g.Pass:
		word = "missed"
	}
	if g.By != "" {
		if len(g.Worse) > 0 {
			return fmt.Sprintf("gate %s: %s cases are worse at %s", word, wording.Quotes(g.Worse), g.Grader)
		}
		if len(g.Unscored) > 0 {
			return fmt.Sprintf("gate %s: fewer than half of the %s cases are scored on both sides at %s",
				word, wording.Quotes(g.Unscored), g.Grader)
		}
		// The types that a result names are tested at 5%.
		return fmt.Sprintf("gate %s: no expected type is worse at %s with the certainty of a gate (2.5%%)", word, g.Grader)
	}
	if g.Of == Regression {
		return fmt.Sprintf("gate %s: %s is scored on both sides%s", word, g.Grader, g.share("in"))
	}
	of := strings.ReplaceAll(g.Of, "_", " ")
	if g.Metric != "" {
		what, within := "the change of "+g.Metric, ""
		switch {
		case g.Of == config.LowerBound:
			what = "the " + of + " of " + what
		case g.CI != nil:
			within = fmt.Sprintf(" (%s…%s)", Percent(g.CI[0]), Percent(g.CI[1]))
		}
		return fmt.Sprintf("gate %s: %s is %s%s%s, at most %s is allowed",
			word, what, Percent(*g.Value), within, g.share("over"), Percent(*g.MaxIncrease))
	}
	value := "unknown"
	if g.Value != nil {
		value = fmt.Sprintf("%.3f", *g.Value)
	}
	return fmt.Sprintf("gate %s: the %s of %s is %s%s, at least %.3g is required",
		word, of, g.Grader, value, g.share("over"), *g.Min)
}

// share says how many of the applicable cases a gate rests on, or nothing if it rests on
// all of them.
func (g GateResult) share(preposition string) string {
	if g.Cases >= g.Applicable {
		return ""
	}
	out := fmt.Sprintf(" %s %d of %s", preposition, g.Cases, wording.Count(g.Applicable, "applicable case"))
	if !g.HasHalf() {
		out += " (fewer than half)"
	}
	return out
}

// HasHalf reports whether a gate rests on at least half of the applicable cases.
func (g GateResult) HasHalf() bool { return 2*g.Cases >= g.Applicable }

// Percent is a change as a percentage with its sign.
func Percent(change float64) string {
	digits := 0
	if math.Abs(change) < 0.0995 {
		digits = 1
	}
	s := fmt.Sprintf("%+.*f", digits, 100*change)
	if strings.Trim(s, "+-0.") == "" {
		return "0%"
	}
	return strings.Replace(s, "-", "−", 1) + "%"
}

// CheckGates compares a run with the gates of the config, in their order.
func (s Summary) CheckGates(gates []config.Gate) []GateResult {
	out := make([]GateResult, len(gates))
	for i, gate := range gates {
		out[i] = s.check(gate)
	}
	return out
}

func (s Summary) check(gate config.Gate) GateResult {
	r := GateResult{Grader: gate.Grader, Of: gate.Of, Min: &gate.Min}
	i := slices.IndexFunc(s.Graders, func(g Grader) bool { return g.Grader == gate.Grader })
	if i < 0 {
		return r
	}
	g := s.Graders[i]
	switch {
	case gate.Of == config.LowerBound && g.CI != nil:
		r.Value = &g.CI[0]
	case gate.Of == config.Mean:
		r.Value = g.Mean
	}
	r.Cases, r.Applicable = g.Cases, g.Applicable
	r.Pass = r.Value != nil && *r.Value >= gate.Min && r.HasHalf()
	if g.Judged != nil {
		r.Shortfall = g.Judged.Shortfall
	}
	return r
}

// Missed reports whether any gate is missed that may decide.
func Missed(gates []GateResult) bool {
	for _, g := range gates {
		if !g.Pass && g.Shortfall == "" {
			return true
		}
	}
	return false
}
