// Package prompt loads prompt files: from a file or a git revision to messages,
// a template and a hash.
//
// [Load] finds and reads what a name such as prompts/v3 or prompts/v3@main
// stands for; [Parse] checks the text and returns a [Prompt], with everything
// wrong in it at once. [Prompt.CheckVars] then holds its placeholders against
// the names that a suite gives, before anything is sent, and [Prompt.Render]
// fills them in, one pass from left to right.
package prompt

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/input/strictyaml"
)

// A Prompt is one revision of a prompt: what is sent, but for the input.
type Prompt struct {
	Name           string // the file's name without extensions, plus @revision if it came from git
	Path           string // the file, without the git revision
	Revision       string // the git revision as the user named it; empty for a file
	Commit         string // the full hash of the commit that Revision stands for; empty for a file
	Description    string
	Model          string          // the model id that the file suggests; empty if none
	Params         params.Params   // the parameters as in the file
	Messages       []Message       // with placeholders
	ResponseFormat string          // text, json_object, json_schema, or empty
	JSONSchema     json.RawMessage // canonical JSON of jsonSchema as in the file; nil if none
	ReplyFormat    reply.Format    // what the file declares, else json where ResponseFormat asks for JSON, else empty

	templates []template // one a message
	spots     []spot
}

// A Message is one turn of what is sent.
type Message struct {
	Role    string `json:"role"` // system, developer, user or assistant
	Content string `json:"content"`
}

// Hash identifies what the prompt sends: the hex SHA-256 over the canonical JSON
// (keys sorted, no spaces, no HTML escapes) of
//
//	{"jsonSchema":…,"messages":[{"content":…,"role":…}],"modelParameters":{…},"responseFormat":…}
//
// as in the file. Its name, path, description, suggested model and reply format
// leave it unchanged, and so do spelling, comments and key order of the file.
func (p *Prompt) Hash() string {
	raw, err := strictyaml.Canonical(map[string]any{
		"jsonSchema":      p.JSONSchema,
		"messages":        p.Messages,
		"modelParameters": p.Params,
		"responseFormat":  p.ResponseFormat,
	})
	if err != nil {
		// Parse lets only what JSON can hold into a prompt; of a prompt made by
		// hand that holds more, the error is all there is to tell it by.
		raw = []byte(err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
