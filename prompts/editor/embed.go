// Package editor holds the prompt that an editor is asked with where a project has none of its own, so that the binary
// carries the very file that stands here.
package editor

import _ "embed"

//go:embed v1.prompt.yml
var own []byte

// Path is the prompt as a file of this repository.
const Path = "prompts/editor/v1.prompt.yml"

// Own is the prompt that asks for a revision.
func Own() []byte { return own }
