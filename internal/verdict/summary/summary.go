// Package summary sums up one run: its replies, how each grader scored, which types
// were confused and which cases failed. It is pure. Package compare builds on it.
package summary

import (
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
)

// Schema is the version of the summary's JSON.
const Schema = 1

// A Summary is one run in numbers.
type Summary struct {
	Schema    int             `json:"schema"`
	Run       string          `json:"run"`
	Prompt    string          `json:"prompt"`
	Hash      string          `json:"prompt_hash"`
	Suite     string          `json:"suite"`
	Model     string          `json:"model"`
	Endpoint  string          `json:"endpoint"`
	Redacted  string          `json:"redacted_from,omitempty"` // the run whose texts were taken out of this one
	Status    runfile.Status  `json:"status"`
	Reason    string          `json:"reason,omitempty"` // why it is not complete
	Basis     Basis           `json:"basis"`
	Cases     int             `json:"cases"`            // that the run is over, begun or not
	Trials    int             `json:"trials"`           // per case
	Draw      *runfile.Draw   `json:"draw,omitempty"`   // how the cases were drawn; nil where they were not
	Sealed    *runfile.Sealed `json:"sealed,omitempty"` // nil where no case is sealed
	Errors    int             `json:"errors"`           // trials without a reply, or with a broken score
	Broken    int             `json:"broken"`           // of these, those with a reply: a grader or its judge failed
	Done      int             `json:"cases_done"`       // that have all their trials
	Unread    *Unreadable     `json:"unread,omitempty"` // nil where every reply could be read
	Usage     Usage           `json:"usage"`
	Judging   *Judging        `json:"judge,omitempty"` // what the judge was asked, apart from the replies
	Embedding *Embedding      `json:"embeddings,omitempty"`
	Graders   []Grader        `json:"graders"`
	Types     []string        `json:"types"`
	Confusion [][]int         `json:"confusion"` // rows: expected type; columns: returned type, then unread
	Failed    []Case          `json:"failed"`    // cases that fail a grader or ended in an error, by id
	Flaky     []Flaky         `json:"flaky"`     // cases that pass a grader in some trials only, by id
	Tries
	Gates     []GateResult `json:"gates"`                  // as [Summary.CheckGates] returns them
	LabelsErr string       `json:"labels_error,omitempty"` // why labels of the replies could not be read

	Decided *runfile.Decided `json:"decided,omitempty"`     // of a run that stopped early
	Whole   int              `json:"suite_cases,omitempty"` // that such a run would have had
}

// A Grader is how one grader scored a run. The mean and its interval are over
// units: cases, or groups of paraphrases.
type Grader struct {
	Grader        string            `json:"grader"`
	Cases         int               `json:"cases"` // scored
	Units         int               `json:"units"`
	Mean          *float64          `json:"mean"`
	CI            *[2]float64       `json:"ci"`        // 95%, of the mean, within [0,1]
	CIMethod      string            `json:"ci_method"` // "wilson" or "wilson-effective"
	Pass          int               `json:"pass"`      // cases
	Fail          int               `json:"fail"`      // cases
	Unscored      int               `json:"unscored"`  // undecided trials; those without a reply are errors
	Applicable    int               `json:"-"`         // cases that the grader applies to, scored or not
	NotApplicable int               `json:"not_applicable"`
	PassAll       *float64          `json:"pass_hat_k"`              // chance that all trials of a case pass; nil for one
	Flaky         int               `json:"flaky"`                   // cases that pass in some trials only
	Judged        *JudgeReliability `json:"judged,omitempty"`        // nil if no judge gives the score
	Corrected     *Corrected        `json:"corrected,omitempty"`     // without the judge's errors; nil if unknown
	Drawn         int               `json:"random_labels,omitempty"` // of its replies; [labelled.Least] give Corrected
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
	Case runfile.Case `json:"-"`
	ID   string       `json:"case"`
	Said
	Failed []string `json:"graders"`         // that it fails
	Error  string   `json:"error,omitempty"` // of its first trial that ended in one
}

// Of sums up a run. The price is that of its model, nil where it is unknown.
func Of(run *runfile.Run, price *params.Price) Summary {
	h := run.Header
	s := Summary{
		Schema: Schema, Run: h.Run, Prompt: h.Prompt.Name, Hash: h.Prompt.Hash, Suite: h.Suite.Name,
		Model: h.Model.ID, Endpoint: h.Model.Endpoint, Status: run.Status(), Reason: reason(run),
		Draw: h.DrawOf(), Sealed: h.Sealed,
		Basis: BasisOf(run), Cases: run.Planned(), Trials: h.Trials, Usage: UsageOf(run, price),
		Types: append([]string{}, h.Reply.Types...), Failed: []Case{}, Flaky: []Flaky{}, Gates: []GateResult{},
		Confusion: Confusion(run, casesOf(run), h.Reply.Types), Unread: UnreadableOf(run),
	}
	if h.Redacted != nil {
		s.Redacted = h.Redacted.From
	}
	if run.Stopped() {
		s.Decided, s.Whole = run.End.Decided, h.Cases
	}
	for i := range run.Trials {
		if t := &run.Trials[i]; t.Failure() != "" {
			s.Errors++
			if t.Error == nil {
				s.Broken++
			}
		}
	}
	names := GraderNames(run)
	totals := make([]total, len(names))
	cells := make([]Cell, len(names))
	most := 0
	for c, trials := range casesOf(run) {
		most = max(most, len(trials))
		if len(trials) >= max(1, h.Trials) {
			s.Done++
		}
		for k, name := range names {
			cells[k] = CellOf(trials, name, k)
			totals[k].add(&cells[k], c.Group)
			if cells[k].Flaky() {
				s.Flaky = append(s.Flaky, Flaky{Case: c.Case, Grader: name, Passed: cells[k].Passed, Scored: cells[k].Scored})
			}
		}
		if failed, ok := failedCase(run, c, trials, names, cells); ok {
			s.Failed = append(s.Failed, failed)
		}
	}
	s.Graders = make([]Grader, len(names))
	for i, name := range names {
		s.Graders[i] = totals[i].grader(name, most)
	}
	return s
}

// reason says why a run is not complete, where that is known.
func reason(run *runfile.Run) string {
	switch {
	case run.End != nil:
		return run.End.Reason
	case run.Torn:
		return "the run has no end line, and its last line is cut off: it was killed, or is still being written"
	}
	return "the run has no end line: it was killed, or is still being written"
}

// failedCase is a case that fails a grader or has a trial that ended in an error.
func failedCase(run *runfile.Run, c *runfile.Case, trials []runfile.Trial, names []string, cells []Cell) (Case, bool) {
	out := Case{Case: *c, ID: c.Case, Said: SaidOf(run, trials), Failed: []string{}}
	for i := range trials {
		if out.Error = trials[i].Failure(); out.Error != "" {
			break
		}
	}
	for i := range cells {
		if cells[i].Scored > 0 && !cells[i].Pass() {
			out.Failed = append(out.Failed, names[i])
		}
	}
	return out, len(out.Failed) > 0 || out.Error != ""
}
