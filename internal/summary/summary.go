// Package summary reduces one run to what people ask of it: what it rests on,
// how each grader scored, which types were confused and which cases failed.
// It is pure, and the ground that package compare stands on.
package summary

import (
	"promptbench/internal/runfile"
	"promptbench/internal/stats"
)

// Schema is the version of the summary's JSON.
const Schema = 1

// A Summary is one run in numbers.
type Summary struct {
	Schema    int            `json:"schema"`
	Run       string         `json:"run"`
	Prompt    string         `json:"prompt"`
	Hash      string         `json:"prompt_hash"`
	Suite     string         `json:"suite"`
	Model     string         `json:"model"`
	Endpoint  string         `json:"endpoint"`
	Status    runfile.Status `json:"status"`
	Reason    string         `json:"reason,omitempty"` // why it is not complete
	Basis     Basis          `json:"basis"`
	Cases     int            `json:"cases"`
	Trials    int            `json:"trials"` // per case
	Errors    int            `json:"errors"` // trials without a reply
	Usage     Usage          `json:"usage"`
	Graders   []Grader       `json:"graders"`
	Types     []string       `json:"types"`
	Confusion [][]int        `json:"confusion"` // rows: expected type; columns: returned type, then unread
	Failed    []Case         `json:"failed"`    // cases that fail a grader or have no reply, by id
	Flaky     []Flaky        `json:"flaky"`     // cases that pass a grader in some trials only, by id
	Gates     []Gate         `json:"gates"`     // as [Summary.Hold] returns them
}

// A Grader is how one grader scored a run. The mean and its interval are over
// units: cases, or groups of paraphrases.
type Grader struct {
	Grader        string      `json:"grader"`
	Cases         int         `json:"cases"` // scored
	Units         int         `json:"units"`
	Mean          *float64    `json:"mean"`
	CI            *[2]float64 `json:"ci"`        // 95%, of the mean
	CIMethod      string      `json:"ci_method"` // "wilson" where every value is 0 or 1, else "t"
	Pass          int         `json:"pass"`      // cases
	Fail          int         `json:"fail"`      // cases
	Unscored      int         `json:"unscored"`  // trials that could not be decided, those without a reply included
	NotApplicable int         `json:"not_applicable"`
	PassAll       *float64    `json:"pass_hat_k"` // pass^k: the chance that a case passes in all its trials; nil for one trial
	Flaky         int         `json:"flaky"`      // cases that pass in some trials only
}

// Flaky is a case that passes one grader in some of its trials only.
type Flaky struct {
	Case   string `json:"case"`
	Grader string `json:"grader"`
	Passed int    `json:"passed"`
	Scored int    `json:"scored"`
}

// A Case is one case that did not do well.
type Case struct {
	Case   runfile.Case `json:"-"`
	ID     string       `json:"case"`
	Type   string       `json:"type"` // of the first trial, empty where unread
	Items  int          `json:"items"`
	Failed []string     `json:"graders"` // that it fails
	Error  string       `json:"error,omitempty"`
}

// Of sums up a run. The price is that of its model, nil where it is unknown.
func Of(run *runfile.Run, price *Price) Summary {
	h := run.Header
	s := Summary{
		Schema: Schema, Run: h.Run, Prompt: h.Prompt.Name, Hash: h.Prompt.Hash, Suite: h.Suite.Name,
		Model: h.Model.ID, Endpoint: h.Model.Endpoint, Status: run.Status(), Basis: BasisOf(run), Cases: len(run.Cases),
		Trials: h.Trials, Usage: UsageOf(run, price), Types: h.Reply.Types, Failed: []Case{}, Flaky: []Flaky{},
		Confusion: Confusion(run, run.Cases, h.Reply.Types),
	}
	switch {
	case run.End == nil:
		s.Reason = "the run has no end line: it was killed, or is still being written"
	default:
		s.Reason = run.End.Reason
	}
	for _, t := range run.Trials {
		if t.Error != nil {
			s.Errors++
		}
	}
	names := GraderNames(run)
	totals := make([]total, len(names))
	for _, c := range run.Cases {
		cells, trials := Cells(run, c.Case, names)
		for i := range cells {
			totals[i].add(&cells[i], c.Group)
			if cells[i].Flaky() {
				s.Flaky = append(s.Flaky, Flaky{Case: c.Case, Grader: names[i], Passed: cells[i].Passed, Scored: cells[i].Scored})
			}
		}
		if failed, ok := failedCase(run, c, names, cells); ok && trials > 0 {
			s.Failed = append(s.Failed, failed)
		}
	}
	s.Graders = make([]Grader, len(names))
	for i, name := range names {
		s.Graders[i] = totals[i].grader(name, h.Trials)
	}
	return s
}

func failedCase(run *runfile.Run, c runfile.Case, names []string, cells []Cell) (Case, bool) {
	out := Case{Case: c, ID: c.Case, Failed: []string{}}
	if trials := run.TrialsOf(c.Case); len(trials) > 0 {
		if t := trials[0]; t.Error != nil {
			out.Error = t.Error.Message
		} else if t.Read != nil {
			out.Type, out.Items = t.Read.Type, len(t.Read.Items)
		}
	}
	for i := range cells {
		if cells[i].Scored > 0 && !cells[i].Pass() {
			out.Failed = append(out.Failed, names[i])
		}
	}
	return out, len(out.Failed) > 0 || out.Error != ""
}

// A total gathers one grader over all cases.
type total struct {
	g       Grader
	sums    []float64 // per unit
	n       []float64
	groups  map[string]int
	allPass float64 // sum over the cases of the chance that all trials pass
	mixed   bool    // a value other than 0 and 1
	grouped bool
}

func (t *total) add(c *Cell, group string) {
	if c.Excluded {
		t.g.NotApplicable++
		return
	}
	t.g.Unscored += c.Undecided
	if c.Scored == 0 {
		return
	}
	t.g.Cases++
	if c.Pass() {
		t.g.Pass++
	} else {
		t.g.Fail++
	}
	if c.Flaky() {
		t.g.Flaky++
	}
	t.allPass += stats.PassHat(c.Scored, c.Passed, c.Scored)
	t.mixed = t.mixed || !c.Binary
	at, known := t.groups[group]
	if !known {
		at = len(t.sums)
		t.sums, t.n = append(t.sums, 0), append(t.n, 0)
		if group != "" {
			if t.groups == nil {
				t.groups = map[string]int{}
			}
			t.groups[group] = at
		}
	}
	t.grouped = t.grouped || known
	t.sums[at] += c.Mean()
	t.n[at]++
}

func (t *total) grader(name string, trials int) Grader {
	g := t.g
	g.Grader, g.Units = name, len(t.sums)
	if g.Units == 0 {
		return g
	}
	if trials > 1 {
		g.PassAll = Number(t.allPass / float64(g.Cases))
	}
	values := make([]float64, len(t.sums))
	sum := 0.0
	for i := range values {
		values[i] = t.sums[i] / t.n[i]
		sum += values[i]
	}
	g.Mean = Number(sum / float64(len(values)))
	var lo, hi float64
	if !t.mixed && !t.grouped && trials <= 1 {
		g.CIMethod = "wilson"
		lo, hi = stats.Wilson(g.Pass, g.Units, 0.95)
	} else {
		g.CIMethod = "t"
		lo, hi = stats.MeanInterval(values, 0.95)
	}
	if Number(lo) != nil && Number(hi) != nil {
		g.CI = &[2]float64{lo, hi}
	}
	return g
}
