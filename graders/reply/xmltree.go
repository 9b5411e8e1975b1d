package reply

import (
	"encoding/xml"
	"errors"
	"slices"
	"strings"

	"github.com/antchfx/xmlquery"
)

// maxDepth is how deep elements may nest; deeper tags are passed over, so that
// no walk over the tree recurses further.
const maxDepth = 500

// An xmlCandidate is an element that could be the document, or the place where
// one begins that is never closed.
type xmlCandidate struct {
	span             // in the reply's text
	text      string // what the tags' offsets refer to
	base      int    // where the candidate begins in it
	length    int    // and how long it is there
	tags      []tag  // the tags inside, the first one its own
	match     []int  // of each tag its partner, counted from the text's first tag; negative for none
	first     int    // which of the text's tags is the candidate's own
	closed    bool
	respelled string // how the whole element is written, if not with < and >
	tree      *xmlquery.Node
	rawType   string
	hasType   bool
	faults    []fault
}

// A fault is a defect with its offset in the candidate.
type fault struct {
	code Code
	at   int
	what string
}

func (c *xmlCandidate) fault(code Code, at int, what string) {
	for _, f := range c.faults {
		if f.code == code && f.what == what {
			return
		}
	}
	if c.respelled != "" {
		at = 0
	}
	c.faults = append(c.faults, fault{code, at, what})
}

// candidates lists the elements of the root's name, in order of their starts.
// Where there is none, it may be written with other characters than < and >.
func (x *xmlReader) candidates(text string) []xmlCandidate {
	if found := x.elements(text); len(found) > 0 || x.root == "" {
		return found
	}
	for _, spelling := range []struct {
		open, shut string
		plain      func(string) string
		what       string
	}{
		{"&lt;", "&gt;", unescape, "the document is written with &lt; and &gt;"},
		{"＜", "＞", strings.NewReplacer("＜／", "</", "＜", "<", "＞", ">").Replace, "the document is written with full-width ＜ and ＞"},
	} {
		start := indexFold(text, spelling.open+x.root)
		if start < 0 {
			continue
		}
		end := nextFence(text, start)
		for _, slash := range []string{"/", "／"} {
			closing := spelling.open + slash + x.root + spelling.shut
			if i := lastIndexFold(text[start:], closing); i >= 0 {
				end = start + i + len(closing)
			}
		}
		found := x.elements(spelling.plain(text[start:end]))
		for i := range found {
			found[i].span = span{start, end}
			found[i].respelled = spelling.what
		}
		return found
	}
	return nil
}

func (x *xmlReader) elements(text string) []xmlCandidate {
	if !strings.Contains(text, "<") {
		return nil
	}
	tags := lexTags(text)
	root := x.root
	for i := 0; root == "" && i < len(tags); i++ {
		if tags[i].kind == openTag || tags[i].kind == emptyTag {
			root = tags[i].name
		}
	}
	isRoot := func(t tag) bool {
		return (t.kind == openTag || t.kind == emptyTag) && strings.EqualFold(localName(t.name), root)
	}
	match := pairTags(tags, isRoot)

	var found []xmlCandidate
	next, nextTag := len(text), len(tags) // where the next root begins
	for i, t := range slices.Backward(tags) {
		if !isRoot(t) {
			continue
		}
		c := xmlCandidate{text: text, base: t.start, closed: true}
		last := i
		switch {
		case t.kind == emptyTag:
		case match[i] >= 0:
			last = match[i]
		default:
			c.closed = false
			last = nextTag - 1
		}
		last, c.closed = x.extend(tags, match, i, last, nextTag, c.closed)
		end := tags[last].end
		if !c.closed {
			end = nextFence(text[:next], t.end)
			end = t.end + len(strings.TrimRight(text[t.end:end], " \t\r\n"))
			for last > i && tags[last].end > end {
				last--
			}
		}
		c.length = end - t.start
		c.span = span{t.start, end}
		c.tags = tags[i : last+1]
		c.match = match[i : last+1]
		c.first = i
		found = append(found, c)
		next, nextTag = t.start, i
		if len(found) == xmlTries {
			break
		}
	}
	slices.Reverse(found)
	return found
}

// extend widens a document whose items stand in elements beside the one with
// the type, as in <type>answer</type><subtodos>…</subtodos>.
func (x *xmlReader) extend(tags []tag, match []int, first, last, limit int, closed bool) (newLast int, nowClosed bool) {
	if x.list == "" || strings.EqualFold(x.list, x.root) {
		return last, closed
	}
	isList := func(t tag) bool { return t.kind == openTag && strings.EqualFold(localName(t.name), x.list) }
	if slices.ContainsFunc(tags[first:last+1], isList) {
		return last, closed
	}
	for i := last + 1; i < limit && isList(tags[i]); i++ {
		if match[i] < 0 {
			return limit - 1, false
		}
		last, i = match[i], match[i]
	}
	return last, closed
}

// pairTags matches opening and closing tags of each name as brackets are
// matched. Where a bare root tag inside of one with attributes took its
// closing tag (a tag's name quoted in an item), the outer one gets it.
func pairTags(tags []tag, isRoot func(tag) bool) []int {
	match := make([]int, len(tags))
	open := map[string][]int{}
	for i, t := range tags {
		match[i] = -1
		name := strings.ToLower(t.name)
		stack := open[name]
		switch {
		case t.kind == openTag:
			open[name] = append(stack, i)
		case t.kind == closeTag && len(stack) > 0:
			top := stack[len(stack)-1]
			match[i], match[top] = top, i
			open[name] = stack[:len(stack)-1]
		}
	}
	pending := -1 // an unmatched root tag with attributes
	for i, t := range tags {
		if !isRoot(t) || t.kind != openTag {
			continue
		}
		switch {
		case len(t.attrs) > 0 && match[i] < 0:
			pending = i
		case len(t.attrs) > 0:
			pending = -1
		case pending >= 0 && match[i] >= 0:
			match[pending], match[match[i]] = match[i], pending
			match[i] = -1
			pending = -1
		}
	}
	return match
}

// read parses the candidate, strictly and else tolerantly, and looks for its
// type.
func (c *xmlCandidate) read(x *xmlReader) {
	piece := c.text[c.base : c.base+c.length]
	if c.respelled != "" {
		c.fault(CodeQuotes, 0, c.respelled)
	}
	var strict *xmlquery.Node
	var why error
	if c.closed && c.depth() <= maxDepth {
		if strict, why = xmlquery.Parse(strings.NewReader(piece)); why == nil {
			c.tree = strict
			if c.selectType(x); c.hasType {
				c.checkAttributes()
				return
			}
		}
	}
	before := len(c.faults)
	c.tree = c.build(x)
	c.selectType(x)
	switch {
	case strict != nil && why == nil && !c.hasType:
		c.tree, c.faults = strict, c.faults[:before]
	case !c.closed:
		c.fault(CodeTruncated, c.length, "the document ends before it is closed")
	case len(c.faults) == before && why != nil:
		if syntax, ok := errors.AsType[*xml.SyntaxError](why); ok {
			why = errors.New(syntax.Msg)
		}
		c.fault(CodeRepaired, 0, "the document is not valid XML: "+why.Error())
	}
}

func (c *xmlCandidate) selectType(x *xmlReader) {
	if x.typ == "" {
		return
	}
	for _, s := range selectNodes(x.typ, c.tree) {
		if !isBlank(s.text) {
			c.rawType, c.hasType = s.text, true
			if s.name != "" {
				c.rawType = strings.TrimSpace(s.text)
			}
			return
		}
	}
}

// checkAttributes looks for an attribute that stands twice in one tag, which
// the strict parser lets pass.
func (c *xmlCandidate) checkAttributes() {
	for _, t := range c.tags {
		for i, a := range t.attrs {
			if i < 16 && slices.ContainsFunc(t.attrs[:i], func(b attribute) bool { return a.name == b.name }) {
				c.fault(CodeRepaired, t.start-c.base, "an attribute stands twice in one tag; the first one counts")
			}
		}
	}
}

func (c *xmlCandidate) depth() int {
	depth, deepest := 0, 0
	for _, t := range c.tags {
		switch t.kind {
		case openTag:
			depth++
			deepest = max(deepest, depth)
		case closeTag:
			depth--
		}
	}
	return deepest
}

func localName(name string) string {
	return name[strings.LastIndexByte(name, ':')+1:]
}

// indexFold is strings.Index without regard to the case of ASCII letters.
func indexFold(text, part string) int {
	for i := 0; i+len(part) <= len(text); i++ {
		j := strings.IndexByte(text[i:], part[0])
		if j < 0 || i+j+len(part) > len(text) {
			return -1
		}
		i += j
		if strings.EqualFold(text[i:i+len(part)], part) {
			return i
		}
	}
	return -1
}

// lastIndexFold is strings.LastIndex without regard to the case of ASCII
// letters.
func lastIndexFold(text, part string) int {
	for end := len(text); ; {
		i := strings.LastIndexByte(text[:end], part[0])
		if i < 0 || i+len(part) <= len(text) && strings.EqualFold(text[i:i+len(part)], part) {
			return i
		}
		end = i
	}
}
