package summary

import (
	"fmt"
	"slices"
	"strings"

	"promptbench/internal/input/config"
)

// A GateResult is an absolute gate of the config and whether a run meets it.
type GateResult struct {
	Grader    string   `json:"grader"`
	Of        string   `json:"of"`
	Min       float64  `json:"min"`
	Value     *float64 `json:"value"` // what Min is the least of; nil where the run has no such number, and Pass is false
	Pass      bool     `json:"pass"`
	Shortfall string   `json:"informs_only,omitempty"` // why the gate decides nothing: the judge may not gate
}

// String says in one line whether the gate is met.
func (g GateResult) String() string {
	word := "met"
	if !g.Pass {
		word = "missed"
	}
	if g.Shortfall != "" {
		word = "ignored, because its judge cannot gate"
	}
	value := "unknown"
	if g.Value != nil {
		value = fmt.Sprintf("%.3f", *g.Value)
	}
	return fmt.Sprintf("gate %s: the %s of %s is %s, at least %.3g is required",
		word, strings.ReplaceAll(g.Of, "_", " "), g.Grader, value, g.Min)
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
	r := GateResult{Grader: gate.Grader, Of: gate.Of, Min: gate.Min}
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
	r.Pass = r.Value != nil && *r.Value >= gate.Min
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
