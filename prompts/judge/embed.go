// Package judge holds the prompts that a judge is asked with where a project
// has none of its own, so that the binary carries the very files that stand here.
package judge

import _ "embed"

//go:embed v1.prompt.yml
var criteria []byte

//go:embed pairwise-v1.prompt.yml
var pairwise []byte

// The prompts, as files of this repository.
const (
	CriteriaPath = "prompts/judge/v1.prompt.yml"
	PairwisePath = "prompts/judge/pairwise-v1.prompt.yml"
)

// Criteria is the prompt that puts the questions of a rubric.
func Criteria() []byte { return criteria }

// Pairwise is the prompt that asks which of two replies is better.
func Pairwise() []byte { return pairwise }
