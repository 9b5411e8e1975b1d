// Package plan says, before any call is paid for, what a job would cost and what
// it could show: how many replies are new, how many tokens they take, and the
// smallest drop that so many units can bring to light. It is pure.
package plan

import (
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// What the power statements assume; they stand in every output.
const (
	Alpha        = 0.05
	Power        = 0.8
	ChanceOfRise = 0.02 // the share of units that get better by chance alone, at one trial a case
	FivePoints   = 0.05
)

// A Plan is a job before it is run.
type Plan struct {
	Schema    int           `json:"schema"`
	Suite     string        `json:"suite"`
	Cases     int           `json:"cases"`
	Draw      *runfile.Draw `json:"draw,omitempty"`         // how these were drawn; nil where they were not
	Sealed    int           `json:"sealed_cases,omitempty"` // not among the cases, unless the seal is to be opened
	Units     int           `json:"units"`                  // cases, or groups of paraphrases
	Trials    int           `json:"trials"`                 // per case
	Batch     bool          `json:"batch"`                  // the cost is that of calls in batches
	Revisions []Revision    `json:"revisions"`
	// Drop is the smallest drop of a mean that a comparison of so many units
	// shows with 80% power, nil where none is; it takes the strictest of the
	// Holm steps over the gating graders.
	Drop *float64 `json:"detectable_drop"`
	// MoreUnits is how many further units a drop of five points needs; nil where
	// no number up to a million is enough.
	MoreUnits *int `json:"more_units_for_5_points"`
	Graders   int  `json:"gating_graders"`
	// Early is what stopping early will probably save; nil where it was not asked for.
	Early *Early `json:"until_decided,omitempty"`
}

// A Revision is what one revision of the job needs.
type Revision struct {
	Prompt   string `json:"prompt"`
	Model    string `json:"model"`
	Name     string `json:"model_name,omitempty"` // in the config, if it is not the id
	Endpoint string `json:"endpoint"`
	Replies  int    `json:"replies"`
	Replayed int    `json:"replayed"`
	New      int    `json:"new_calls"`
	// Tokens and cost of the new calls, from the least to the most that earlier
	// runs of this suite on this model took a reply; nil where no run says.
	Tokens *Range `json:"tokens"`
	Cost   *Range `json:"cost"` // nil where the price is unknown as well
	// Rounds is how many calls more the results of tools take, at most. Tokens and Cost leave it out.
	Rounds int `json:"tool_round_calls,omitempty"`
	// Judging is how often the judge is asked, at most and as long as each answer
	// holds a verdict; which of its answers are recorded depends on the replies.
	// Tokens and Cost leave it out.
	Judging int `json:"judge_calls"`
	// Embeddings is how many texts need a vector, at most: equal ones need one. Tokens and Cost leave it out, too.
	Embeddings int `json:"embedding_calls,omitempty"`
}

// A Range runs from the least to the most.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// A Sample is what a reply took on average in one earlier run.
type Sample struct{ Input, Output float64 }

// Estimate prices new calls by earlier runs; the price may be nil.
func (r *Revision) Estimate(seen []Sample, price *params.Price) {
	if len(seen) == 0 && r.New > 0 {
		return
	}
	n := float64(r.New)
	tokens, cost := &Range{}, &Range{}
	for i, s := range seen {
		tokens.include(i, n*(s.Input+s.Output))
		if price != nil {
			cost.include(i, n*(s.Input*price.Input+s.Output*price.Output)/1e6)
		}
	}
	r.Tokens = tokens
	if price != nil || r.New == 0 {
		r.Cost = cost
	}
}

func (r *Range) include(i int, v float64) {
	if i == 0 || v < r.Low {
		r.Low = v
	}
	if i == 0 || v > r.High {
		r.High = v
	}
}

// largest is the largest suite that MoreUnits looks at.
const largest = 1_000_000

// chance is the share of units that get better by chance. Trials are averaged
// within a case, which divides the variance that chance adds by their number, as
// if so many fewer units flipped.
func (p *Plan) chance() float64 { return ChanceOfRise / float64(max(1, p.Trials)) }

// Sensitivity fills what the suite can show, with so many gating graders.
func (p *Plan) Sensitivity(graders int) {
	p.Graders = graders
	chance := p.chance()
	alpha := Alpha / float64(max(1, graders))
	p.Drop = summary.Number(stats.DetectableDrop(p.Units, chance, Power, alpha))
	enough := func(n int) bool {
		// Power is of exact McNemar at these flip rates, see package stats.
		return stats.Power(n, chance+FivePoints, chance, alpha) >= Power
	}
	n := max(1, p.Units)
	for !enough(n) {
		if n >= largest {
			return
		}
		n = min(2*n, largest)
	}
	lo, hi := 0, n
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; enough(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	more := max(0, hi-p.Units)
	p.MoreUnits = &more
}
