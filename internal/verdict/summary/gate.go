package summary

import (
	"fmt"
	"strings"
)

// What a gate is held against.
const (
	GateMean       = "mean"        // the mean of the grader's values
	GateLowerBound = "lower_bound" // the lower bound of the mean's 95% interval
)

// A Gate is an absolute condition on a run: a grader's mean, or the lower bound
// of its interval, is at least Min. Value is what was held against it, nil where
// the run has no such number; the gate is then missed. Whether a revision
// regressed is not asked here; that is the verdict of package compare.
type Gate struct {
	Grader    string   `json:"grader"`
	Of        string   `json:"of"`
	Min       float64  `json:"min"`
	Value     *float64 `json:"value"`
	Pass      bool     `json:"pass"`
	Shortfall string   `json:"informs_only,omitempty"` // why it decides nothing: the judge may not gate; empty if it may
}

// String says in one line whether the gate is met.
func (g Gate) String() string {
	word := "met"
	if !g.Pass {
		word = "missed"
	}
	if g.Shortfall != "" {
		word = "not held, its judge may not decide"
	}
	value := "unknown"
	if g.Value != nil {
		value = fmt.Sprintf("%.3f", *g.Value)
	}
	return fmt.Sprintf("gate %s: the %s of %s is %s, at least %.3g is wanted", word, strings.ReplaceAll(g.Of, "_", " "), g.Grader, value, g.Min)
}

// CheckGates holds a run to gates, and returns them with their values.
func (s Summary) CheckGates(gates []Gate) []Gate {
	out := make([]Gate, 0, len(gates))
	for _, g := range gates {
		g.Value = s.gateValue(g)
		g.Pass = g.Value != nil && *g.Value >= g.Min
		g.Shortfall = s.shortfall(g.Grader)
		out = append(out, g)
	}
	return out
}

func (s Summary) gateValue(gate Gate) *float64 {
	for _, g := range s.Graders {
		switch {
		case g.Grader != gate.Grader:
		case gate.Of == GateLowerBound && g.CI != nil:
			return &g.CI[0]
		case gate.Of == GateMean:
			return g.Mean
		}
	}
	return nil
}

func (s Summary) shortfall(grader string) string {
	for _, g := range s.Graders {
		if g.Grader == grader && g.Judged != nil {
			return g.Judged.Shortfall
		}
	}
	return ""
}

// Missed reports whether any gate is missed that may decide.
func Missed(gates []Gate) bool {
	for _, g := range gates {
		if !g.Pass && g.Shortfall == "" {
			return true
		}
	}
	return false
}
