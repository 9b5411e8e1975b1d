// Package reply reads a model's raw reply: it finds the document in it, clean
// or dirty, and takes its type and its items out.
//
// A [Reader] is made once from the [Rules] of a suite and reads replies of
// every format, so that one suite can compare a revision that answers in XML
// with one that answers in JSON. Reading never fails: what had to be repaired,
// and what could not be read at all, stands in [Reply.Defects].
//
// A reply passes through these steps, one file each:
//
//   - source.go cuts it at [MaxBytes] and takes its thinking blocks off
//     (thinking.go);
//   - json.go tries to decode an object at every {; where none is a document,
//     repair.go completes (complete.go), straightens (straighten.go) or repairs
//     what could be one, within a budget; jsonitems.go and schema.go read it;
//   - xml.go looks for the last element of the name in the rules: xmllex.go
//     finds tags in text that may be no XML, xmltree.go pairs them and parses
//     strictly, else xmlbuild.go builds a tree from the tags that make sense;
//   - text.go reads a type line; marks.go splits marked lines into items, for
//     XML as well;
//   - around.go names what stands before and after the document.
//
// Every step that departs from one clean document adds a [Defect]; defect.go
// lists their codes and how severe each is.
package reply

// MaxBytes is how much of a raw reply is read; what lies beyond is a defect.
const MaxBytes = 1 << 20

// Version of what a [Reader] makes of a reply. It rises whenever the same rules
// would read some reply differently, so that runs which were read before are
// graded again before they are compared with newer ones.
const Version = 1

// Format names the shape a revision answers in.
type Format string

// The formats a revision can declare.
const (
	JSON Format = "json"
	XML  Format = "xml"
	Text Format = "text"
)

// Rules say how replies are read. Types are the allowed values of a reply's
// type; Refusal is the fixed sentence that is never an item, in any format.
type Rules struct {
	Types   []string  `json:"types,omitempty"`
	JSON    JSONRules `json:"json,omitzero"`
	XML     XMLRules  `json:"xml,omitzero"`
	Refusal string    `json:"refusal,omitempty"`
}

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

// A Reply is what was read from a raw reply.
type Reply struct {
	Raw      string   // as the model returned it
	Text     string   // Raw without its thinking blocks, trimmed
	Thinking string   // the API's reasoning field and the closed thinking blocks
	Format   Format   // the format the document was read in; empty where none was readable
	Document string   // the span of Text that was read, before any repair; empty where none was readable
	Type     string   // one of Rules.Types, or empty where none could be read
	Items    []string // the subtodos or questions, in order, without their marks
	Untyped  bool     // the rules declare no types, so that a document needs none
	Defects  []Defect // everything that keeps the reply from being one clean document, in order found
}

// Readable reports whether a document was found, with a type if the rules
// declare any.
func (r Reply) Readable() bool { return r.Format != "" && (r.Type != "" || r.Untyped) }

// A Defect is one way in which a reply is not a clean document.
type Defect struct {
	Code   Code   `json:"code"`
	Detail string `json:"detail"` // for people: what and where, one line
}
