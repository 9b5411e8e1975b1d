package summary

import (
	"cmp"
	"slices"
	"strings"

	"promptbench/internal/verdict/labelled"
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

// The methods of a [Corrected] and a [CorrectedDelta].
const (
	ByLabels      = "labelled-sample"              // see [labelled.Run.Rate] and [labelled.Difference]
	ByCalibration = "rogan-gladen, lang-reiczigel" // see [stats.CorrectedRate]
)

// AsCalibrated is what a rate by [ByCalibration] rests on.
const AsCalibrated = "the judge errs here as on the labelled revisions"

// A Corrected is a pass rate without the errors of the judge: from labels of this
// run's replies, else from the judge's calibration. The interval includes the
// uncertainty of both.
type Corrected struct {
	Rate    float64    `json:"rate"`
	CI      [2]float64 `json:"ci"` // 95%
	Method  string     `json:"method"`
	Assumes string     `json:"assumes,omitempty"` // what must be true
	Labels  int        `json:"labels,omitempty"`  // of this run's replies, by [ByLabels]
	Of      int        `json:"of,omitempty"`      // replies that the judge decided, by [ByLabels]
}

// A CorrectedDelta is the difference of two rates without the errors of the judge,
// from labels of both runs' replies.
type CorrectedDelta struct {
	Delta  float64    `json:"delta"`
	CI     [2]float64 `json:"ci"` // 95%
	Method string     `json:"method"`
	Labels int        `json:"labels"` // cases with labels of both replies
	Of     int        `json:"of"`     // cases with verdicts of the judge on both replies
}

// criterionOf is the id of the criterion that gives a score.
func criterionOf(score string) string { return strings.TrimPrefix(score, "rubric/") }

// CorrectedByLabels is the rate of a score that people would find, or nil where too few
// replies of the run are labelled.
func CorrectedByLabels(run *labelled.Run, score string) *Corrected {
	e := run.Rate(criterionOf(score))
	if e == nil {
		return nil
	}
	return &Corrected{Rate: e.Value, CI: e.CI, Method: ByLabels, Labels: e.Labels, Of: e.Of}
}

// DeltaByLabels is the difference of a score that people would find, or nil where too
// few pairs of replies are labelled.
func DeltaByLabels(base, head *labelled.Run, score string) *CorrectedDelta {
	e := labelled.Difference(base, head, criterionOf(score))
	if e == nil {
		return nil
	}
	return &CorrectedDelta{Delta: e.Value, CI: e.CI, Method: ByLabels, Labels: e.Labels, Of: e.Of}
}

// Correct corrects a pass rate over so many units by the calibration. It returns nil
// if the calibration is not informative.
func (r *JudgeReliability) Correct(rate *float64, units int) *Corrected {
	if r == nil || rate == nil {
		return nil
	}
	estimate, lo, hi, ok := stats.CorrectedRate(*rate, units, r.Agreement, level)
	if !ok {
		return nil
	}
	return &Corrected{Rate: estimate, CI: [2]float64{lo, hi}, Method: ByCalibration, Assumes: AsCalibrated}
}

// SetReliability sets the reliability of every grader's judge, and the corrected
// rates: by the labels of the run's replies, else by the calibration of the judge. Run
// may be nil.
func (s *Summary) SetReliability(judges JudgeReliabilities, run *labelled.Run) {
	s.Graders = slices.Clone(s.Graders)
	for i := range s.Graders {
		g := &s.Graders[i]
		g.Judged = judges.Of(g.Grader)
		g.Drawn, _ = run.Drawn(criterionOf(g.Grader))
		g.Corrected = cmp.Or(CorrectedByLabels(run, g.Grader), g.Judged.Correct(g.Mean, g.Units))
	}
}
