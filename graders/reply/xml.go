package reply

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/antchfx/xmlquery"
	"github.com/antchfx/xpath"
)

// xmlReader is the compiled form of XMLRules.
type xmlReader struct {
	declared bool
	typ      string // XPaths, checked; empty where none is set
	items    string
	root     string            // the element a document is looked for by, empty for any
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
			errs = append(errs, &RuleError{rule, fmt.Errorf("%q is no XPath: %w", path, err)})
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
		errs = append(errs, &RuleError{"xml.type", errors.New("missing: types are declared, so that an XML reply needs one")})
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

// xmlTries bounds how many elements of the name are looked at, from the last.
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

// xmlItems takes the marked lines out of the text of each selected node. Where
// the path selects parts of the document (//subtodos/item, or several elements
// beside the type) a part without a mark is an item as a whole; text without a
// mark in the one element that holds the items is none.
func (r *Reader) xmlItems(doc *document, c *xmlCandidate) {
	nodes := selectNodes(r.xml.items, c.tree)
	blanks := 0
	for _, n := range nodes {
		items, blank, marked := r.marked(n.text, !c.closed)
		blanks += blank
		part := n.value || n.name != "" && n.name != r.xml.list || len(nodes) > 1 && r.xml.list != r.xml.root
		if t := strings.Join(strings.Fields(n.text), " "); !marked && part && !isBlank(t) && !r.isRefusal(t) {
			items = append(items, t)
		}
		doc.items = append(doc.items, items...)
	}
	if blanks > 0 {
		doc.add(CodeItemBlank, "marks without text: %d", blanks)
	}
}

// A selected is what a path selects: the text of an element, with its name, of
// a text node, or the value of an attribute or of a function.
type selected struct {
	text  string
	name  string
	value bool
}

// selectNodes evaluates a path. Elements inside an element that was selected
// already are left out: their text is part of its text. The path is compiled
// each time, for a compiled one is changed by evaluating it.
func selectNodes(path string, tree *xmlquery.Node) (found []selected) {
	// The library panics where a function gets an argument it cannot take.
	defer func() {
		if p := recover(); p != nil {
			found = nil
		}
	}()
	expr, err := compileXPath(path)
	if err != nil {
		return nil
	}
	switch v := expr.Evaluate(xmlquery.CreateXPathNavigator(tree)).(type) {
	case *xpath.NodeIterator:
		taken := map[*xmlquery.Node]bool{}
		for v.MoveNext() {
			nav, ok := v.Current().(*xmlquery.NodeNavigator)
			if !ok {
				continue
			}
			node := nav.Current()
			switch nav.NodeType() {
			case xpath.ElementNode:
				if !insideOf(node, taken) {
					taken[node] = true
					found = append(found, selected{text: nodeText(node), name: node.Data})
				}
			default:
				found = append(found, selected{text: nav.Value(), value: nav.NodeType() == xpath.AttributeNode})
			}
		}
	case string:
		found = append(found, selected{text: v, value: true})
	case float64, bool:
		found = append(found, selected{text: fmt.Sprint(v), value: true})
	}
	return found
}

func insideOf(n *xmlquery.Node, taken map[*xmlquery.Node]bool) bool {
	for ; n != nil; n = n.Parent {
		if taken[n] {
			return true
		}
	}
	return false
}

// inline are the elements that only dress text: they end no line.
const inline = " a b i em strong u s code span mark small sub sup del ins font "

// nodeText is a node's text, with line breaks where an element ends a line: an
// element that is not inline, and any element right after another one or
// before a mark.
func nodeText(n *xmlquery.Node) string {
	var b strings.Builder
	afterElement := false
	var walk func(n *xmlquery.Node)
	walk = func(n *xmlquery.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch c.Type {
			case xmlquery.TextNode, xmlquery.CharDataNode:
				b.WriteString(c.Data)
				if strings.TrimSpace(c.Data) != "" {
					afterElement = false
				}
			case xmlquery.ElementNode:
				block := !strings.Contains(inline, " "+strings.ToLower(c.Data)+" ")
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

// withProlog widens the span by an XML declaration, a document type and
// comments around it: they are part of a clean document.
func withProlog(text string, start, end int) (newStart, newEnd int) {
	if text[:start] != "" && onlyMisc(text[:start]) {
		start = 0
	}
	if text[end:] != "" && onlyMisc(text[end:]) {
		end = len(text)
	}
	return start, end
}

func onlyMisc(text string) bool {
	for {
		text = strings.TrimSpace(text)
		var end string
		switch {
		case text == "":
			return true
		case strings.HasPrefix(text, "<!--"):
			end = "-->"
		case strings.HasPrefix(text, "<?"):
			end = "?>"
		case strings.HasPrefix(text, "<!DOCTYPE"):
			end = ">"
		default:
			return false
		}
		i := strings.Index(text, end)
		if i < 0 {
			return false
		}
		text = text[i+len(end):]
	}
}
