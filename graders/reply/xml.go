package reply

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"
)

// An xmlReader is the compiled form of XMLRules.
type xmlReader struct {
	declared bool
	typ      string // a valid XPath; empty if none is set
	items    string
	root     string            // the name of a document's element, empty for any
	list     string            // the first element of the items path
	spelling map[string]string // lower case to the spelling in the paths
}

func newXMLReader(rules XMLRules, untyped bool) (xmlReader, error) {
	r := xmlReader{declared: rules != XMLRules{}, spelling: map[string]string{}}
	var errs []error
	check := func(rule, path string) (root string) {
		if path == "" {
			return ""
		}
		if _, err := compileXPath(path); err != nil {
			errs = append(errs, &RuleError{rule, fmt.Errorf("%q is not an XPath: %w", path, err)})
			return ""
		}
		names := pathNames(path)
		for _, name := range names {
			r.spelling[strings.ToLower(name)] = name
		}
		if len(names) == 0 || strings.Contains(path, "@"+names[0]) {
			return ""
		}
		return names[0]
	}
	r.typ, r.root = rules.Type, check("xml.type", rules.Type)
	r.items, r.list = rules.Items, check("xml.items", rules.Items)
	if r.typ == "" {
		r.root = r.list
	}
	if r.declared && rules.Type == "" && !untyped {
		errs = append(errs, &RuleError{"xml.type", errors.New("missing: types are declared, so an XML reply needs one")})
	}
	return r, errors.Join(errs...)
}

// compileXPath turns the library's panics on odd expressions into errors.
func compileXPath(path string) (expr *xpath.Expr, err error) {
	defer func() {
		if p := recover(); p != nil {
			expr, err = nil, fmt.Errorf("%v", p)
		}
	}()
	return xpath.Compile(path)
}

var (
	pathLiteral = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	pathName    = regexp.MustCompile(`[\pL_][\pL\pN_.-]*(\s*::|\s*\()?`)
)

// pathNames lists the names of elements and attributes in an XPath, in order.
func pathNames(path string) []string {
	var names []string
	for _, m := range pathName.FindAllStringSubmatch(pathLiteral.ReplaceAllString(path, ""), -1) {
		switch {
		case m[1] != "", m[0] == "and", m[0] == "or", m[0] == "div", m[0] == "mod":
		default:
			names = append(names, m[0])
		}
	}
	return names
}

// xmlTries bounds the number of elements that are read, from the last.
const xmlTries = 8

// readXML finds the XML document: the last element of the name that has a
// type, else the last one.
func (r *Reader) readXML(src *source, want Format) (document, bool) {
	x := &r.xml
	if !x.declared && (want != XML || !r.untyped) {
		return document{}, false
	}
	candidates := x.candidates(src.text)
	var chosen, last *xmlCandidate
	var count int
	before := len(src.text)
	for i := len(candidates) - 1; i >= 0 && i >= len(candidates)-xmlTries; i-- {
		c := &candidates[i]
		c.read(x)
		if last == nil {
			last = c
		}
		if c.hasType || x.typ == "" {
			if chosen == nil {
				chosen = c
			}
			if c.end <= before {
				count++
				before = c.start
			}
		}
	}
	if chosen == nil {
		chosen = last
	}
	if chosen == nil {
		return document{}, false
	}

	doc := document{start: chosen.start, end: chosen.end, rawType: chosen.rawType, hasType: chosen.hasType}
	if count > 1 {
		doc.add(CodeSeveralDocuments, "line %d: the last of several documents was read", src.line(doc.start))
	}
	for _, f := range chosen.faults {
		doc.add(f.code, "line %d: %s", src.line(chosen.start+f.at), f.what)
	}
	if x.items != "" && chosen.tree != nil {
		r.xmlItems(&doc, chosen)
	}
	doc.start, doc.end = withProlog(src.text, doc.start, doc.end)
	return doc, true
}

// xmlItems adds the items in the text of each selected node. If the path selects
// parts of the document (//subtodos/item, or several elements beside the type), a
// part without a mark is an item as a whole.
func (r *Reader) xmlItems(doc *document, c *xmlCandidate) {
	var all list
	nodes, ok := selectNodes(r.xml.items, c.tree)
	if !ok {
		doc.add(CodeTooManyItems, "no item was read: %v", errPathSteps)
	}
	for _, n := range nodes {
		part := n.value || n.name != "" && n.name != r.xml.list || len(nodes) > 1 && r.xml.list != r.xml.root
		switch {
		case n.node == nil || part:
			all.join(r.readPart(n.text, !c.closed, part))
		default:
			all.join(r.readElement(n.node, c))
		}
	}
	doc.addList(all)
	if text := unreadAttribute(c.tree, append(slices.Clone(all.items), doc.rawType)); text != "" {
		doc.add(CodeDroppedText, "an element without text has words in an attribute, which is not read: %q", text)
	}
}

// unreadAttribute returns the words in an attribute of the first element that may be
// an item and has no text; empty if there are none. Words that were read do not count.
func unreadAttribute(n *xmlquery.Node, read []string) string {
	isEmpty := true
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if text := unreadAttribute(child, read); text != "" {
			return text
		}
		isEmpty = isEmpty && child.Type != xmlquery.ElementNode && isBlank(child.Data)
	}
	if n.Type != xmlquery.ElementNode || !isEmpty || !isItemName(n.Data) {
		return ""
	}
	for _, a := range n.Attr {
		if !slices.Contains(read, a.Value) && strings.ContainsFunc(a.Value, unicode.IsLetter) {
			return a.Value
		}
	}
	return ""
}

// readPart reads the list in a part of a document, or the part as one item if it
// is one and has no mark.
func (r *Reader) readPart(text string, cut, part bool) list {
	l := r.readList(text, cut)
	if t := strings.Join(strings.Fields(text), " "); part && !l.marked && !isBlank(t) && !r.isRefusal(t) {
		return list{items: []string{trimInvisible(t)}, escaped: l.escaped}
	}
	return l
}

// readElement reads the list in an element: the elements in it, such as item and
// li, if they hold all of its text, else its lines.
func (r *Reader) readElement(n *xmlquery.Node, c *xmlCandidate) list {
	parts := c.parts(n)
	switch {
	case len(parts) == 0:
		return r.readList(nodeText(n, c.typeNode), !c.closed)
	case len(parts) == 1:
		if inner := parts[0]; len(c.parts(inner)) > 0 || !isItemName(inner.Data) {
			return r.readElement(inner, c)
		}
	case slices.ContainsFunc(parts, func(p *xmlquery.Node) bool { return p.Data != parts[0].Data }):
		if l := r.readList(nodeText(n, c.typeNode), !c.closed); l.marked {
			return l
		}
	}
	var all list
	for _, p := range parts {
		all.join(r.readPart(nodeText(p, c.typeNode), !c.closed, true))
	}
	return all
}

// isItemName reports whether an element of this name holds one item even if it is
// the only one.
func isItemName(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains([]string{"li", "task", "step", "question", "option", "entry", "bullet", "element"}, name) ||
		strings.HasSuffix(name, "item") || strings.HasSuffix(name, "todo")
}

// parts returns the elements in an element, without those that only format text and
// the one with the type; none if there is text beside them.
func (c *xmlCandidate) parts(n *xmlquery.Node) []*xmlquery.Node {
	var parts []*xmlquery.Node
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case child == c.typeNode:
		case child.Type == xmlquery.TextNode || child.Type == xmlquery.CharDataNode:
			if text, _ := breakLines(child.Data); !isBlank(text) {
				return nil
			}
		case child.Type != xmlquery.ElementNode || isBlank(child.InnerText()):
		case isInline(child.Data):
			return nil
		default:
			parts = append(parts, child)
		}
	}
	return parts
}

// inline lists the elements that only format text and end no line.
const inline = " a b i em strong u s code span mark small sub sup del ins font "

func isInline(name string) bool { return strings.Contains(inline, " "+strings.ToLower(name)+" ") }

// nodeText returns a node's text, with line breaks around an element that is not
// inline, and before any element that follows another one or begins with a mark.
// It leaves out one element, unless that is nil.
func nodeText(n, without *xmlquery.Node) string {
	var b strings.Builder
	afterElement := false
	var walk func(n *xmlquery.Node)
	walk = func(n *xmlquery.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c == without {
				continue
			}
			switch c.Type {
			case xmlquery.TextNode, xmlquery.CharDataNode:
				b.WriteString(c.Data)
				if strings.TrimSpace(c.Data) != "" {
					afterElement = false
				}
			case xmlquery.ElementNode:
				block := !isInline(c.Data)
				if block || afterElement || startsWithMark(c) {
					b.WriteByte('\n')
				}
				walk(c)
				if block {
					b.WriteByte('\n')
				}
				afterElement = true
			}
		}
	}
	walk(n)
	return b.String()
}

func startsWithMark(n *xmlquery.Node) bool {
	c := n.FirstChild
	if c == nil || c.Type != xmlquery.TextNode {
		return false
	}
	_, ok := parseMark(strings.TrimSpace(head(c.Data, 64)))
	return ok
}

// withProlog widens the span by the XML declaration, the document type and the
// comments around it, which belong to a clean document.
func withProlog(text string, start, end int) (newStart, newEnd int) {
	if text[:start] != "" && isMisc(text[:start]) {
		start = 0
	}
	if text[end:] != "" && isMisc(text[end:]) {
		end = len(text)
	}
	return start, end
}

// isMisc reports whether text consists of declarations, comments and white space.
func isMisc(text string) bool {
	misc := [][2]string{{"<!--", "-->"}, {"<?", "?>"}, {"<!DOCTYPE", ">"}}
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		i := slices.IndexFunc(misc, func(m [2]string) bool { return strings.HasPrefix(text, m[0]) })
		if i < 0 {
			return false
		}
		_, rest, closed := strings.Cut(text, misc[i][1])
		if !closed {
			return false
		}
		text = rest
	}
	return true
}
