package reply

import (
	"encoding/xml"
	"regexp"
	"slices"
	"strings"

	"github.com/antchfx/xmlquery"
)

// build makes a tree of a candidate that is not valid XML. An HTML parser would
// drop CDATA and the content of <select>, move the content of <table>, and take
// "A<B 확인" for a tag. Here only tags in pairs, and those that the rules name,
// are tags; any other < is text.
func (c *xmlCandidate) build(x *xmlReader) *xmlquery.Node {
	b := treeBuilder{c: c, x: x, pos: c.base, top: &xmlquery.Node{Type: xmlquery.DocumentNode}}
	b.escaped = len(c.tags) > 0 && c.tags[0].escaped
	for i := range c.tags {
		b.tag(i)
	}
	end := c.base + c.length
	if !c.closed {
		end -= len(tornTag.FindString(tail(c.text[c.base:end], 2)))
	}
	b.textTo(end)
	for b.top.Parent != nil {
		b.top = b.top.Parent
	}
	return b.top
}

// tornTag matches the beginning of the next tag at the end of a truncated document.
var tornTag = regexp.MustCompile(`</?$`)

type treeBuilder struct {
	c       *xmlCandidate
	x       *xmlReader
	top     *xmlquery.Node
	ends    []int // of each open element the index of its closing tag, or -1
	pos     int   // the end of the text that is in the tree
	escaped bool  // the text has backslash escapes
}

func (b *treeBuilder) tag(i int) {
	t := b.c.tags[i]
	at := t.start - b.c.base
	switch t.kind {
	case miscTag:
		b.textTo(t.start)
		b.pos = t.end
	case dataTag:
		b.textTo(t.start)
		data := b.c.text[t.start+len("<![CDATA[") : t.end-len("]]>")]
		b.add(&xmlquery.Node{Type: xmlquery.CharDataNode, Data: stripControls(data)})
		b.pos = t.end
	case closeTag:
		if !slices.Contains(b.ends, i) && b.textFollows(t) {
			return // textTo adds it to the text, and a fault
		}
		b.textTo(t.start)
		b.pos = t.end
		b.close(i, t)
	case emptyTag, openTag:
		end, ok := b.element(i, t)
		if !ok {
			b.c.fault(CodeRepaired, at, "a < that begins no element was read as text")
			return
		}
		b.textTo(t.start)
		b.pos = t.end
		if end < 0 && breaksLine(t.name) {
			b.add(&xmlquery.Node{Type: xmlquery.TextNode, Data: "\n"})
			return
		}
		b.open(t, end)
	}
}

// element reports whether a tag begins an element, and returns the index of the
// tag that ends it, or -1.
func (b *treeBuilder) element(i int, t tag) (end int, ok bool) {
	end = b.partner(i)
	known := b.x.spelling[strings.ToLower(localName(t.name))] != "" && !strings.EqualFold(localName(t.name), b.x.root)
	return end, i == 0 || end >= 0 || known || t.kind == emptyTag || breaksLine(t.name)
}

// breaksLine reports whether an HTML element is often left open.
func breaksLine(name string) bool {
	return slices.Contains([]string{"br", "hr", "p", "li"}, strings.ToLower(name))
}

// partner returns the index, within the candidate, of the tag that closes tag i,
// or -1.
func (b *treeBuilder) partner(i int) int {
	end := b.c.match[i] - b.c.first
	if b.c.match[i] < 0 || end >= len(b.c.tags) {
		return -1
	}
	return end
}

func (b *treeBuilder) open(t tag, end int) {
	node := &xmlquery.Node{Type: xmlquery.ElementNode, Data: b.spell(t.name, t)}
	for _, a := range t.attrs {
		node.Attr = append(node.Attr, xmlquery.Attr{Name: xml.Name{Local: b.spell(a.name, t)}, Value: a.value})
	}
	if t.odd {
		b.c.fault(CodeQuotes, t.start-b.c.base, "a tag without plain quotes: "+cutRunes(b.c.text[t.start:t.end], 60))
	}
	if t.cut {
		b.c.fault(CodeTruncated, t.start-b.c.base, "the text ends inside a tag")
	}
	b.add(node)
	if t.kind == openTag && len(b.ends) < maxDepth {
		b.top = node
		b.ends = append(b.ends, end)
	}
}

// textFollows reports whether text follows a tag on its line. A closing tag
// without its opening one is text there; at the end of a line it is misspelled
// or left over.
func (b *treeBuilder) textFollows(t tag) bool {
	rest := strings.TrimLeft(head(b.c.text[t.end:b.c.base+b.c.length], 64), " \t")
	return rest != "" && !strings.ContainsAny(rest[:1], "<\r\n")
}

func (b *treeBuilder) close(i int, t tag) {
	k := slices.Index(b.ends, i)
	if k < 0 {
		b.c.fault(CodeRepaired, t.start-b.c.base, "a closing tag without its opening one")
		return
	}
	for range b.ends[k:] {
		b.top = b.top.Parent
	}
	b.ends = b.ends[:k]
}

// spell returns a name in the case that it has in the rules.
func (b *treeBuilder) spell(name string, t tag) string {
	name = localName(name)
	spelled := b.x.spelling[strings.ToLower(name)]
	if spelled == "" || spelled == name {
		return name
	}
	b.c.fault(CodeRepaired, t.start-b.c.base, "a name in another case: "+name+", not "+spelled)
	return spelled
}

func (b *treeBuilder) add(n *xmlquery.Node) { xmlquery.AddChild(b.top, n) }

func (b *treeBuilder) textTo(end int) {
	if end <= b.pos {
		return
	}
	raw := b.c.text[b.pos:end]
	if i := strings.IndexByte(raw, '<'); i >= 0 {
		b.c.fault(CodeRepaired, b.pos+i-b.c.base, "a < that begins no element was read as text")
	}
	text := stripControls(unescape(raw))
	if len(text) != len(raw) && strings.ContainsFunc(raw, isControl) {
		b.c.fault(CodeControlChars, b.pos-b.c.base, "control characters were dropped")
	}
	if i := strings.Index(raw, "& "); i >= 0 {
		b.c.fault(CodeRepaired, b.pos+i-b.c.base, "a bare & was read as text")
	}
	if b.escaped {
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\"`, `"`, `\\`, `\`).Replace(text)
	}
	b.add(&xmlquery.Node{Type: xmlquery.TextNode, Data: text})
	b.pos = end
}

// isControl reports whether XML forbids the character in text.
func isControl(c rune) bool {
	return c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7F
}

func stripControls(s string) string {
	return strings.Map(func(c rune) rune {
		if isControl(c) {
			return -1
		}
		return c
	}, s)
}
