package summary

import (
	"slices"

	"promptbench/internal/verdict/stats"
)

// A Belief is how far the judge behind a score is to be believed.
type Belief struct {
	Judge   string      `json:"judge"`                  // the model
	Doubt   string      `json:"informs_only,omitempty"` // why the score decides nothing; empty where it may
	Kappa   *float64    `json:"kappa"`                  // agreement with people beyond chance, nil where it was not measured
	KappaCI *[2]float64 `json:"kappa_ci"`               // 95%

	Agreement stats.Agreement `json:"-"` // the labels that correcting rests on
}

// Beliefs are what is known of the judges behind scores, by the scores' names. A
// score that no judge stands behind has none.
type Beliefs map[string]Belief

// Doubt says why a score decides nothing, or is empty.
func (b Beliefs) Doubt(score string) string { return b[score].Doubt }

// Of returns what is known of a score's judge, nil where none stands behind it.
func (b Beliefs) Of(score string) *Belief {
	belief, ok := b[score]
	if !ok {
		return nil
	}
	return &belief
}

// A Corrected is a pass rate without the judge's errors, as far as its
// calibration tells them. The interval takes in how uncertain that is.
type Corrected struct {
	Rate   float64    `json:"rate"`
	CI     [2]float64 `json:"ci"`     // 95%
	Method string     `json:"method"` // "rogan-gladen, lang-reiczigel"
}

// Correct corrects a pass rate over so many units. It is nil where the judge may
// not decide, or tells nothing.
func (b *Belief) Correct(rate *float64, units int) *Corrected {
	if b == nil || b.Doubt != "" || rate == nil {
		return nil
	}
	estimate, lo, hi, ok := stats.CorrectedRate(*rate, units, b.Agreement, level)
	if !ok {
		return nil
	}
	return &Corrected{Rate: estimate, CI: [2]float64{lo, hi}, Method: "rogan-gladen, lang-reiczigel"}
}

// Believe says of every score how far its judge is to be believed, and corrects
// the rates of those that may decide.
func (s *Summary) Believe(beliefs Beliefs) {
	s.Graders = slices.Clone(s.Graders)
	for i := range s.Graders {
		g := &s.Graders[i]
		g.Judged = beliefs.Of(g.Grader)
		g.Corrected = g.Judged.Correct(g.Mean, g.Units)
	}
}
