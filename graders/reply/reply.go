// Package reply reads a model's raw reply: it finds the document in it, clean
// or dirty, and returns its type and its items.
//
// A [Reader] is made once from the [Rules] of a suite and reads replies of
// every format, so one suite can compare a revision that answers in XML
// with one that answers in JSON. Reading never fails: [Reply.Defects] lists
// what had to be repaired and what could not be read.
//
// A reply passes through these steps, one file each:
//
//   - source.go cuts it at [MaxBytes] and removes its thinking blocks
//     (thinking.go);
//   - json.go tries to decode an object at every {; if none is a document,
//     repair.go completes, straightens (straighten.go) or repairs
//     the likely ones, within a budget; jsonitems.go and schema.go read it;
//   - xml.go looks for the last element with the name in the rules: xmllex.go
//     finds the tags, xmltree.go pairs them and parses strictly, else
//     xmlbuild.go builds a tree from the tags that make sense;
//   - text.go reads a type line; list.go makes items of the lines, for XML as
//     well, by their marks (marks.go, othermarks.go);
//   - around.go names the text before and after the document.
//
// Every step that departs from one clean document adds a [Defect]; defect.go
// lists their codes and severities.
package reply

import "encoding/json"

// MaxBytes is the length of a raw reply that is read; more is a defect.
const MaxBytes = 1 << 20

// Version is the version of reading. It rises whenever the same rules read
// some reply differently; older runs are then graded again before they are
// compared with newer ones.
const Version = 2

// Format names the shape a revision answers in.
type Format string

// The formats a revision can declare.
const (
	JSON Format = "json"
	XML  Format = "xml"
	Text Format = "text"
)

// Rules define how replies are read. Types are the allowed types;
// Refusal is the fixed sentence that is never an item, in any format.
type Rules struct {
	Types   []string  `json:"types,omitempty"`
	JSON    JSONRules `json:"json,omitzero"`
	XML     XMLRules  `json:"xml,omitzero"`
	Refusal string    `json:"refusal,omitempty"`
	// Verbatim reads the reply as the model gave it: thinking and the space around it count as text, and an empty reply
	// is a text like any other. It has no effect with Types.
	Verbatim bool `json:"verbatim,omitempty"`

	// Transform is what makes the text that is read of a reply. It tells rules apart; a
	// [Reader] gets the text that it made.
	Transform Transform `json:"transform,omitzero"`
}

// A Transform is an expression, or a command: what the program is, as JSON. The zero
// Transform is none.
type Transform struct {
	Expression string          `json:"expression,omitempty"`
	Command    json.RawMessage `json:"command,omitempty"`
}

// IsZero reports whether replies are read as they are.
func (t Transform) IsZero() bool { return t.Expression == "" && len(t.Command) == 0 }

// JSONRules select the type and the items of a JSON document by JSONPath
// (RFC 9535). Schema, if any, is a JSON Schema that the document must match.
type JSONRules struct {
	Type   string `json:"type,omitempty"`
	Items  string `json:"items,omitempty"`
	Schema string `json:"schema,omitempty"`
}

// XMLRules select the type and the items of an XML document by XPath 1.0. The
// text of each selected node is split at its marks into items.
type XMLRules struct {
	Type  string `json:"type,omitempty"`
	Items string `json:"items,omitempty"`
}

// A Reply is a raw reply and the document read from it.
type Reply struct {
	Raw      string   `json:"raw"`      // as the model returned it
	Text     string   `json:"text"`     // Raw without its thinking blocks, trimmed
	Thinking string   `json:"thinking"` // the API's reasoning field and the closed thinking blocks
	Format   Format   `json:"format"`   // of the document; empty if none was readable
	Document string   `json:"document"` // the part of Text that was read, before any repair; empty if none was readable
	Type     string   `json:"type"`     // one of Rules.Types, or empty if none could be read
	Items    []string `json:"items"`    // the subtodos or questions, in order, without their marks
	Untyped  bool     `json:"untyped"`  // the rules declare no types, so a document needs none
	Defects  []Defect `json:"defects"`  // the reply's differences from one clean document, in the order found
}

// Readable reports whether a document was found, with a type if the rules
// declare types.
func (r Reply) Readable() bool { return r.Format != "" && (r.Type != "" || r.Untyped) }

// A Defect is one difference of a reply from one clean document.
type Defect struct {
	Code   Code   `json:"code"`
	Detail string `json:"detail"` // for people: the defect and its place, one line
}
