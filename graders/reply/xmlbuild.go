package reply

import (
	"encoding/xml"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/antchfx/xmlquery"
)

// build makes a tree of a candidate that is no valid XML. An HTML parser would
// read it too, but by HTML's rules: it drops CDATA and what stands in <select>,
// moves what stands in <table>, and takes "A<B 확인" for a tag. Here only tags
// that come in pairs, or are named in the rules, are tags; any other < is text.
func (c *xmlCandidate) build(x *xmlReader) *xmlquery.Node {
	b := treeBuilder{c: c, x: x, pos: c.base, top: &xmlquery.Node{Type: xmlquery.DocumentNode}}
	b.escaped = len(c.tags) > 0 && c.tags[0].escaped
	for i := range c.tags {
		b.tag(i)
	}
	b.textTo(c.base + c.length - len(c.tornTag()))
	for b.top.Parent != nil {
		b.top = b.top.Parent
	}
	return b.top
}

// tornTag is the < or </ that a document which was cut off ends in: the
// beginning of its next tag, and no text.
func (c *xmlCandidate) tornTag() string {
	if c.closed {
		return ""
	}
	piece := c.text[c.base : c.base+c.length]
	for _, torn := range []string{"</", "<"} {
		if strings.HasSuffix(piece, torn) {
			return torn
		}
	}
	return ""
}

type treeBuilder struct {
	c       *xmlCandidate
	x       *xmlReader
	top     *xmlquery.Node
	ends    []int // of each open element the index of its closing tag, or -1
	pos     int   // up to where the text was taken
	escaped bool  // backslash escapes stand in the text
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
		b.add(&xmlquery.Node{Type: xmlquery.CharDataNode, Data: stripControls(b.c.text[t.start+len("<![CDATA[") : t.end-len("]]>")])})
		b.pos = t.end
	case closeTag:
		if !b.opened(i) && b.textBehind(t) {
			return // textTo takes it along, and says so
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

// element says whether a tag begins an element, and which tag ends it.
func (b *treeBuilder) element(i int, t tag) (end int, ok bool) {
	end = b.partner(i)
	known := b.x.spelling[strings.ToLower(localName(t.name))] != "" && !strings.EqualFold(localName(t.name), b.x.root)
	return end, i == 0 || end >= 0 || known || t.kind == emptyTag || breaksLine(t.name)
}

// breaksLine lists the HTML elements that are often left open.
func breaksLine(name string) bool {
	switch strings.ToLower(name) {
	case "br", "hr", "p", "li":
		return true
	}
	return false
}

// partner is the index, within the candidate, of the tag that closes tag i.
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

// opened reports whether a closing tag ends one of the open elements.
func (b *treeBuilder) opened(i int) bool { return slices.Contains(b.ends, i) }

// textBehind reports whether a line goes on behind a tag. A tag that nothing
// opened stands there as the words around it do; at the end of a line it is one
// that was misspelled or left over.
func (b *treeBuilder) textBehind(t tag) bool {
	rest := strings.TrimLeft(head(b.c.text[t.end:b.c.base+b.c.length], 64), " \t")
	return rest != "" && !strings.ContainsAny(rest[:1], "<\r\n")
}

func (b *treeBuilder) close(i int, t tag) {
	for k, end := range slices.Backward(b.ends) {
		if end != i {
			continue
		}
		for n := len(b.ends); n > k; n-- {
			b.top = b.top.Parent
		}
		b.ends = b.ends[:k]
		return
	}
	b.c.fault(CodeRepaired, t.start-b.c.base, "a closing tag without its opening one")
}

// spell gives a name the case it has in the rules.
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

// isBlank reports whether there is nothing to read in a text: space, characters
// that are not seen, and what stands for bytes that were no text.
func isBlank(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool {
		return !unicode.IsSpace(c) && !unicode.Is(unicode.Cf, c) && !unicode.IsControl(c) && c != utf8.RuneError
	})
}
