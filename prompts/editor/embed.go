// Package editor holds the prompts that an editor is asked with, so that the binary carries the very files that stand
// here.
package editor

import _ "embed"

//go:embed v1.prompt.yml
var own []byte

//go:embed suggest-v1.prompt.yml
var suggest []byte

// The prompts as files of this repository.
const (
	Path        = "prompts/editor/v1.prompt.yml"
	SuggestPath = "prompts/editor/suggest-v1.prompt.yml"
)

// Own is the prompt that asks for a revision where a project has none of its own.
func Own() []byte { return own }

// Suggest is the prompt that asks for inputs of cases.
func Suggest() []byte { return suggest }
