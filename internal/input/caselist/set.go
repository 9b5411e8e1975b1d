package caselist

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"promptbench/internal/input/strictyaml"
)

// SetGroup gives a case a group. A case that has one keeps it, and the list stays as it is.
func (l *List) SetGroup(id, group string) (*List, error) {
	one, err := l.find(id)
	if err != nil || one.Group != "" {
		return l, err
	}
	line, column := one.node.AtKey("id").Pos()
	lines := slices.Clone(l.lines)
	text := &lines[line-1]
	if isFlow := strings.HasPrefix(strings.TrimLeft(l.lines[one.from][one.dash+1:], " "), "{"); isFlow {
		at, err := l.behind(one.node.Get("id"))
		if err != nil {
			return nil, err
		}
		*text = (*text)[:at] + ", group: " + inline(group) + (*text)[at:]
	} else {
		lines = slices.Insert(lines, line, strings.Repeat(" ", column-1)+"group: "+inline(group))
	}
	want := l.Cases()
	want[slices.IndexFunc(l.items, func(other item) bool { return other.ID == id })].Group = group
	return l.edited(lines, want)
}

// SetType writes the expected type of a case in place of the one that is there.
func (l *List) SetType(id, expected string) (*List, error) {
	one, err := l.find(id)
	if err != nil {
		return nil, err
	}
	n := one.node.Get("expect").Get("type")
	if n.Kind() != strictyaml.Text {
		return nil, fmt.Errorf("%s:%d: the case %s has no expect.type; write one there", l.path, one.from+1, id)
	}
	line, column := n.Pos()
	to, err := l.behind(n)
	if err != nil {
		return nil, err
	}
	lines := slices.Clone(l.lines)
	text := lines[line-1]
	lines[line-1] = firstRunes(text, column-1) + inline(expected) + text[to:]
	want := l.Cases()
	want[slices.IndexFunc(l.items, func(other item) bool { return other.ID == id })].Expect.Type = expected
	return l.edited(lines, want)
}

// behind is the byte of a line behind a text on it, with its quotes.
func (l *List) behind(n strictyaml.Node) (int, error) {
	line, column := n.Pos()
	text := l.lines[line-1]
	at := len(firstRunes(text, column-1))
	rest := text[at:]
	switch {
	case strings.HasPrefix(rest, n.Text()):
		return at + len(n.Text()), nil
	case rest != "" && strings.ContainsRune(`"'`, rune(rest[0])):
		if end := strings.IndexByte(rest[1:], rest[0]); end >= 0 {
			return at + end + 2, nil
		}
	}
	return 0, fmt.Errorf("%s:%d: %s is written in a way that cannot be edited as text; edit it by hand", l.path, line,
		n.Text())
}

// inline is a text as YAML takes it on a line, in quotes where it needs them. What it makes of it is read back.
func inline(text string) string {
	if isPlain := regexp.MustCompile(`^[\pL_][\pL\pN_.-]*$`); isPlain.MatchString(text) && !strings.HasSuffix(text, ".") {
		return text
	}
	quoted, err := json.Marshal(text)
	if err != nil || !utf8.ValidString(text) { // a string always has a form
		return text
	}
	return string(quoted)
}
