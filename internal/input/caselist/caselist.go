// Package caselist edits the list of cases in a suite's file as text, so that comments and layout stay: it adds cases,
// takes cases out, and sets a group or an expected type. Every edit is read back and compared with what was meant.
// Where a file is written in a way that an edit would not keep, the error says so and nothing changes.
package caselist

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/suite"
)

// ErrNoList says that a file has no list of cases.
var ErrNoList = errors.New("there is no list of cases")

// A List is the text of a file in YAML with a list of cases.
type List struct {
	path  string
	lines []string // without their ends
	end   string   // of a line
	items []item
}

// An item is a case and its lines.
type item struct {
	suite.Case

	node     strictyaml.Node
	from, to int // lines, from 0
	dash     int // bytes in front of the dash
}

// A Block is the text of a case.
type Block struct {
	lines []string
	dash  int
}

// Parse reads the list of cases in a file. The path is for errors.
func Parse(path string, data []byte) (*List, error) {
	doc, probs := strictyaml.Parse(path, data)
	if err := probs.Err(); err != nil {
		return nil, err
	}
	l := &List{path: path, end: "\n"}
	if doc == nil || doc.Root().Get("cases").Kind() != strictyaml.List {
		return nil, fmt.Errorf("%s: %w", path, ErrNoList)
	}
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s is not UTF-8, so its text cannot be edited; convert it", path)
	}
	text := string(data)
	if strings.Contains(text, "\r\n") {
		l.end, text = "\r\n", strings.ReplaceAll(text, "\r\n", "\n")
	}
	l.lines = strings.Split(text, "\n")
	for _, n := range doc.Root().Get("cases").Items() {
		one := item{node: n}
		if err := n.Decode(&one.Case).Err(); err != nil {
			return nil, err
		}
		line, column := n.Pos()
		one.from = line - 1
		if one.from < 0 || one.from >= len(l.lines) {
			return nil, l.unlike(line)
		}
		before := firstRunes(l.lines[one.from], column-1)
		if strings.TrimSpace(before) != "-" {
			return nil, l.unlike(line)
		}
		one.dash = strings.Index(before, "-")
		one.to = l.endOf(one.from, one.dash)
		l.items = append(l.items, one)
	}
	return l, nil
}

func (l *List) unlike(line int) error {
	return fmt.Errorf("%s:%d: the case does not begin on a line of its own with a dash, so the file cannot be edited; "+
		"write it that way, or edit it by hand", l.path, line)
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// endOf is the line behind an item: its lines are deeper than its dash, or empty.
func (l *List) endOf(from, dash int) int {
	last := from
	for i := from + 1; i < len(l.lines); i++ {
		text := strings.TrimLeft(l.lines[i], " ")
		if text == "" {
			continue
		}
		if len(l.lines[i])-len(text) <= dash {
			break
		}
		last = i
	}
	return last + 1
}

// Path is that of the file.
func (l *List) Path() string { return l.path }

// Bytes is the text of the file.
func (l *List) Bytes() []byte { return []byte(strings.Join(l.lines, l.end)) }

// Cases are those of the list, in order.
func (l *List) Cases() []suite.Case {
	out := make([]suite.Case, len(l.items))
	for i := range l.items {
		out[i] = l.items[i].Case
	}
	return out
}

func (l *List) find(id string) (*item, error) {
	at := slices.IndexFunc(l.items, func(one item) bool { return one.ID == id })
	if at < 0 {
		return nil, fmt.Errorf("%s has no case %s", l.path, id)
	}
	return &l.items[at], nil
}

// Line is where a case begins, from 1; 0 for an unknown one.
func (l *List) Line(id string) int {
	one, err := l.find(id)
	if err != nil {
		return 0
	}
	return one.from + 1
}

// Block is the text of a case, for [List.Append].
func (l *List) Block(id string) (Block, error) {
	one, err := l.find(id)
	if err != nil {
		return Block{}, err
	}
	return Block{slices.Clone(l.lines[one.from:one.to]), one.dash}, nil
}

// Append adds cases at the end of the list, as deep as the last one.
func (l *List) Append(blocks ...Block) (*List, error) {
	if len(l.items) == 0 {
		return nil, fmt.Errorf("%s: %w", l.path, ErrNoList)
	}
	last := l.items[len(l.items)-1]
	var lines []string
	want := l.Cases()
	for _, b := range blocks {
		for _, text := range b.lines {
			lines = append(lines, indented(text, last.dash-b.dash))
		}
		one, err := b.parse()
		if err != nil {
			return nil, err
		}
		want = append(want, one)
	}
	return l.edited(slices.Insert(slices.Clone(l.lines), last.to, lines...), want)
}

// indented moves a line so many columns to the right, or to the left as far as it has spaces.
func indented(text string, by int) string {
	switch {
	case text == "":
		return text
	case by >= 0:
		return strings.Repeat(" ", by) + text
	}
	spaces := len(text) - len(strings.TrimLeft(text, " "))
	return text[min(-by, spaces):]
}

func (b Block) parse() (suite.Case, error) {
	l, err := Parse("the case", []byte("cases:\n"+strings.Join(b.lines, "\n")+"\n"))
	if err != nil {
		return suite.Case{}, err
	}
	return l.items[0].Case, nil
}

// Without takes cases out. The last case stays, since a list has one at least.
func (l *List) Without(ids ...string) (*List, error) {
	lines := slices.Clone(l.lines)
	want := []suite.Case{}
	for _, one := range slices.Backward(l.items) {
		if slices.Contains(ids, one.ID) {
			lines = slices.Delete(lines, one.from, one.to)
		} else {
			want = append(want, one.Case)
		}
	}
	slices.Reverse(want)
	if len(want) == 0 {
		return nil, fmt.Errorf("%s: %w", l.path, ErrNoList)
	}
	return l.edited(lines, want)
}

// edited reads the edited text back, and compares it with what is meant.
func (l *List) edited(lines []string, want []suite.Case) (*List, error) {
	out, err := Parse(l.path, []byte(strings.Join(lines, l.end)))
	if err != nil {
		return nil, fmt.Errorf("editing %s as text: %w", l.path, err)
	}
	if !reflect.DeepEqual(out.Cases(), want) {
		return nil, fmt.Errorf("%s is written in a way that cannot be edited as text; edit it by hand", l.path)
	}
	return out, nil
}
