// Package prompt loads prompt files: from a file or a git revision to messages,
// a template and a hash.
//
// [Load] finds and reads the file of a name such as prompts/v3 or prompts/v3@main;
// [Parse] checks the text and returns a [Prompt] with all its problems.
// [Prompt.CheckVars] compares its placeholders with the variables of a suite,
// before anything is sent, and [Prompt.Render] replaces them.
package prompt

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/input/strictyaml"
)

// A Prompt is one revision of a prompt: everything that is sent, except the input.
type Prompt struct {
	Name           string // the file's name without extensions, plus @revision if it came from git
	Path           string // the file, without the git revision
	Revision       string // the git revision as the user named it; empty for a file
	Commit         string // the full hash of the commit of Revision; empty for a file
	Description    string
	Model          string          // the model id that the file suggests; empty if none
	Params         params.Params   // the parameters as in the file
	Messages       []Message       // with placeholders
	ResponseFormat string          // text, json_object, json_schema, or empty
	JSONSchema     json.RawMessage // canonical JSON of jsonSchema as in the file; nil if none
	Tools          []Tool          // that the model may call
	ToolChoice     string          // auto, none, required, the name of a tool, or empty
	ReplyFormat    reply.Format    // as the file declares it, else json if ResponseFormat demands JSON, else empty
	Parts          []string        // the files that messages name, there or not, without the git revision

	templates []template // one for each message
	spots     []spot
	last      strictyaml.Node // the role of the last message
}

// A Message is one turn of the conversation.
type Message struct {
	Role    string `json:"role"` // system, developer, user or assistant
	Content string `json:"content"`
}

// Hash identifies what the prompt sends: the hex SHA-256 over the canonical JSON
// (keys sorted, no spaces, no HTML escapes) of
//
//	{"jsonSchema":…,"messages":[{"content":…,"role":…}],"modelParameters":{…},"responseFormat":…}
//
// as in the file, and with tools and toolChoice where there are tools. It does not depend on the name, path,
// description, suggested model and reply format, nor on the file's spelling, comments and key order.
func (p *Prompt) Hash() string {
	fields := map[string]any{
		"jsonSchema":      p.JSONSchema,
		"messages":        p.Messages,
		"modelParameters": p.Params,
		"responseFormat":  p.ResponseFormat,
	}
	if len(p.Tools) > 0 {
		fields["tools"], fields["toolChoice"] = p.Tools, p.ToolChoice
	}
	raw, err := strictyaml.Canonical(fields)
	if err != nil {
		// A parsed prompt always encodes. Only one made by hand may not.
		raw = []byte(err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Revised returns the prompt as one whose messages were set after it was read: its templates are read anew, and it is
// at no place of a file.
func (p *Prompt) Revised() *Prompt {
	out := *p
	out.templates, out.spots = nil, nil
	out.templates = out.parsed()
	return &out
}
