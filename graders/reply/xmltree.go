package reply

import (
	"encoding/xml"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/antchfx/xmlquery"
)

// maxDepth bounds the nesting of elements; deeper tags are ignored, so that
// no walk over the tree recurses further.
const maxDepth = 500

// An xmlCandidate is an element, closed or not, that could be the document.
type xmlCandidate struct {
	span             // in the reply's text
	text      string // the text that the tags' offsets refer to
	base      int    // offset of the candidate in it
	length    int    // of the candidate in it
	tags      []tag  // the tags inside, the first one its own
	match     []int  // of each tag the index of its partner among the text's tags; negative for none
	first     int    // the index of the candidate's own tag among them
	closed    bool
	respelled string // the spelling of < and >, if they are written otherwise
	tree      *xmlquery.Node
	rawType   string
	hasType   bool
	typeNode  *xmlquery.Node // the element that is the type, if one is
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
// If there is none, it looks for one that is written with other characters than
// < and >.
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
		{
			"＜", "＞", strings.NewReplacer("＜／", "</", "＜", "<", "＞", ">").Replace,
			"the document is written with full-width ＜ and ＞",
		},
	} {
		if !strings.Contains(text, spelling.open) {
			continue
		}
		name := regexp.QuoteMeta(x.root)
		opening := regexp.MustCompile("(?i)" + spelling.open + name).FindStringIndex(text)
		if opening == nil {
			continue
		}
		start := opening[0]
		end := nextFence(text, start)
		closing := regexp.MustCompile("(?i)" + spelling.open + "[/／]" + name + spelling.shut)
		if all := closing.FindAllStringIndex(text[start:], -1); all != nil {
			end = start + all[len(all)-1][1]
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
	next, nextTag := len(text), len(tags) // offset and index of the next root
	for i, t := range slices.Backward(tags) {
		if !isRoot(t) {
			continue
		}
		c := xmlCandidate{text: text, base: t.start, first: i, closed: true}
		last := i
		if t.kind == openTag {
			last = match[i]
			if c.closed = last >= 0; !c.closed {
				last = nextTag - 1
			}
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
		found = append(found, c)
		next, nextTag = t.start, i
		if len(found) == xmlTries {
			break
		}
	}
	slices.Reverse(found)
	return found
}

// extend widens a document whose items are in elements beside the one with
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

// pairTags matches the opening and closing tags of each name like brackets. If
// a bare root tag inside one with attributes took its closing tag (an item
// quotes a tag's name), the outer one gets it.
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

// read parses the candidate, strictly or else tolerantly, and selects its type.
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
	nodes, _ := selectNodes(x.typ, c.tree)
	for _, s := range nodes {
		if !isBlank(s.text) {
			c.rawType, c.hasType, c.typeNode = s.text, true, s.node
			if s.name != "" {
				c.rawType = strings.TrimSpace(s.text)
			}
			return
		}
	}
}

// checkAttributes looks for an attribute that a tag has twice, which the strict
// parser accepts.
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
