package reply

// Code names a kind of defect. The codes are a fixed list; they stand in run
// files, so a code never changes its meaning.
type Code string

// Around: the document itself is fine, but it does not stand alone.
const (
	CodeFence       Code = "fence"        // the document stands in a Markdown code fence
	CodeProseBefore Code = "prose_before" // text before the document
	CodeProseAfter  Code = "prose_after"  // text after the document
	CodeThinking    Code = "thinking"     // a thinking block in the reply's text, closed or not
)

// Shape: the document can be parsed, but it is not the one that was asked for.
const (
	CodeOtherFormat      Code = "other_format"      // read in another format than the declared one
	CodeSeveralDocuments Code = "several_documents" // more than one document; the last one was read
	CodeWrapped          Code = "wrapped"           // the document stands inside another object, array or element
	CodeSchema           Code = "schema"            // a failure against the JSON Schema; one defect each
	CodeTypeSpelling     Code = "type_spelling"     // the type needed trimming, unquoting or lower-casing
	CodeItemNotText      Code = "item_not_text"     // an item is a number, an object, …; its text was taken
	CodeItemBlank        Code = "item_blank"        // an item without text was dropped
)

// Inside: the document is malformed and had to be repaired, or is not whole.
const (
	CodeTruncated    Code = "truncated"     // the document ends before it is complete
	CodeRepaired     Code = "repaired"      // malformed in another way: commas, brackets, bare <, tags, …
	CodeQuotes       Code = "quotes"        // curly, single, escaped or missing quotes where plain ones belong
	CodeDuplicateKey Code = "duplicate_key" // a JSON object has the same key twice; the last one counts
	CodeControlChars Code = "control_chars" // control characters that do not belong in text
	CodeInvalidUTF8  Code = "invalid_utf8"  // bytes that are not UTF-8
	CodeTooLong      Code = "too_long"      // only the first MaxBytes of the reply were read
)

// Fatal: no document, or none with a type, could be read.
const (
	CodeNoDocument  Code = "no_document"  // nothing that looks like a document in any format
	CodeTypeMissing Code = "type_missing" // a document without a type
	CodeTypeUnknown Code = "type_unknown" // the document's type is none of Rules.Types
)

// Severity says how far a defect keeps a reply from being one clean document.
// Severities are ordered: a greater one is worse.
type Severity int

// The severities, from the mildest to the worst.
const (
	Around Severity = iota + 1 // outside the document: a fence, prose, a thinking block
	Shape                      // a document, but not the one asked for: schema, format, number
	Inside                     // the document itself had to be repaired
	Fatal                      // unreadable
)

// String is the severity's name: around, shape, inside or fatal.
func (s Severity) String() string {
	switch s {
	case Around:
		return "around"
	case Shape:
		return "shape"
	case Inside:
		return "inside"
	case Fatal:
		return "fatal"
	}
	return "none"
}

// Ceiling is the most that the form of a reply with such a defect is worth, in
// [0,1]: 0.75 around, 0.5 shape, 0.25 inside, 0 fatal. It is 1 for no severity.
func (s Severity) Ceiling() float64 {
	switch s {
	case Around:
		return 0.75
	case Shape:
		return 0.5
	case Inside:
		return 0.25
	case Fatal:
		return 0
	}
	return 1
}

// Severity is the severity of every defect with this code. A code outside the
// list counts as [Inside].
func (c Code) Severity() Severity {
	switch c {
	case CodeFence, CodeProseBefore, CodeProseAfter, CodeThinking:
		return Around
	case CodeOtherFormat, CodeSeveralDocuments, CodeWrapped, CodeSchema, CodeTypeSpelling,
		CodeItemNotText, CodeItemBlank:
		return Shape
	case CodeNoDocument, CodeTypeMissing, CodeTypeUnknown:
		return Fatal
	}
	return Inside
}

// Severity is the severity of the defect's code.
func (d Defect) Severity() Severity { return d.Code.Severity() }

// Worst is the greatest severity among the defects, 0 where there are none.
func Worst(defects []Defect) Severity {
	var worst Severity
	for _, d := range defects {
		worst = max(worst, d.Severity())
	}
	return worst
}
