// Package judge holds the prompts that a judge is asked with where a project
// has none of its own, so that the binary carries the very files that stand here.
package judge

import _ "embed"

//go:embed v1.prompt.yml
var criteria []byte

// The names of the prompts, as files of this repository.
const (
	CriteriaPath = "prompts/judge/v1.prompt.yml"
)

// Criteria is the prompt that puts the questions of a rubric.
func Criteria() []byte { return criteria }
