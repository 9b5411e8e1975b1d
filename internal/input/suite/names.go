package suite

import (
	"maps"
	"slices"

	"golang.org/x/text/unicode/norm"

	"promptbench/graders"
)

// Judged reports whether any criterion puts a question to the judge.
func (s *Suite) Judged() bool { return len(graders.Questions(s.specs)) > 0 }

// HasCommands reports whether a grader is a command, so that grading runs code.
func (s *Suite) HasCommands() bool {
	return slices.ContainsFunc(s.Graders, func(e GraderEntry) bool { return e.Command != nil })
}

// ScoreNames returns the names of all scores that the graders can give: theirs,
// and rubric/<id> for each criterion, in the suite's order.
func (s *Suite) ScoreNames() []string {
	var out []string
	for _, spec := range s.specs {
		out = append(out, spec.ScoreNames()...)
	}
	return out
}

// VarNames returns the names, sorted, that every case can fill in: the suite's
// vars and those that all cases set themselves.
func (s *Suite) VarNames() []string {
	names := map[string]bool{}
	for name := range s.Vars {
		names[norm.NFC.String(name)] = true
	}
	for name, n := range s.stats.vars {
		if n == s.stats.cases {
			names[norm.NFC.String(name)] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// IsWord reports whether a text can be an id or a tag.
func IsWord(s string) bool { return badWord(s) == "" }

// Tags returns how many cases carry each tag.
func (s *Suite) Tags() map[string]int { return maps.Clone(s.stats.tags) }

// Conversations is how many cases have more messages than their input.
func (s *Suite) Conversations() int { return s.stats.conversations }
