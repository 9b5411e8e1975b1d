// Package judge holds the prompts that a judge is asked with where a project
// has none of its own, so that the binary carries the very files that stand here.
package judge

import (
	_ "embed"
	"slices"
)

//go:embed v1.prompt.yml
var criteria []byte

//go:embed pairwise-v1.prompt.yml
var pairwise []byte

//go:embed factuality.prompt.yml
var factuality []byte

//go:embed groundedness.prompt.yml
var groundedness []byte

// A Template is a prompt for one kind of question that a project may take over, with a criterion for its rubric.
type Template struct {
	Name      string
	Path      string // in the project
	Data      []byte
	Criterion string // YAML
	Needs     string // what a case must have
}

// Templates are the prompts that a project can take over.
func Templates() []Template {
	return []Template{
		{
			"factuality", "prompts/judge/factuality.prompt.yml", slices.Clone(factuality),
			`{id: factual, question: "Does the reply agree in its facts with the reference?"}`,
			"expect: {reference: […]}",
		},
		{
			"groundedness", "prompts/judge/groundedness.prompt.yml", slices.Clone(groundedness),
			`{id: grounded, question: "Is every claim of the reply grounded in the context?"}`,
			"vars: {context: …}",
		},
	}
}

// The prompts, as files of this repository.
const (
	CriteriaPath = "prompts/judge/v1.prompt.yml"
	PairwisePath = "prompts/judge/pairwise-v1.prompt.yml"
)

// Criteria is the prompt that puts the questions of a rubric.
func Criteria() []byte { return criteria }

// Pairwise is the prompt that asks which of two replies is better.
func Pairwise() []byte { return pairwise }
