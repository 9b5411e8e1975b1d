package reply

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A Reader reads raw replies by one set of [Rules]. It is safe for concurrent
// use.
type Reader struct {
	types    map[string]string // folded spelling to the spelling of Rules.Types
	names    []string          // Rules.Types, for messages
	untyped  bool
	json     jsonReader
	xml      xmlReader
	refusal  string // folded
	verbatim bool

	thinking wrappers
}

// A RuleError names an invalid rule by its key in a suite's reply section:
// "types", "json.type", "json.items", "json.schema", "xml.type" or "xml.items".
type RuleError struct {
	Rule string
	Err  error
}

// Error returns the rule and its fault.
func (e *RuleError) Error() string { return e.Rule + ": " + e.Err.Error() }

// Unwrap returns the error of the path or schema compiler.
func (e *RuleError) Unwrap() error { return e.Err }

// NewReader compiles the rules. Its error joins one [RuleError] for every
// invalid rule. A schema may refer to its own parts only, never to a file or
// an address.
func NewReader(rules Rules) (*Reader, error) {
	r := &Reader{
		types:    make(map[string]string, len(rules.Types)),
		names:    rules.Types,
		untyped:  len(rules.Types) == 0,
		refusal:  foldSentence(rules.Refusal),
		verbatim: rules.Verbatim && len(rules.Types) == 0,

		thinking: newWrappers(nil),
	}
	var errs []error
	for _, name := range rules.Types {
		folded := foldType(name)
		switch _, twice := r.types[folded]; {
		case folded == "":
			errs = append(errs, &RuleError{"types", errors.New("a type is blank")})
		case twice:
			errs = append(errs, &RuleError{"types", fmt.Errorf("%q appears twice", name)})
		}
		r.types[folded] = name
	}
	var err error
	if r.json, err = newJSONReader(rules.JSON, r.untyped); err != nil {
		errs = append(errs, err)
	}
	if r.xml, err = newXMLReader(rules.XML, r.untyped); err != nil {
		errs = append(errs, err)
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("compiling the reply rules: %w", errors.Join(errs...))
	}
	return r, nil
}

// WithThinking returns a reader that also takes off the text between the marks of
// each pair, which a model writes around its thinking.
func (r *Reader) WithThinking(pairs [][2]string) *Reader {
	if len(pairs) == 0 {
		return r
	}
	out := *r
	out.thinking = newWrappers(pairs)
	return &out
}

// Said returns the Text of the [Reply] that Read gives, in a small part of the time: the
// raw reply without its closed thinking blocks, or verbatim.
func (r *Reader) Said(raw string) string { return r.source(raw).text }

func (r *Reader) source(raw string) *source { return newSource(raw, r.thinking, r.verbatim) }

// Read reads one raw reply. The thinking argument is what the API returned as
// the model's reasoning beside the reply. The declared format is tried first,
// then the others in the order JSON, XML, text; the first document with a type
// is the one that is read. An empty want declares no format.
//
// Reply.Thinking joins, with blank lines, that argument, the closed thinking
// blocks, and the top-level "thinking" string of a JSON document, which is not a
// defect.
//
// Read never fails and never panics.
func (r *Reader) Read(raw, thinking string, want Format) Reply {
	src := r.source(raw)
	reply := Reply{Raw: raw, Text: src.text, Untyped: r.untyped, Defects: src.defects}
	thoughts := []string{strings.TrimSpace(thinking)}
	thoughts = append(thoughts, src.thinking...)

	doc, found := r.findDocument(src, want)
	switch {
	case found:
		reply.Defects = append(reply.Defects, doc.defects...)
		reply.Format = doc.format
		reply.Document = src.text[doc.start:doc.end]
		reply.Items = doc.items
		thoughts = append(thoughts, doc.thinking)
		if doc.format != Text {
			reply.addAround(src, doc)
		}
		if want != "" && want != doc.format {
			reply.add(CodeOtherFormat, "the reply is %s, not %s as declared", doc.format, want)
		}
		if !r.untyped {
			reply.Type = r.checkType(&reply, doc)
		}
	case src.text == "" && r.verbatim:
		reply.Format = Text
	case src.text == "":
		reply.add(CodeNoDocument, "the reply is empty")
	case want == Text:
		reply.add(CodeTypeMissing, "the first line is none of %s", strings.Join(r.names, ", "))
	case r.json.otherKeys(src.text) != "":
		reply.add(CodeNoDocument, "%s", r.json.otherKeys(src.text))
	default:
		reply.add(CodeNoDocument, "nothing in the reply can be read as JSON, XML or text with a type")
	}
	thoughts = slices.DeleteFunc(thoughts, func(s string) bool { return s == "" })
	reply.Thinking = strings.Join(thoughts, "\n\n")
	return reply
}

// A document is the result of one format's reader.
type document struct {
	format     Format
	start, end int // span in the source's text
	rawType    string
	hasType    bool
	items      []string
	thinking   string // the document's own thinking field
	blockQuote bool   // the document is in a Markdown block quote
	defects    []Defect
}

func (d *document) add(code Code, format string, args ...any) {
	d.defects = append(d.defects, newDefect(code, format, args...))
}

func (r *Reply) add(code Code, format string, args ...any) {
	r.Defects = append(r.Defects, newDefect(code, format, args...))
}

// findDocument tries the formats. A document with a known type precedes one
// without, so that a tag named in prose does not hide the JSON below it.
func (r *Reader) findDocument(src *source, want Format) (document, bool) {
	order := []Format{JSON, XML, Text}
	if i := slices.Index(order, want); i > 0 {
		order = slices.Insert(slices.Delete(order, i, i+1), 0, want)
	}
	var untyped document
	found := false
	for _, format := range order {
		var doc document
		var ok bool
		switch format {
		case JSON:
			doc, ok = r.readJSON(src, want)
		case XML:
			doc, ok = r.readXML(src, want)
		case Text:
			doc, ok = r.readText(src)
		}
		if !ok {
			continue
		}
		doc.format = format
		doc.limitItems()
		if r.untyped || r.types[foldType(doc.rawType)] != "" {
			return doc, true
		}
		if !found {
			untyped, found = doc, true
		}
	}
	return untyped, found
}

// checkType returns the declared type that the document's type spells, in full
// and never by a prefix, or nothing.
func (r *Reader) checkType(reply *Reply, doc document) string {
	if !doc.hasType {
		reply.add(CodeTypeMissing, "the document has no type")
		return ""
	}
	known := r.types[foldType(doc.rawType)]
	switch {
	case known == "":
		reply.add(CodeTypeUnknown, "the type %s is none of %s", quoteShort(doc.rawType), strings.Join(r.names, ", "))
	case known != doc.rawType:
		reply.add(CodeTypeSpelling, "the type is written %s, not %q", quoteShort(doc.rawType), known)
	}
	return known
}

// foldType trims, unquotes and lower-cases until nothing changes, without invisible
// characters.
func foldType(s string) string {
	s = strings.Map(func(c rune) rune {
		if isInvisible(c) {
			return -1
		}
		return c
	}, s)
	for {
		before := s
		s = strings.TrimSpace(s)
		s = unquote(s)
		if s == before {
			return strings.ToLower(norm.NFC.String(s))
		}
	}
}

// foldSentence removes quotes, emphasis, the full stop and repeated spaces, so
// that a line can be compared with the refusal.
func foldSentence(s string) string {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	for {
		before := s
		s = strings.TrimSpace(unquote(s))
		for _, mark := range []string{"**", "__", "*", "_"} {
			if inner, ok := strings.CutPrefix(s, mark); ok && strings.HasSuffix(inner, mark) {
				s = strings.TrimSpace(strings.TrimSuffix(inner, mark))
			}
		}
		s = strings.TrimRight(s, ".．。｡")
		if s == before {
			return s
		}
	}
}

func (r *Reader) isRefusal(s string) bool {
	// Folding shortens a line by a bounded factor, so a much longer one cannot be equal.
	return r.refusal != "" && len(s) <= 8*len(r.refusal)+64 && foldSentence(s) == r.refusal
}
