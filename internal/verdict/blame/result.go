package blame

import (
	"cmp"
	"math"
	"slices"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/plan"
	"promptbench/internal/verdict/summary"
)

// A Verdict says what a hunk does.
type Verdict string

// The verdicts on a hunk.
const (
	Worse  Verdict = "worse"
	Better Verdict = "better"
	Open   Verdict = "open"
)

// Alpha is what a p is below if it counts.
const Alpha = 0.05

const (
	level        = 0.95
	leastOfSlice = 10 // units of a type whose effects are shown
)

// Options say how a result is read.
type Options struct {
	Grader string   // that the table is about; empty: the first of Gating
	Gating []string // graders that matter to the verdict of a comparison; empty: all but the criteria of a rubric
	Margin float64  // what a part may be worth and still count as doing nothing
}

// A Result is what each hunk of a change does.
type Result struct {
	Schema int    `json:"schema"`
	Base   string `json:"base"`
	Head   string `json:"head"`
	Parts  bool   `json:"parts"` // the base is the head without its parts
	Suite  string `json:"suite"`
	Model  string `json:"model"`
	Run    string `json:"run,omitempty"` // empty where nothing is asked yet

	Status runfile.Status `json:"status"`
	Errors int            `json:"errors"` // trials that ended in an error

	Grader   string   `json:"grader"`
	Cases    int      `json:"cases"` // that were asked
	Selected int      `json:"selected"`
	Units    int      `json:"units"`
	Calls    int      `json:"calls"` // that were made, or would be
	Replayed int      `json:"replayed"`
	Delta    *float64 `json:"delta"` // of the mean from base to head
	LeftOut  int      `json:"left_out"`
	Hunks    []Effect `json:"hunks"`

	Graders    []GraderEffects `json:"graders,omitempty"`
	Confirming int             `json:"confirming,omitempty"`   // calls at most that a confirmation would take
	Confirmed  *Confirmation   `json:"confirmation,omitempty"` // nil: none was made
	Plan       *plan.Revision  `json:"plan,omitempty"`         // of what is not asked yet; nil otherwise

	Change *Change `json:"-"`
}

// An Effect is what a hunk does to the mean of a grader. What is undefined is nil.
type Effect struct {
	Hunk         int         `json:"hunk"` // from 1
	Text         string      `json:"text"`
	Where        string      `json:"where"`
	Removes      string      `json:"removes,omitempty"`
	Adds         string      `json:"adds,omitempty"`
	Effect       *float64    `json:"effect"`
	CI           *[2]float64 `json:"ci"` // 95%, two-sided
	P            *float64    `json:"p"`
	PAdjusted    *float64    `json:"p_adjusted"` // Holm, over the hunks
	Verdict      Verdict     `json:"verdict,omitempty"`
	Tokens       *float64    `json:"tokens"`        // by which a call's input grows
	OutputTokens *float64    `json:"output_tokens"` // and its output
	Removable    bool        `json:"removable"`     // it adds text and does nothing measurable to a gating grader
	Slices       []Slice     `json:"slices,omitempty"`
}

// A Slice is the effect in the cases of one expected type. It is not a test.
type Slice struct {
	By     string      `json:"by"`
	Value  string      `json:"value"`
	Units  int         `json:"units"`
	Effect *float64    `json:"effect"`
	CI     *[2]float64 `json:"ci"`
}

// GraderEffects are the effects on one grader, in the order of the hunks.
type GraderEffects struct {
	Grader  string   `json:"grader"`
	Gating  bool     `json:"gating"`
	Delta   *float64 `json:"delta"`
	Hunks   []Number `json:"hunks"`
	leftOut int
	units   int
}

// A Number is an effect without its words.
type Number struct {
	Effect    *float64    `json:"effect"`
	CI        *[2]float64 `json:"ci"`
	P         *float64    `json:"p"`
	PAdjusted *float64    `json:"p_adjusted"`
	Verdict   Verdict     `json:"verdict"`
	Slices    []Slice     `json:"slices,omitempty"`
}

// A Confirmation is a paired run of the head with and without the named hunk.
type Confirmation struct {
	Hunk      int         `json:"hunk"`
	Run       string      `json:"run"`
	Calls     int         `json:"calls"`
	Without   *float64    `json:"without_mean"`
	With      *float64    `json:"with_mean"`
	Delta     *float64    `json:"delta"` // with - without
	CI        *[2]float64 `json:"ci"`
	P         *float64    `json:"p"`
	Better    int         `json:"better"` // units whose value rises with the hunk
	Worse     int         `json:"worse"`
	Confirmed bool        `json:"confirmed"` // p is below 0.05, in the direction of the effect
}

// Describe is the result before anything is asked.
func (c *Change) Describe() Result {
	out := Result{
		Schema: 1, Status: runfile.Complete, Base: c.Name(NewMask(len(c.Hunks), false)), Head: c.Head.Name, Parts: c.parts,
		Change: c,
	}
	for i, h := range c.Hunks {
		out.Hunks = append(out.Hunks, Effect{Hunk: i + 1, Text: h.Text(), Where: h.Where, Removes: h.Base, Adds: h.Head})
	}
	return out
}

// Of reads a run on the change: what each hunk does to each grader.
func (c *Change) Of(run *runfile.Run, o Options) Result {
	out := c.Describe()
	out.Run, out.Suite, out.Model, out.Cases = run.Header.Run, run.Header.Suite.Name, run.Header.Model.ID, len(run.Cases)
	out.Status = run.Status()
	if run.End != nil {
		out.Calls, out.Replayed, out.Errors = run.End.Calls, run.End.Replayed, run.End.Errors
	}
	names := summary.GraderNames(run)
	isGating := func(name string) bool {
		if len(o.Gating) > 0 {
			return slices.Contains(o.Gating, name)
		}
		return slices.ContainsFunc(run.Header.Graders, func(s graders.Spec) bool { return s.Name == name })
	}
	for at, name := range names {
		g := c.effectsOn(run, name, at)
		g.Gating = isGating(name)
		out.Graders = append(out.Graders, g)
	}
	main := slices.IndexFunc(out.Graders, func(g GraderEffects) bool {
		return g.Grader == o.Grader || o.Grader == "" && g.Gating
	})
	if main < 0 {
		return out
	}
	g := out.Graders[main]
	out.Grader, out.Delta, out.LeftOut, out.Units = g.Grader, g.Delta, g.leftOut, g.units
	input, output := c.tokens(run)
	for i := range out.Hunks {
		e, n := &out.Hunks[i], g.Hunks[i]
		e.Effect, e.CI, e.P, e.PAdjusted, e.Verdict, e.Slices = n.Effect, n.CI, n.P, n.PAdjusted, n.Verdict, n.Slices
		e.Tokens, e.OutputTokens = input[i], output[i]
		e.Removable = e.Removes == "" && e.Tokens != nil && *e.Tokens > 0
		for _, other := range out.Graders {
			n := other.Hunks[i]
			if other.Gating || other.Grader == g.Grader {
				e.Removable = e.Removable && n.CI != nil && n.Verdict == Open && n.CI[1] <= o.Margin
			}
		}
	}
	return out
}

// Named is the index of the hunk with the least p among those with a verdict, -1 if there is none.
func (r *Result) Named() int {
	named := -1
	for i, e := range r.Hunks {
		if e.Verdict != Worse && e.Verdict != Better {
			continue
		}
		if named < 0 || cmp.Or(cmp.Compare(*e.P, *r.Hunks[named].P),
			cmp.Compare(math.Abs(*r.Hunks[named].Effect), math.Abs(*e.Effect))) < 0 {
			named = i
		}
	}
	return named
}

// RunOf is the part of a run on the change that asked with one variant, as a run of that variant.
func (c *Change) RunOf(run *runfile.Run, m Mask) *runfile.Run {
	out := *run
	v := c.Variant(m)
	out.Header.Blame = nil
	out.Header.Prompt = runfile.Prompt{
		Name: v.Name, Hash: v.Hash(), Params: v.Params, ResponseFormat: v.ResponseFormat, JSONSchema: v.JSONSchema,
		ReplyFormat: v.ReplyFormat, Tools: v.Tools, ToolChoice: v.ToolChoice,
	}
	for _, one := range v.Messages {
		out.Header.Prompt.Messages = append(out.Header.Prompt.Messages, runfile.Message(one))
	}
	out.Trials, out.Calls = nil, nil
	first := map[string]int{} // the number of the first trial, by case
	for _, t := range run.Trials {
		if t.Variant == string(m) {
			if _, ok := first[t.Case]; !ok {
				first[t.Case] = t.Trial - 1
			}
			t.Trial -= first[t.Case]
			t.Variant = ""
			out.Trials = append(out.Trials, t)
		}
	}
	for _, call := range run.Calls {
		if call.Variant == string(m) {
			call.Trial -= first[call.Case]
			call.Variant = ""
			out.Calls = append(out.Calls, call)
		}
	}
	return &out
}
