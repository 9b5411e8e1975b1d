package strictyaml

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"promptbench/internal/input/problem"
)

// A Kind is the kind of a node's value.
type Kind int

// The kinds of nodes. None is the kind of a node that does not exist.
const (
	None Kind = iota
	Null
	Bool
	Int
	Float
	Text
	List
	Mapping
)

// A Node is one value of a document, or a key of a mapping. The kind of the zero
// Node is None.
type Node struct {
	d *Document
	n *yaml.Node
}

// An Entry is one key of a mapping with its value.
type Entry struct{ Key, Value Node }

func (d *Document) node(n *yaml.Node) Node {
	// An alias never points at an alias, and Parse refused cycles.
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return Node{d: d, n: n}
}

// Kind returns the kind of the node.
func (n Node) Kind() Kind {
	if n.n == nil {
		return None
	}
	switch n.n.Kind {
	case yaml.MappingNode:
		return Mapping
	case yaml.SequenceNode:
		return List
	}
	switch n.n.ShortTag() {
	case "!!null":
		return Null
	case "!!bool":
		return Bool
	case "!!int":
		return Int
	case "!!float":
		return Float
	}
	return Text
}

// Text returns a scalar as in the file, without quotes and indentation; it is
// empty for mappings and lists.
func (n Node) Text() string {
	if n.n == nil || n.n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.n.Value
}

// Items returns the elements of a list.
func (n Node) Items() []Node {
	if n.Kind() != List {
		return nil
	}
	out := make([]Node, len(n.n.Content))
	for i, c := range n.n.Content {
		out[i] = n.d.node(c)
	}
	return out
}

// Entries returns the entries of a mapping in order, merged ones (<<) last and
// only where the mapping has no such key itself.
func (n Node) Entries() []Entry { return n.mapping().entries }

// A mapping is the entries of a mapping, and the nodes that are no keys.
type mapping struct {
	entries []Entry
	bad     []Node
	at      map[string]int // the index of each key; nil for a small mapping
}

// large is from how many entries on a mapping is indexed, so that looking up each
// of its keys takes no quadratic time.
const large = 32

func (n Node) mapping() mapping {
	if n.Kind() != Mapping {
		return mapping{}
	}
	if len(n.n.Content) < 2*large {
		var m mapping
		m.entries, m.bad = n.entries(map[string]bool{}, 0)
		return m
	}
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	m, isKnown := n.d.large[n.n]
	if !isKnown {
		m.entries, m.bad = n.entries(map[string]bool{}, 0)
		m.at = make(map[string]int, len(m.entries))
		for i, e := range m.entries {
			m.at[e.Key.n.Value] = i
		}
		if n.d.large == nil {
			n.d.large = map[*yaml.Node]mapping{}
		}
		n.d.large[n.n] = m
	}
	return m
}

// maxMerges bounds how deep merges are followed.
const maxMerges = 100

func (n Node) entries(seen map[string]bool, depth int) (out []Entry, bad []Node) {
	if n.Kind() != Mapping || depth > maxMerges {
		return nil, nil
	}
	var merges []Node
	for i := 0; i+1 < len(n.n.Content); i += 2 {
		key, value := n.d.node(n.n.Content[i]), n.d.node(n.n.Content[i+1])
		switch {
		case isMerge(key.n):
			merges = append(merges, value)
		case key.n.Kind != yaml.ScalarNode:
			bad = append(bad, Node{d: n.d, n: n.n.Content[i]})
		case !seen[key.n.Value]:
			seen[key.n.Value] = true
			out = append(out, Entry{Key: Node{d: n.d, n: n.n.Content[i]}.keepPlace(key), Value: value})
		}
	}
	for _, m := range merges {
		sources := []Node{m}
		if m.Kind() == List {
			sources = m.Items()
		}
		for _, s := range sources {
			if s.Kind() != Mapping {
				bad = append(bad, s)
				continue
			}
			more, moreBad := s.entries(seen, depth+1)
			out, bad = append(out, more...), append(bad, moreBad...)
		}
	}
	return out, bad
}

// keepPlace returns the resolved key at the place of n, which may be an alias.
func (n Node) keepPlace(key Node) Node {
	if n.n == key.n {
		return key
	}
	c := *key.n
	c.Line, c.Column = n.n.Line, n.n.Column
	return Node{d: n.d, n: &c}
}

// Get returns the value of a key of a mapping; its kind is None if the mapping
// has no such key.
func (n Node) Get(key string) Node { return n.entry(key).Value }

// Has reports whether a mapping has a key, with or without a value.
func (n Node) Has(key string) bool { return n.Get(key).n != nil }

func (n Node) entry(key string) Entry {
	m := n.mapping()
	if m.at != nil {
		if i, ok := m.at[key]; ok {
			return m.entries[i]
		}
		return Entry{}
	}
	for _, e := range m.entries {
		if e.Key.n.Value == key {
			return e
		}
	}
	return Entry{}
}

// At returns the node that path leads to, or the deepest node on the way.
func (n Node) At(path ...any) Node {
	for _, step := range path {
		var next Node
		switch s := step.(type) {
		case string:
			next = n.Get(s)
		case int:
			if n.Kind() == List && s >= 0 && s < len(n.n.Content) {
				next = n.d.node(n.n.Content[s])
			}
		}
		if next.n == nil {
			return n
		}
		n = next
	}
	return n
}

// AtKey is like [Node.At] but returns the last key itself instead of its value.
func (n Node) AtKey(path ...any) Node {
	if len(path) == 0 {
		return n
	}
	parent := n.At(path[:len(path)-1]...)
	if key, ok := path[len(path)-1].(string); ok {
		if e := parent.entry(key); e.Key.n != nil {
			return e.Key
		}
	}
	return n.At(path...)
}

// Pos returns the place of the node, both from 1, the column in characters.
func (n Node) Pos() (line, column int) {
	if n.n == nil {
		return 0, 0
	}
	return n.n.Line, n.n.Column
}

// File returns the name that the node's document was parsed under.
func (n Node) File() string {
	if n.d == nil {
		return ""
	}
	return n.d.file
}

// Problem returns a problem at the node.
func (n Node) Problem(message, hint string) problem.Problem {
	p := problem.Problem{Message: message, Hint: hint}
	if n.d != nil {
		p.File = n.d.file
	}
	p.Line, p.Column = n.Pos()
	return p
}

// PosIn returns the place in the file of the bytes from..to of a scalar's text.
// It searches for that text, so indentation, folding and escapes before it do not
// matter; if the file spells it otherwise, the place is the node's.
func (n Node) PosIn(from, to int) (line, column int) {
	line, column = n.Pos()
	text := n.Text()
	if n.n == nil || from < 0 || to > len(text) || from >= to || len(n.d.lines) == 0 {
		return line, column
	}
	token := text[from:to]
	nth := strings.Count(text[:from], token)
	first, skip := line-1, column-1
	if n.n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		first, skip = line, 0 // the text starts on the line after the | or >
	}
	for i := first; i < len(n.d.lines); i++ {
		src := n.d.lines[i]
		at := 0
		if i == first {
			at = byteOffset(src, skip)
		}
		for {
			j := bytes.Index(src[at:], []byte(token))
			if j < 0 {
				break
			}
			if nth == 0 {
				return i + 1, utf8.RuneCount(src[:at+j]) + 1
			}
			nth--
			at += j + len(token)
		}
	}
	return line, column
}

func byteOffset(s []byte, n int) int {
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRune(s[at:])
		at += size
	}
	return at
}

// Describe returns the node's value in words for a problem's message.
func (n Node) Describe() string {
	switch n.Kind() {
	case None, Null:
		return "nothing"
	case Mapping:
		return "a mapping"
	case List:
		return "a list"
	case Text:
		return quote(n.Text())
	}
	return n.Text()
}

func quote(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return strconv.Quote(s)
}
