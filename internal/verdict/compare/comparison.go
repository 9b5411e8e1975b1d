package compare

import (
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
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
	Mixed        Verdict = "mixed" // of a comparison alone: not regressed, but worse on a slice
)

// Words is the verdict as people read it.
func (v Verdict) Words() string {
	if v == NoWorse {
		return "no worse"
	}
	return string(v)
}

// A Comparison is the result of comparing a head with a base.
type Comparison struct {
	Schema    int                  `json:"schema"`
	Base      Side                 `json:"base"`
	Head      Side                 `json:"head"`
	Verdict   *Verdict             `json:"verdict"`           // null where nothing could be judged
	Noise     bool                 `json:"noise,omitempty"`   // the base and the head are one prompt
	Decided   *runfile.Decided     `json:"decided,omitempty"` // of a head that stopped early against this base
	Headline  string               `json:"headline"`
	Suite     string               `json:"suite"`
	Pairs     int                  `json:"pairs"`      // cases paired
	Graders   []Grader             `json:"graders"`    // in the suite's order
	Metrics   []Metric             `json:"metrics"`    // tokens, latency and cost
	Gates     []summary.GateResult `json:"gates"`      // absolute ones of the head; regressions with too few cases; others
	Confusion Confusion            `json:"confusion"`  // of the types, both sides
	Slices    []TypeSlice          `json:"slices"`     // by grader and expected type
	Tags      []Slice              `json:"tags"`       // by tag; nothing rests on them
	Flips     []Flip               `json:"flips"`      // to fail first, then to pass, by case
	Changes   Changes              `json:"cases"`      // what is not paired, and why
	Notes     []string             `json:"notes"`      // what was allowed, left out or graded again
	NewlyFail int                  `json:"newly_fail"` // cases that newly fail some grader
	NewlyPass int                  `json:"newly_pass"` // cases that newly pass some grader

	OtherParams []string `json:"-"` // in which the models of the sides differ: name and values, as the notes have them

	Exploratory bool `json:"exploratory,omitempty"` // the cases were chosen after a run of all of them

	summary.Tries

	Anchor *Comparison `json:"anchor,omitempty"` // of the head with the anchor, a run that stays when the baseline moves
	Sealed *Comparison `json:"sealed,omitempty"` // on the sealed cases alone, if the seal was opened for both sides

	Pairwise *Pairwise `json:"pairwise,omitempty"` // a judge's preferences, where they were asked for

	pairs    *pairing
	options  Options
	measured []Grader   // before their verdicts
	became   []Change   // per pair
	moved    []movement // per pair

	stopped    bool // a run stopped early, so that nothing is tested
	suiteCases int  // that the head would have without that
}

// A Side is one of the two runs.
type Side struct {
	Name     string           `json:"-"` // of its column, by what differs; see [Names]
	Prompt   string           `json:"prompt"`
	Run      string           `json:"run"`
	Hash     string           `json:"prompt_hash"`
	Model    string           `json:"model"`
	Endpoint string           `json:"endpoint"`
	Status   runfile.Status   `json:"status"`
	Opened   *runfile.Opening `json:"opened,omitempty"` // of the seal, for this run
	Cases    int              `json:"cases"`            // that the run is over, paired or not
	Draw     *runfile.Draw    `json:"draw,omitempty"`   // how these were drawn; nil where they were not
	Trials   int              `json:"trials"`           // per case
	Basis    summary.Basis    `json:"basis"`
	Usage    summary.Usage    `json:"usage"`
	Judging  *summary.Judging `json:"judge,omitempty"` // what its judge was asked, apart from the replies
	Errors   int              `json:"errors"`          // trials without a reply, or with a broken score
	Unscored int              `json:"unscored"`        // scores that could not be decided

	Unread *summary.Unreadable `json:"unread,omitempty"` // nil where every reply could be read
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
	CIMethod  Method      `json:"ci_method"`
	P         *float64    `json:"p"`
	PAdjusted *float64    `json:"p_adjusted"` // Tarone-Holm, over the gating graders
	PStdErr   *float64    `json:"p_stderr"`   // Monte-Carlo error of p; null where p is exact
	Method    Method      `json:"method"`
	Better    int         `json:"better"` // units whose value rose
	Worse     int         `json:"worse"`  // units whose value fell
	Same      int         `json:"same"`
	LeftOut   int         `json:"left_out"`  // cases that lack the score of a trial, though the grader applies
	BasePass  int         `json:"base_pass"` // units that pass
	HeadPass  int         `json:"head_pass"`
	NewlyFail int         `json:"newly_fail"` // cases that passed at the base alone
	NewlyPass int         `json:"newly_pass"` // cases that pass at the head alone
	Gating    bool        `json:"gating"`
	Margin    float64     `json:"margin"` // a drop up to this is no worse
	Verdict   *Verdict    `json:"verdict"`
	Warnings  []string    `json:"warnings"`

	Detectable    *float64                  `json:"detectable_drop"`          // at 80% power; nil unless inconclusive
	Judged        *summary.JudgeReliability `json:"judged,omitempty"`         // nil if no judge gives the score
	BaseCorrected *summary.Corrected        `json:"base_corrected,omitempty"` // rates without the judge's errors
	HeadCorrected *summary.Corrected        `json:"head_corrected,omitempty"`

	CorrectedDelta *summary.CorrectedDelta `json:"corrected_delta,omitempty"` // nil unless both runs' replies are labelled

	ToSettle *int `json:"units_to_settle"` // units that settle it with 80% power; nil unless inconclusive

	diffs     []float64 // of the units
	adjusted  *float64  // p as the verdict takes it, also where it informs only
	withdrawn bool      // inconclusive only because of the cases left out
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
