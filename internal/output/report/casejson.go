package report

import (
	"fmt"
	"io"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/causes"
)

// A CaseResult is one case of a run in full, as JSON. Case, calls and trials are those of the run file.
type CaseResult struct {
	Schema      int               `json:"schema"`
	Run         string            `json:"run"`
	Prompt      string            `json:"prompt"`
	Model       string            `json:"model"`
	Case        runfile.Case      `json:"case"`
	Messages    []runfile.Message `json:"messages,omitempty"` // as they were sent
	Calls       []runfile.Call    `json:"calls"`              // for replies, and those of a judge
	Trials      []runfile.Trial   `json:"trials"`
	Expressions map[string]string `json:"expressions,omitempty"` // of checks, by score
}

// CaseJSON prints one case as one JSON object on one line.
func CaseJSON(w io.Writer, s CaseDetail) error {
	c, ok := s.Run.Case(s.Case)
	if !ok {
		return fmt.Errorf("run %s has no case %q", s.Run.Header.Run, s.Case)
	}
	h := s.Run.Header
	return WriteJSON(w, CaseResult{
		Schema: 1, Run: h.Run, Prompt: h.Prompt.Name, Model: h.Model.ID, Case: c, Messages: s.Messages,
		Calls:       append([]runfile.Call{}, s.Run.CallsOf(c.Case)...),
		Trials:      append([]runfile.Trial{}, s.Run.TrialsOf(c.Case)...),
		Expressions: s.checkExpressions(),
	})
}

// A CauseResult is one way in which cases of a run fail.
type CauseResult struct {
	causes.Cause

	Cases []string `json:"cases"` // their ids
}

// A CausesResult says why the cases of a run fail, the most frequent cause first.
type CausesResult struct {
	Schema int           `json:"schema"`
	Run    string        `json:"run"`
	Prompt string        `json:"prompt"`
	Model  string        `json:"model"`
	Failed int           `json:"failed"` // cases
	Causes []CauseResult `json:"causes"`
}

// CausesJSON prints the causes of a run with so many failed cases as one JSON object.
func CausesJSON(w io.Writer, h runfile.Header, failed int, found []causes.Cause) error {
	out := CausesResult{
		Schema: 1, Run: h.Run, Prompt: h.Prompt.Name, Model: h.Model.ID, Failed: failed, Causes: []CauseResult{},
	}
	for _, c := range found {
		result := CauseResult{Cause: c, Cases: make([]string, len(c.Cases))}
		for i, k := range c.Cases {
			result.Cases[i] = k.Case
		}
		out.Causes = append(out.Causes, result)
	}
	return WriteJSON(w, out)
}
