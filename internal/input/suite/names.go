package suite

import (
	"encoding/json"
	"maps"
	"slices"
)

// rubricName is the one grader that asks questions.
const rubricName = "rubric"

// Judged reports whether any criterion puts a question to the judge.
func (s *Suite) Judged() bool {
	for _, c := range s.criteria() {
		if c.Question != "" {
			return true
		}
	}
	return false
}

// HasCommands reports whether a grader is a command, so that grading runs code.
func (s *Suite) HasCommands() bool {
	return slices.ContainsFunc(s.Graders, func(e GraderEntry) bool { return e.Command != nil })
}

// ScoreNames returns the names of all scores that the graders can give: theirs,
// and rubric/<id> for each criterion, in the suite's order.
func (s *Suite) ScoreNames() []string {
	var out []string
	for _, g := range s.Graders {
		out = append(out, g.Score)
		if g.Name == rubricName {
			for _, c := range s.criteria() {
				out = append(out, rubricName+"/"+c.ID)
			}
		}
	}
	return out
}

// VarNames returns the names, sorted, that every case can fill in: the suite's
// vars and those that all cases set themselves.
func (s *Suite) VarNames() []string {
	names := map[string]bool{}
	for name := range s.Vars {
		names[name] = true
	}
	for name, n := range s.stats.vars {
		if n == s.stats.cases {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Tags returns how many cases carry each tag.
func (s *Suite) Tags() map[string]int { return maps.Clone(s.stats.tags) }

type criterion struct {
	ID        string   `json:"id"`
	Question  string   `json:"question"`
	AppliesTo []string `json:"applies_to"`
}

func (s *Suite) criteria() []criterion {
	var out []criterion
	for _, g := range s.Graders {
		if g.Name != rubricName {
			continue
		}
		var p struct {
			Criteria []criterion `json:"criteria"`
		}
		// Load has checked the parameters; of wrong ones there is nothing to say.
		if err := json.Unmarshal(g.Params, &p); err == nil {
			out = append(out, p.Criteria...)
		}
	}
	return out
}
