package reply

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/theory/jsonpath"

	"promptbench/graders/schema"
)

// A jsonReader is the compiled form of JSONRules.
type jsonReader struct {
	declared bool // any rule is set
	untyped  bool
	typ      *jsonPath // nil if no path is set
	items    *jsonPath
	key      string // the first member name in the type path; a broken document may begin with it
	schema   *schema.Schema
	path     string         // of the type
	openings []string       // see continued
	types    *regexp.Regexp // see sweep
	values   *regexp.Regexp // of items, see sweep
	steps    *int           // that the paths may still take in the reply that is read
}

func newJSONReader(rules JSONRules, untyped bool) (jsonReader, error) {
	r := jsonReader{declared: rules != JSONRules{}, untyped: untyped}
	var errs []error
	compile := func(rule, path string) *jsonPath {
		if path == "" {
			return nil
		}
		p, err := jsonpath.Parse(path)
		if err != nil {
			errs = append(errs, &RuleError{rule, fmt.Errorf("%q is not a JSONPath: %w", path, err)})
		}
		return &jsonPath{p}
	}
	r.typ = compile("json.type", rules.Type)
	r.items = compile("json.items", rules.Items)
	if r.declared && rules.Type == "" && !untyped {
		errs = append(errs, &RuleError{"json.type", errors.New("missing: types are declared, so a JSON reply needs one")})
	}
	r.key, r.path, r.openings = firstName(rules.Type), rules.Type, openings(rules.Type)
	r.types, r.values = valuesOf(rules.Type), valuesOf(rules.Items)
	if rules.Schema != "" {
		s, err := compileSchema(rules.Schema)
		if err != nil {
			errs = append(errs, &RuleError{"json.schema", err})
		}
		r.schema = s
	}
	return r, errors.Join(errs...)
}

// firstName returns the first member name in a JSONPath; it is empty if the path
// begins with another selector.
func firstName(path string) string {
	name := strings.TrimLeft(path, "$.[\"' ")
	if i := strings.IndexAny(name, ".[]\"'?*( "); i >= 0 {
		name = name[:i]
	}
	return name
}

// A jsonCandidate is an object that could be the document.
type jsonCandidate struct {
	span
	value     any
	rawType   string
	hasType   bool
	source    string // the JSON that value was decoded from
	written   string // the text in the reply, before a repair
	broken    error  // why the span could not be decoded; nil for a clean one
	truncated bool
	nested    bool // the document, or a part of it, is JSON in a string
	opening   int  // the length of what the repair put in front of the text
}

// readJSON finds the JSON document: the last object whose type path selects a
// string, else the same after repair, else the last one with items only.
func (r *Reader) readJSON(src *source, want Format) (document, bool) {
	if !r.json.declared && (want != JSON || !r.untyped) {
		return document{}, false
	}
	j, steps := r.json, pathSteps
	j.steps = &steps
	text := src.text
	candidates, weak := j.scan(text)
	if len(candidates) == 0 {
		if text = withoutBlockQuote(src.text); text != src.text {
			candidates, weak = j.scan(text)
		}
	}
	blockQuoted, oddSpaces := text != src.text, false
	if len(candidates) == 0 {
		candidates = j.quoted(text)
	}
	if len(candidates) == 0 {
		if plain := plainSpaces(text); plain != text {
			text, oddSpaces = plain, true
			candidates, weak = j.scan(text)
		}
	}
	if len(candidates) == 0 {
		var repaired *jsonCandidate
		candidates, repaired = j.scanBroken(text)
		weak = cmp.Or(weak, repaired)
	}
	if len(candidates) == 0 {
		if c, ok := j.continued(text); ok {
			candidates = append(candidates, c)
		}
	}
	best := weak
	if len(candidates) > 0 {
		best = &candidates[len(candidates)-1]
	}
	if best == nil {
		return document{}, false
	}

	unclean := j.clean(best)
	doc := document{start: best.start, end: best.end, rawType: best.rawType, hasType: best.hasType}
	if len(candidates) > 1 {
		doc.add(CodeSeveralDocuments, "line %d: the last of %d documents was read", src.line(best.start), len(candidates))
	}
	doc.blockQuote = blockQuoted
	if oddSpaces {
		doc.add(CodeRepaired, "line %d: white space that JSON does not have", src.line(best.start))
	}
	if best.broken != nil {
		explainRepair(&doc, src, best)
	}
	if best.nested {
		doc.add(CodeRepaired, "line %d: a part of the document is JSON in a string", src.line(best.start))
	}
	doc.defects = append(doc.defects, unclean...)
	if key := duplicateKey(best.source); key != "" {
		doc.add(CodeDuplicateKey, "the key %s stands twice in one object; the last one counts", quoteShort(key))
	}
	r.jsonItems(&doc, best)
	r.sweep(&doc, src, text, best)
	if object, ok := best.value.(map[string]any); ok {
		if t, ok := object["thinking"].(string); ok {
			doc.thinking = strings.TrimSpace(t)
		}
	}
	doc.defects = append(doc.defects, schemaDefects(j.schema, best.value)...)
	return doc, true
}

// clean takes off the characters that no text has from the strings of a candidate,
// and returns the defects.
func (r *jsonReader) clean(c *jsonCandidate) []Defect {
	text, control, half := cleanEscapes(c.source)
	var defects []Defect
	if control != "" {
		defects = append(defects, newDefect(CodeControlChars, "a control character is written as %s", control))
	}
	if half != "" {
		defects = append(defects, newDefect(CodeInvalidUTF8, "half a character, written as %s, was dropped", half))
	}
	if len(defects) == 0 {
		return nil // the text is unchanged, and its value is known
	}
	if value, _, err := decodeFirst(text); err == nil {
		c.value, c.source = value, text
		r.selectType(c)
	}
	return defects
}

// scanBudget bounds the bytes that all decodings of a reply read. They read a
// nested document once per level, so a hostile reply could make them quadratic.
const (
	scanBudget = 4 * MaxBytes
	scanCost   = 64 // bytes; the cost of starting a decoder
)

// scan tries to decode an object at each { outside a candidate. It returns those
// with a type, and the last one with items only.
func (r *jsonReader) scan(text string) (candidates []jsonCandidate, weak *jsonCandidate) {
	budget := scanBudget
	for pos := 0; budget > 0; {
		i := strings.IndexByte(text[pos:], '{')
		if i < 0 {
			break
		}
		start := pos + i
		pos = start + 1
		if !opensObject(text[pos:]) {
			continue
		}
		value, length, err := decodeFirst(text[start:])
		budget -= length + scanCost
		if err != nil {
			continue
		}
		c := jsonCandidate{span: span{start, start + length}, value: value, source: text[start : start+length]}
		if r.isDocument(&c) {
			candidates = append(candidates, c)
			pos = c.end
		} else if r.hasItems(value) && (weak == nil || c.start >= weak.end) {
			weak = &c
		}
	}
	return candidates, weak
}

// isDocument is selectType that also looks into strings, if the type or the items
// are nowhere else.
func (r *jsonReader) isDocument(c *jsonCandidate) bool {
	typed := r.selectType(c)
	return typed && (r.items == nil || r.hasItems(c.value)) || r.selectNested(c, typed) || typed
}

// selectType reports whether the value is a document: the type path selects a
// string. Without a type path, any object with items is a document; with neither
// path, any object.
func (r *jsonReader) selectType(c *jsonCandidate) bool {
	if r.typ == nil {
		return r.untyped && (r.items == nil || r.hasItems(c.value))
	}
	nodes, _ := r.typ.selects(c.value, r.steps)
	for _, node := range nodes {
		if s, ok := node.(string); ok {
			c.rawType, c.hasType = s, true
			return true
		}
	}
	return false
}

func (r *jsonReader) hasItems(value any) bool {
	if r.items == nil {
		return false
	}
	nodes, _ := r.items.selects(value, r.steps)
	return len(nodes) > 0
}

// opensObject reports whether a key or the end of an object follows a {. It saves
// a decoder for most braces in prose and code.
func opensObject(rest string) bool {
	for i := range len(rest) {
		switch rest[i] {
		case ' ', '\t', '\r', '\n':
		case '"', '}':
			return true
		default:
			return false
		}
	}
	return false
}

// decodeFirst decodes the value at the beginning of text and returns its length
// in bytes; with an error, the number of bytes read. Numbers keep their spelling.
func decodeFirst(text string) (value any, length int, err error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) && syntax.Offset > 0 {
			return nil, int(syntax.Offset), err
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, len(text), err
	}
	return value, int(dec.InputOffset()), nil
}
