package reply

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxItems is the number of items that are read of a reply; more is a defect.
const MaxItems = 20_000

// A list is the items in a text, and what of it is none.
type list struct {
	items   []string
	marked  bool     // a line has a mark
	blanks  int      // marks without text
	dropped []string // lines that belong to no item, but for the refusal
	escaped bool     // line breaks are written as \n
}

// join appends another list.
func (l *list) join(other list) {
	l.items, l.dropped = append(l.items, other.items...), append(l.dropped, other.dropped...)
	l.blanks += other.blanks
	l.marked, l.escaped = l.marked || other.marked, l.escaped || other.escaped
}

// addList sets the document's items, with a defect for whatever is no item.
func (d *document) addList(l list) {
	d.items = l.items
	if l.escaped {
		d.add(CodeRepaired, `line breaks are written as \n`)
	}
	if l.blanks > 0 {
		d.add(CodeItemBlank, "marks without text: %d", l.blanks)
	}
	if n := len(l.dropped); n > 0 {
		d.add(CodeDroppedText, "lines that belong to no item: %d, the first one %s", n, quoteShort(l.dropped[0]))
	}
}

// limitItems keeps the first MaxItems items.
func (d *document) limitItems() {
	if n := len(d.items); n > MaxItems {
		d.items = d.items[:MaxItems]
		d.add(CodeTooManyItems, "the reply has %d items; only the first %d were read", n, MaxItems)
	}
}

// readList splits text at its marked lines. An unmarked line continues the item
// above it; text before the first mark, and the refusal, are not items. Without any
// mark two or more lines are items, and a single one is none. At the end of a cut
// text, the beginning of a mark is ignored.
func (r *Reader) readList(text string, cut bool) list {
	text, escaped := breakLines(text)
	out := list{escaped: escaped}
	var lines []string
	for _, line := range strings.FieldsFunc(text, isLineBreak) {
		if line = trimInvisible(line); line != "" {
			lines = append(lines, line)
		}
	}
	if r.isRefusal(strings.Join(lines, " ")) {
		return out
	}
	lines = slices.DeleteFunc(lines, isRule)
	parse := markOf(lines)
	if parse == nil {
		return r.unmarked(out, lines, cut)
	}

	var parts []string // of the current item
	flush := func() {
		item := trimInvisible(strings.Join(parts, " "))
		switch {
		case parts == nil:
		case isBlank(strings.Trim(item, "*_")): // emphasis of nothing
			out.blanks++
		case !r.isRefusal(item):
			out.items = append(out.items, item)
		}
		parts = nil
	}
	next := nextNumbers(lines, parse)
	number := 0 // of the last mark
	for i, line := range lines {
		if cut && i == len(lines)-1 && isTornMark(line, number+1) {
			continue
		}
		m, ok := parse(line)
		switch {
		case ok:
			out.marked, number = true, m.number
			for _, part := range splitLine(line, m, next[i], parse) {
				flush()
				parts = []string{part}
			}
		case r.isRefusal(line):
		case out.marked:
			parts = append(parts, line)
		default:
			out.dropped = append(out.dropped, line)
		}
	}
	flush()
	return out
}

// unmarked makes items of lines without marks. A first line that ends with a colon
// introduces the others.
func (r *Reader) unmarked(out list, lines []string, cut bool) list {
	if n := len(lines); cut && n > 0 && isTornMark(lines[n-1], 1) {
		lines = lines[:n-1]
	}
	lines = slices.DeleteFunc(slices.Clone(lines), func(s string) bool { return isBlank(s) || r.isRefusal(s) })
	if len(lines) > 2 && (strings.HasSuffix(lines[0], ":") || strings.HasSuffix(lines[0], "：")) {
		out.dropped, lines = append(out.dropped, lines[0]), lines[1:]
	}
	if len(lines) == 1 {
		out.dropped = append(out.dropped, lines...)
	} else {
		out.items = lines
	}
	return out
}

func isLineBreak(c rune) bool { return strings.ContainsRune("\n\r\u2028\u2029", c) }

// breakLines replaces a line break that is written as \n: a lower-case letter
// behind it would make it a path or a command, such as C:\new and \neq.
func breakLines(text string) (broken string, found bool) {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, `\n`)
		if !ok {
			break
		}
		c, _ := utf8.DecodeRuneInString(after)
		if c >= 'a' && c <= 'z' || strings.HasSuffix(before, `\`) {
			before += `\n`
		} else {
			before = strings.TrimSuffix(before, `\r`) + "\n"
			found = true
		}
		b.WriteString(before)
		text = after
	}
	b.WriteString(text)
	return b.String(), found
}

// trimInvisible removes the white space and the invisible characters around a
// text. At its end some of these belong to an emoji.
func trimInvisible(s string) string {
	s = strings.TrimLeftFunc(s, func(c rune) bool { return unicode.IsSpace(c) || isInvisible(c) })
	return strings.TrimRightFunc(s, func(c rune) bool {
		return unicode.IsSpace(c) || isInvisible(c) && !unicode.Is(unicode.Variation_Selector, c) && c < 0xE0000
	})
}

// isInvisible reports whether a character shows nothing and is not white space.
func isInvisible(c rune) bool {
	return unicode.Is(unicode.Cf, c) && !unicode.Is(unicode.Prepended_Concatenation_Mark, c) ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, c) || unicode.Is(unicode.Variation_Selector, c) ||
		unicode.IsControl(c) && !unicode.IsSpace(c) || c == '\u2800' // a Braille pattern without dots
}

// isBlank reports whether a text has only white space, invisible characters and
// replacements of invalid bytes.
func isBlank(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool {
		return !unicode.IsSpace(c) && !isInvisible(c) && c != utf8.RuneError
	})
}
