// Package calibration measures how far a judge agrees with people, and decides
// whether it may gate.
//
// A [Finding] is what people and the judge said of one reply. [Measure] turns
// findings into figures by criterion. [Save] and [Find] keep them, in a file for
// each judge and rubric. [Criterion.Shortfall] compares them with the bar: a judge
// below it, or without a calibration, cannot gate.
package calibration

import (
	"time"

	"promptbench/internal/record/runfile"
)

// Schema is the version of the file's shape.
const Schema = 1

// A Calibration is how far one judge agrees with people, by criterion.
type Calibration struct {
	Schema    int            `json:"schema"`
	Suite     string         `json:"suite"`
	Judge     runfile.Judge  `json:"judge"`     // its prompt by hash alone
	Labellers []string       `json:"labellers"` // whose labels it was held against
	Runs      []string       `json:"runs"`      // in which the judge's answers were recorded
	First     time.Time      `json:"first_answer,omitzero"`
	Last      time.Time      `json:"last_answer,omitzero"`
	Family    string         `json:"same_family,omitempty"`         // of models, that the judge shares with some
	OfFamily  int            `json:"same_family_replies,omitempty"` // given by models of its family
	Replies   int            `json:"replies"`                       // that were labelled and judged
	Labels    int            `json:"labels"`                        // people's answers on them, with those that can't tell
	Late      int            `json:"late_labels"`                   // given after the judge had answered about the reply
	Missing   int            `json:"missing"`                       // labels of the rubric whose reply no run holds now
	Asked     int            `json:"asked"`                         // how often every question was asked
	Criteria  []Criterion    `json:"criteria"`                      // in the suite's order
	Raters    []Raters       `json:"raters"`                        // people against each other; none where one labelled
	Disagree  []Disagreement `json:"disagreements"`
}

// A Criterion is how the judge did on one criterion. What is undefined is nil.
type Criterion struct {
	Criterion string `json:"criterion"`
	Question  string `json:"question_hash"`

	Labelled  int `json:"labelled"`  // replies with a majority for yes or for no
	Yes       int `json:"yes"`       // of these, with a majority for yes
	Undecided int `json:"undecided"` // replies without a majority
	Unscored  int `json:"unscored"`  // of those labelled: without a verdict that decides
	N         int `json:"n"`         // labelled and scored: what the figures rest on
	TP        int `json:"tp"`        // both pass
	FP        int `json:"fp"`        // only the judge passes
	FN        int `json:"fn"`        // only the person passes
	TN        int `json:"tn"`        // both fail

	BaseRate      *float64    `json:"base_rate"` // of the labelled, how many people pass
	UnscoredShare *float64    `json:"unscored_share"`
	Agreement     *float64    `json:"agreement"` // of n, the share on which both say the same
	Kappa         *float64    `json:"kappa"`
	KappaCI       *[2]float64 `json:"kappa_ci"` // 95%
	Sensitivity   *float64    `json:"sensitivity"`
	SensitivityCI *[2]float64 `json:"sensitivity_ci"` // 95%, Wilson
	Specificity   *float64    `json:"specificity"`
	SpecificityCI *[2]float64 `json:"specificity_ci"` // 95%, Wilson

	AskedAgain int      `json:"asked_again"` // replies with verdicts to repeated asking
	Flips      int      `json:"flips"`       // of these, with more than one verdict
	FlipRate   *float64 `json:"flip_rate"`
	Turned     int      `json:"turned"`      // replies with verdicts in both orders of the options
	OrderFlips int      `json:"order_flips"` // of these, with another verdict in the other order
	OrderRate  *float64 `json:"order_flip_rate"`
}

// Raters is how far two people agree with each other, over all criteria.
type Raters struct {
	A       string      `json:"a"`
	B       string      `json:"b"`
	N       int         `json:"n"`
	Same    int         `json:"same"` // of n, how many get the same answer of both
	Kappa   *float64    `json:"kappa"`
	KappaCI *[2]float64 `json:"kappa_ci"`
}

// A Disagreement is a reply that a person and the judge see differently.
type Disagreement struct {
	Criterion string `json:"criterion"`
	Case      string `json:"case"`
	Text      string `json:"text_hash"`
	Label     string `json:"label"`
	Verdict   string `json:"verdict"`
	Reason    string `json:"reason"` // the judge's

	Input string `json:"-"` // for people; a file holds no more than it must
	Reply string `json:"-"`
}
