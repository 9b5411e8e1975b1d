package summary

import (
	"slices"

	"promptbench/internal/verdict/stats"
)

// A JudgeReliability is how far the judge behind a score agrees with people.
type JudgeReliability struct {
	Judge     string      `json:"judge"`                  // the model
	Shortfall string      `json:"informs_only,omitempty"` // why the score cannot gate; empty if it can
	Kappa     *float64    `json:"kappa"`                  // agreement with people beyond chance; nil if not measured
	KappaCI   *[2]float64 `json:"kappa_ci"`               // 95%

	Agreement stats.Agreement `json:"-"` // the labels that a correction rests on
}

// JudgeReliabilities holds the reliability of judges by the name of the score.
// A score that no judge gives has none.
type JudgeReliabilities map[string]JudgeReliability

// Of returns the reliability of a score's judge, or nil if no judge gives it.
func (r JudgeReliabilities) Of(score string) *JudgeReliability {
	if reliability, ok := r[score]; ok {
		return &reliability
	}
	return nil
}

// A Corrected is a pass rate without the errors of the judge, estimated from its
// calibration. The interval includes the uncertainty of the calibration.
type Corrected struct {
	Rate   float64    `json:"rate"`
	CI     [2]float64 `json:"ci"`     // 95%
	Method string     `json:"method"` // "rogan-gladen, lang-reiczigel"
}

// Correct corrects a pass rate over so many units. It returns nil if the score
// cannot gate or the calibration is not informative.
func (r *JudgeReliability) Correct(rate *float64, units int) *Corrected {
	if r == nil || r.Shortfall != "" || rate == nil {
		return nil
	}
	estimate, lo, hi, ok := stats.CorrectedRate(*rate, units, r.Agreement, level)
	if !ok {
		return nil
	}
	return &Corrected{Rate: estimate, CI: [2]float64{lo, hi}, Method: "rogan-gladen, lang-reiczigel"}
}

// SetReliability sets the reliability of every grader's judge, and the corrected
// rates of those that can gate.
func (s *Summary) SetReliability(judges JudgeReliabilities) {
	s.Graders = slices.Clone(s.Graders)
	for i := range s.Graders {
		g := &s.Graders[i]
		g.Judged = judges.Of(g.Grader)
		g.Corrected = g.Judged.Correct(g.Mean, g.Units)
	}
}
