// Package history puts runs in the order of time: how each grader scored, run by
// run, and since when a case fails.
//
// It takes the scores of the run files. One history holds runs of one suite and one
// model, so that only the prompts differ. It is pure: the caller loads the runs.
package history

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/summary"
)

// Schema is the version of the history's JSON.
const Schema = 1

// A History is runs over one suite on one model, the oldest first.
type History struct {
	Schema   int      `json:"schema"`
	Suite    string   `json:"suite"`
	Model    string   `json:"model"`
	Endpoint string   `json:"endpoint"`
	Graders  []string `json:"graders"` // in the suite's order
	Runs     []Run    `json:"runs"`
	LeftOut  LeftOut  `json:"left_out"`
}

// LeftOut counts the runs that are there but not in the history.
type LeftOut struct {
	Other      int `json:"other"`      // of another suite, model or revision
	Incomplete int `json:"incomplete"` // not whole, or over a part of the suite
	Older      int `json:"older"`      // before the last ones that were asked for
	Unreadable int `json:"unreadable"`
}

// A Run is one run as a point in time.
type Run struct {
	ID        string           `json:"run"`
	Started   time.Time        `json:"started"`
	Prompt    string           `json:"prompt"`
	Hash      string           `json:"prompt_hash"`
	SuiteHash string           `json:"suite_hash"`
	Trials    int              `json:"trials"` // per case
	Cases     int              `json:"cases"`
	Errors    int              `json:"errors"`
	Calls     int              `json:"calls"`           // made for this run; the other replies were replayed
	Judge     *Judge           `json:"judge,omitempty"` // who answered its rubric's questions
	Graders   []summary.Grader `json:"graders"`
}

// A Judge is a judge with its rubric. Scores of different ones do not compare.
type Judge struct {
	Model      string `json:"model"`
	Endpoint   string `json:"endpoint"`
	PromptHash string `json:"prompt_hash"`
	RubricHash string `json:"rubric_hash"`
}

// Of is a run as a point in time.
func Of(run *runfile.Run) Run {
	s := summary.Of(run, nil)
	h := run.Header
	r := Run{
		ID: h.Run, Started: h.Started, Prompt: h.Prompt.Name, Hash: h.Prompt.Hash, SuiteHash: h.Suite.Hash,
		Trials: max(1, h.Trials), Cases: s.Cases, Errors: s.Errors, Calls: s.Basis.Calls, Graders: s.Graders,
	}
	if j := h.Judge; j != nil {
		r.Judge = &Judge{
			Model: j.Model.Name, Endpoint: j.Model.Endpoint, PromptHash: j.PromptHash, RubricHash: j.RubricHash,
		}
	}
	return r
}

// Grader is how a grader scored the run; nil where it did not.
func (r *Run) Grader(name string) *summary.Grader {
	i := slices.IndexFunc(r.Graders, func(g summary.Grader) bool { return g.Grader == name })
	if i < 0 {
		return nil
	}
	return &r.Graders[i]
}

// Add adds a run to the history.
func (h *History) Add(r Run) {
	h.Runs = append(h.Runs, r)
	slices.SortStableFunc(h.Runs, func(a, b Run) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID))
	})
	for _, g := range r.Graders {
		if !slices.Contains(h.Graders, g.Grader) {
			h.Graders = append(h.Graders, g.Grader)
		}
	}
}

// Prompts are the names of the revisions, in the order in which they first ran.
func (h *History) Prompts() []string {
	var names []string
	for _, r := range h.Runs {
		if !slices.Contains(names, r.Prompt) {
			names = append(names, r.Prompt)
		}
	}
	return names
}

// Main are the graders without the criteria of a rubric, which stands for them;
// all of them where there is nothing else.
func Main(graders []string) []string {
	main := slices.DeleteFunc(slices.Clone(graders), func(name string) bool { return strings.Contains(name, "/") })
	if len(main) == 0 {
		return graders
	}
	return main
}
