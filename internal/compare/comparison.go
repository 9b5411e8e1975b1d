package compare

import (
	"promptbench/internal/runfile"
	"promptbench/internal/summary"
)

// Schema is the version of the comparison's JSON.
const Schema = 1

// A Verdict is the conclusion about one grader, or about all of them.
type Verdict string

// The verdicts.
const (
	Improved     Verdict = "improved"
	NoWorse      Verdict = "no_worse"
	Regressed    Verdict = "regressed"
	Inconclusive Verdict = "inconclusive"
)

// Words is the verdict as people read it.
func (v Verdict) Words() string {
	if v == NoWorse {
		return "no worse"
	}
	return string(v)
}

// A Comparison is everything that is known of a base and a head.
type Comparison struct {
	Schema    int            `json:"schema"`
	Base      Side           `json:"base"`
	Head      Side           `json:"head"`
	Verdict   *Verdict       `json:"verdict"`         // null where nothing could be judged
	Noise     bool           `json:"noise,omitempty"` // the base and the head are one prompt
	Headline  string         `json:"headline"`
	Suite     string         `json:"suite"`
	Pairs     int            `json:"pairs"`     // cases paired
	Graders   []Grader       `json:"graders"`   // in the suite's order
	Gates     []summary.Gate `json:"gates"`     // absolute gates, held against the head
	Confusion Confusion      `json:"confusion"` // of the types, both sides
	Tags      []Slice        `json:"tags"`      // by tag, without p
	Flips     []Flip         `json:"flips"`     // to fail first, then to pass, by case
	Changes   Changes        `json:"cases"`     // what is not paired, and why
	Notes     []string       `json:"notes"`     // what was allowed, left out or graded again
	Rows      []CasePair     `json:"-"`         // every pair, by case id
}

// A Side is one of the two runs.
type Side struct {
	Prompt   string         `json:"prompt"`
	Run      string         `json:"run"`
	Hash     string         `json:"prompt_hash"`
	Model    string         `json:"model"`
	Endpoint string         `json:"endpoint"`
	Status   runfile.Status `json:"status"`
	Trials   int            `json:"trials"` // per case
	Basis    summary.Basis  `json:"basis"`
	Usage    summary.Usage  `json:"usage"`
	Errors   int            `json:"errors"`   // trials without a reply
	Unscored int            `json:"unscored"` // scores that could not be decided
}

// A Grader is the comparison by one grader. Means, delta and interval are over
// the score values of the paired units; what is undefined is nil.
type Grader struct {
	Grader    string      `json:"grader"`
	Cases     int         `json:"cases"`
	Units     int         `json:"units"`
	BaseMean  *float64    `json:"base_mean"`
	HeadMean  *float64    `json:"head_mean"`
	Delta     *float64    `json:"delta"`
	CI        *[2]float64 `json:"ci"` // 95%, two-sided, of the delta
	CIMethod  string      `json:"ci_method"`
	P         *float64    `json:"p"`
	PAdjusted *float64    `json:"p_adjusted"` // Holm, over the gating graders
	PStdErr   *float64    `json:"p_stderr"`   // Monte-Carlo error of p; null where p is exact
	Method    string      `json:"method"`
	Better    int         `json:"better"` // units whose value rose
	Worse     int         `json:"worse"`  // units whose value fell
	Same      int         `json:"same"`
	LeftOut   int         `json:"left_out"`  // cases scored on one side at most, though the grader applies
	BasePass  int         `json:"base_pass"` // units that pass
	HeadPass  int         `json:"head_pass"`
	NewlyFail int         `json:"newly_fail"` // cases that passed at the base alone
	NewlyPass int         `json:"newly_pass"` // cases that pass at the head alone
	Gating    bool        `json:"gating"`
	Margin    float64     `json:"margin"` // a drop up to this is no worse
	Verdict   *Verdict    `json:"verdict"`
	Warnings  []string    `json:"warnings"`
}

// A Flip is a case that passes one grader on one side only. Base and Head are
// the case's score values; ToFail says that it passed at the base.
type Flip struct {
	Case   string  `json:"case"`
	Grader string  `json:"grader"`
	Base   float64 `json:"base"`
	Head   float64 `json:"head"`
	ToFail bool    `json:"newly_fails"`
}

// Changes lists the cases that are not paired.
type Changes struct {
	Added   []string `json:"added"`   // in the head alone
	Removed []string `json:"removed"` // in the base alone
	Changed []string `json:"changed"` // same id, other input or vars
}

// Confusion counts trials by expected type (rows) and by the type that was
// read (columns; the last one is for replies without a readable type).
type Confusion struct {
	Expected []string `json:"expected"`
	Returned []string `json:"returned"`
	Base     [][]int  `json:"base"`
	Head     [][]int  `json:"head"`
}

// A Slice is the difference of one grader within the cases of one tag.
type Slice struct {
	Tag    string      `json:"tag"`
	Grader string      `json:"grader"`
	Units  int         `json:"units"`
	Delta  *float64    `json:"delta"`
	CI     *[2]float64 `json:"ci"`
	Better int         `json:"better"`
	Worse  int         `json:"worse"`
}

// A CasePair is one case with what both sides made of it.
type CasePair struct {
	Case  runfile.Case
	Base  CaseSide
	Head  CaseSide
	Marks []Mark // per grader, in the suite's order
}

// A CaseSide is how one side did on one case.
type CaseSide struct {
	Type  string // of the first trial; empty where unread
	Items int    // of the first trial
	Error string // why it has no reply, where it has none
}

// A Mark is one grader's finding on both sides of one case. A nil value is not
// scored.
type Mark struct {
	Grader             string
	Excluded           bool // does not apply
	Base, Head         *float64
	BasePass, HeadPass bool
}

// BaseMark is one character for the base: ✓ passes, ✗ fails, ? not scored,
// · does not apply.
func (m Mark) BaseMark() string { return mark(m.Excluded, m.Base, m.BasePass) }

// HeadMark is [Mark.BaseMark] for the head.
func (m Mark) HeadMark() string { return mark(m.Excluded, m.Head, m.HeadPass) }

func mark(excluded bool, value *float64, pass bool) string {
	switch {
	case excluded:
		return "·"
	case value == nil:
		return "?"
	case pass:
		return "✓"
	}
	return "✗"
}

// Flipped reports whether the case passes on one side only.
func (m Mark) Flipped() bool {
	return m.Base != nil && m.Head != nil && m.BasePass != m.HeadPass
}

// Changed reports whether the values of the two sides differ.
func (m Mark) Changed() bool {
	switch {
	case m.Base == nil || m.Head == nil:
		return (m.Base == nil) != (m.Head == nil)
	default:
		return *m.Base != *m.Head
	}
}
