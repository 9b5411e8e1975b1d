package mutation

import (
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/stats"
)

// Schema is the version of a result's JSON.
const Schema = 1

const level = 0.95

// A Result says which mutants of a prompt a suite notices.
type Result struct {
	Schema int            `json:"schema"`
	Prompt string         `json:"prompt"`
	Suite  string         `json:"suite"`
	Model  string         `json:"model"`
	Run    string         `json:"run,omitempty"` // of the original; empty where nothing is asked yet
	Status runfile.Status `json:"status"`
	Cases  int            `json:"cases"`           // that a mutant is asked with at most
	Apart  int            `json:"paraphrases_out"` // further cases of groups, which are not asked
	Sealed int            `json:"sealed_out"`      // sealed cases, which are not asked

	Score    *float64    `json:"score"` // noticed of those that were asked; null where none was
	CI       *[2]float64 `json:"ci"`    // 95%, Wilson
	Noticed  int         `json:"noticed"`
	Survived int         `json:"survived"`
	Left     int         `json:"not_run"`
	Calls    int         `json:"calls"` // that were made, or would be at most
	Replayed int         `json:"replayed"`
	Errors   int         `json:"errors"` // trials that ended in an error

	Mutants  []Outcome `json:"mutants"`
	Controls Controls  `json:"controls"`
	Without  []Rule    `json:"rules_without_mutant"` // there is nothing in the prompt that they change
	Plan     *Price    `json:"plan,omitempty"`       // of what is not asked yet; nil otherwise
}

// Controls are repeats of the unchanged prompt. One that is noticed is a false alarm.
type Controls struct {
	Run     int       `json:"run"`
	Noticed int       `json:"noticed"`
	Runs    []Outcome `json:"runs"`
}

// A Price is what all mutants take at most, before any call. Tokens and cost are nil where nothing says what they are.
type Price struct {
	Original int      `json:"original_calls"`             // for cases of the original that have no reply yet
	Mutants  int      `json:"mutant_calls"`               // at most
	Controls int      `json:"control_calls"`              // at most
	Rounds   int      `json:"tool_round_calls,omitempty"` // with results of tools, at most, beside those
	Judging  int      `json:"judge_calls"`                // at most, beside those; Tokens and Cost leave them out
	Tokens   *float64 `json:"tokens"`
	Cost     *float64 `json:"cost"`
}

// An Outcome is what a suite makes of one mutant, or of a control.
type Outcome struct {
	Mutant

	Says    string           `json:"says,omitempty"` // what the rule does
	Calls   int              `json:"calls"`          // that were made, or would be at most
	Noticed *bool            `json:"noticed"`        // null where it was not asked, or some case has no reply
	By      []string         `json:"by"`             // the graders that show it
	Slices  []Slice          `json:"slices"`         // the expected types that show it
	Verdict *compare.Verdict `json:"verdict"`        // on the original and the mutant
	Run     string           `json:"run,omitempty"`
	Cases   int              `json:"cases"`           // that it was asked with, until it was decided
	Changed int              `json:"changed_replies"` // of them, those that read otherwise than with the original
	Graders []Effect         `json:"graders"`
	Advice  []string         `json:"advice"` // what would notice it
}

// A Slice is an expected type that got worse. Where the run stopped before the last case it is not tested.
type Slice struct {
	Grader    string `json:"grader"`
	By        string `json:"by"` // type
	Value     string `json:"value"`
	Cases     int    `json:"cases"`
	NewlyFail int    `json:"newly_fail"`
	NewlyPass int    `json:"newly_pass"`
	Tested    bool   `json:"tested"`
}

// An Effect is what a mutant changes at one grader.
type Effect struct {
	Grader   string   `json:"grader"`
	Gating   bool     `json:"gating"`
	Base     *float64 `json:"base_mean"`
	Head     *float64 `json:"head_mean"`
	Better   int      `json:"better"` // units
	Worse    int      `json:"worse"`
	ToSettle *int     `json:"units_to_settle,omitempty"`
}

// Planned are mutants before they are asked.
func Planned(list []Mutant) []Outcome {
	out := make([]Outcome, len(list))
	for i, m := range list {
		out[i] = Outcome{
			Mutant: m, Says: m.Rule.Says(), By: []string{}, Slices: []Slice{}, Graders: []Effect{}, Advice: []string{},
		}
	}
	return out
}

// Unused are the rules that made none of the mutants.
func Unused(list []Mutant) []Rule {
	return slices.DeleteFunc(Rules(), func(r Rule) bool {
		return slices.ContainsFunc(list, func(m Mutant) bool { return m.Rule == r })
	})
}

// Conclude counts what was noticed, and says of each survivor what would notice it.
func (r *Result) Conclude() {
	usual := 0.0 // the share of replies that change by themselves
	for _, c := range r.Controls.Runs {
		if c.Noticed != nil {
			r.Controls.Run++
			usual = max(usual, c.changedShare())
		}
		if c.isNoticed() {
			r.Controls.Noticed++
		}
	}
	r.Noticed, r.Survived, r.Left = 0, 0, 0
	for i := range r.Mutants {
		switch m := &r.Mutants[i]; {
		case m.Noticed == nil:
			r.Left++
		case *m.Noticed:
			r.Noticed++
		default:
			r.Survived++
			m.advise(usual, r.Controls.Run > 0)
		}
	}
	if n := r.Noticed + r.Survived; n > 0 {
		share := float64(r.Noticed) / float64(n)
		lo, hi := stats.Wilson(r.Noticed, n, level)
		r.Score, r.CI = &share, &[2]float64{lo, hi}
	}
}

func (o *Outcome) isNoticed() bool { return o.Noticed != nil && *o.Noticed }

func (o *Outcome) changedShare() float64 { return float64(o.Changed) / float64(max(1, o.Cases)) }
