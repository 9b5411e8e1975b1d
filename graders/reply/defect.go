package reply

// A Code names a kind of defect. Run files contain the codes, so a code never
// changes its meaning.
type Code string

// Around: the document itself is clean, but the reply has more than it.
const (
	CodeFence       Code = "fence"        // the document is in a Markdown code fence
	CodeProseBefore Code = "prose_before" // text before the document
	CodeProseAfter  Code = "prose_after"  // text after the document
	CodeThinking    Code = "thinking"     // a thinking block in the reply's text, closed or not
	CodeElsewhere   Code = "elsewhere"    // the content of the answer is empty, and its text is in another field
)

// Shape: the document can be parsed, but is not as the rules demand.
const (
	CodeOtherFormat      Code = "other_format"      // read in another format than the declared one
	CodeSeveralDocuments Code = "several_documents" // more than one document; the last one was read
	CodeWrapped          Code = "wrapped"           // the document is inside another object, array or element
	CodeSchema           Code = "schema"            // a failure against the JSON Schema; one defect each
	CodeTypeSpelling     Code = "type_spelling"     // the type needed trimming, unquoting or lower-casing
	CodeItemNotText      Code = "item_not_text"     // an item is a number, an object, …; its text was taken
	CodeItemBlank        Code = "item_blank"        // an item without text was dropped
	CodeDroppedText      Code = "dropped_text"      // text in the document that belongs to no item
	CodeTooManyItems     Code = "too_many_items"    // only the first MaxItems items were read
)

// Inside: the document was malformed and repaired, or is incomplete.
const (
	CodeTruncated    Code = "truncated"     // the document ends before it is complete
	CodeRepaired     Code = "repaired"      // malformed in another way: commas, brackets, bare <, tags, …
	CodeQuotes       Code = "quotes"        // curly, single, escaped or missing quotes instead of plain ones
	CodeDuplicateKey Code = "duplicate_key" // a JSON object has the same key twice; the last one counts
	CodeControlChars Code = "control_chars" // control characters in text
	CodeInvalidUTF8  Code = "invalid_utf8"  // bytes that are not UTF-8
	CodeTooLong      Code = "too_long"      // only the first MaxBytes of the reply were read
)

// Fatal: no document, or none with a type, could be read.
const (
	CodeNoDocument  Code = "no_document"  // no document in any format
	CodeTransform   Code = "transform"    // the transform of the suite makes no text of the reply
	CodeTypeMissing Code = "type_missing" // a document without a type
	CodeTypeUnknown Code = "type_unknown" // the document's type is not in Rules.Types
)

// Severity is how much a defect matters. A greater one is worse.
type Severity int

// The severities, from the mildest to the worst.
const (
	Around Severity = iota + 1 // outside the document: a fence, prose, a thinking block
	Shape                      // a document, but not as demanded: schema, format, number
	Inside                     // the document itself was repaired
	Fatal                      // unreadable
)

// String returns the severity's name: none, around, shape, inside or fatal.
func (s Severity) String() string {
	if s < Around || s > Fatal {
		return "none"
	}
	return [...]string{"none", "around", "shape", "inside", "fatal"}[s]
}

// Ceiling returns the highest format score of a reply with such a defect, in
// [0,1]: 0.75 around, 0.5 shape, 0.25 inside, 0 fatal. It is 1 for no severity.
func (s Severity) Ceiling() float64 {
	if s < Around || s > Fatal {
		return 1
	}
	return 1 - float64(s)/4
}

// Severity returns the severity of every defect with this code. An unknown code
// counts as [Inside].
func (c Code) Severity() Severity {
	switch c {
	case CodeFence, CodeProseBefore, CodeProseAfter, CodeThinking, CodeElsewhere:
		return Around
	case CodeOtherFormat, CodeSeveralDocuments, CodeWrapped, CodeSchema, CodeTypeSpelling,
		CodeItemNotText, CodeItemBlank, CodeDroppedText, CodeTooManyItems:
		return Shape
	case CodeNoDocument, CodeTransform, CodeTypeMissing, CodeTypeUnknown:
		return Fatal
	}
	return Inside
}

// Severity returns the severity of the defect's code.
func (d Defect) Severity() Severity { return d.Code.Severity() }

// Worst returns the greatest severity among the defects, or 0.
func Worst(defects []Defect) Severity {
	var worst Severity
	for _, d := range defects {
		worst = max(worst, d.Severity())
	}
	return worst
}
