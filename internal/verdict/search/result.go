package search

import (
	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/compare"
)

// Schema is the version of a result's JSON.
const Schema = 1

// A Result is what a search came to.
type Result struct {
	Schema  int              `json:"schema"`
	Base    string           `json:"base"`
	Found   bool             `json:"found"`   // the candidate is improved on the sealed cases
	Prompt  string           `json:"prompt"`  // the file of the candidate; empty without any
	Verdict *compare.Verdict `json:"verdict"` // on the sealed cases; null where no candidate met the base on them
	Tries   int              `json:"tries"`   // distinct prompts that were raced
	Calls   int              `json:"calls"`   // that the search took, replayed or not
	Made    int              `json:"made"`    // of them, in this command
	Sealed  int              `json:"sealed"`  // sealed cases
	HeldOut bool             `json:"held_out"`
	Suite   string           `json:"suite"`
	Model   string           `json:"model"`
	Editor  string           `json:"editor"`
	Open    int              `json:"open"`      // cases that the candidates raced on
	Mean    *[2]float64      `json:"open_mean"` // of base and candidate on them; optimistic for the candidate
	Rounds  []Round          `json:"rounds"`
	Dropped int              `json:"dropped"`           // answers of the editor that were no prompt, or one that was tried
	Stopped string           `json:"stopped,omitempty"` // why the search ended before its last round
	Changes []Change         `json:"changes"`           // from the base to the candidate
	Says    string           `json:"says,omitempty"`    // the editor, of its change
	Tokens  *[2]float64      `json:"tokens"`            // a call of base and candidate; null where they are unknown

	Comparison *compare.Comparison `json:"comparison"` // on the sealed cases
}

// A Round is what one round tried.
type Round struct {
	Round int   `json:"round"`
	Tried []Try `json:"tried"`
}

// A Try is one candidate.
type Try struct {
	Name  string   `json:"name"`
	Of    []string `json:"of"`
	Aim   string   `json:"aim"`
	Asked int      `json:"cases"` // that it was asked with
	Mean  float64  `json:"mean"`  // on them
	Kept  bool     `json:"kept"`  // for the next round
}

// A Change is a part of the difference that a person would name; see [blame.Hunk].
type Change struct {
	Where string `json:"where"`
	Base  string `json:"base,omitempty"`
	Head  string `json:"head,omitempty"`
}

// Changes are hunks as a result has them.
func Changes(hunks []blame.Hunk) []Change {
	out := make([]Change, len(hunks))
	for i, h := range hunks {
		out[i] = Change(h)
	}
	return out
}

// A Price is what a search may take at most, before any call.
type Price struct {
	Schema  int      `json:"schema"`
	Base    string   `json:"base"`
	Suite   string   `json:"suite"`
	Model   string   `json:"model"`
	Editor  string   `json:"editor"`
	Open    int      `json:"open"`
	Sealed  int      `json:"sealed"`
	HeldOut bool     `json:"held_out"`
	New     int      `json:"base_calls"`                 // for the base
	Racing  int      `json:"race_calls"`                 // at most
	Editing int      `json:"editor_calls"`               // at most
	Final   int      `json:"sealed_calls"`               // at most, of base and candidate
	Rounds  int      `json:"tool_round_calls,omitempty"` // with results of tools, at most
	Calls   int      `json:"calls"`                      // at most
	Tokens  *float64 `json:"tokens"`                     // of the model, at most, by its earlier runs; null without any
	Cost    *float64 `json:"cost"`                       // likewise, without the editor; null where the price is unknown
	Allowed *int     `json:"max_calls"`
}
