// Package gate holds a run to the absolute gates of the config: a grader's mean,
// or the lower bound of its interval, must not be under a minimum. Whether a
// revision regressed is not asked here; that is the verdict of package compare.
package gate

import (
	"fmt"
	"strings"

	"promptbench/internal/config"
	"promptbench/internal/summary"
)

// A Result is what came of one gate. Value is what was held against the
// minimum, nil where the run has no such number; the gate is then missed.
type Result struct {
	Grader string   `json:"grader"`
	Of     string   `json:"of"` // "mean" or "lower_bound"
	Min    float64  `json:"min"`
	Value  *float64 `json:"value"`
	Pass   bool     `json:"pass"`
}

// String says in one line whether the gate is met.
func (r Result) String() string {
	word := "met"
	if !r.Pass {
		word = "missed"
	}
	value := "no value"
	if r.Value != nil {
		value = fmt.Sprintf("%.3f", *r.Value)
	}
	return fmt.Sprintf("gate %s: the %s of %s is %s, at least %.3g is wanted", word, strings.ReplaceAll(r.Of, "_", " "), r.Grader, value, r.Min)
}

// Check holds a run to every absolute gate, in the config's order.
func Check(s summary.Summary, gates []config.Gate) []Result {
	var out []Result
	for _, g := range gates {
		if g.Grader == "" || g.Min == nil {
			continue
		}
		r := Result{Grader: g.Grader, Of: g.Of, Min: *g.Min, Value: valueOf(s, g)}
		r.Pass = r.Value != nil && *r.Value >= *g.Min
		out = append(out, r)
	}
	return out
}

func valueOf(s summary.Summary, g config.Gate) *float64 {
	for _, graded := range s.Graders {
		switch {
		case graded.Grader != g.Grader:
		case g.Of == config.LowerBound && graded.CI != nil:
			return &graded.CI[0]
		case g.Of == config.Mean:
			return graded.Mean
		}
	}
	return nil
}

// Missed reports whether any gate is missed.
func Missed(results []Result) bool {
	for _, r := range results {
		if !r.Pass {
			return true
		}
	}
	return false
}
