// Package textsafe makes strings from outside, such as inputs and model
// replies, fit for a terminal: nothing in them can move the cursor, reorder the
// line or break a table, and widths are counted the way terminals draw them.
package textsafe

import (
	"strings"
	"unicode"

	"github.com/clipperhouse/displaywidth"
	"golang.org/x/text/unicode/norm"
)

// Cell makes s one line that fits a table cell: NFC, line breaks as ⏎, tabs as
// spaces, every control and direction-changing character taken out.
func Cell(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029', r == '\u0085':
			return '⏎'
		case r == '\t':
			return ' '
		}
		return keep(r)
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

// Block is [Cell] for text of several lines: line breaks and tabs stay.
func Block(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\t':
			return r
		case '\r', '\u2028', '\u2029', '\u0085':
			return '\n'
		}
		return keep(r)
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

// keep drops what a terminal would act on and what can't be seen: control
// characters, direction marks, embeddings, overrides and isolates, zero-width
// spaces, tags. The joiners that emoji and some scripts need stay.
func keep(r rune) rune {
	switch {
	case r >= ' ' && r < 0x7f, r >= '가' && r <= '힣': // nearly all text, told without tables
		return r
	case r == '\u200c', r == '\u200d': // joiners
		return r
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r): // format characters that are seen
		return r
	case unicode.In(r, unicode.Cc, unicode.Cf):
		return -1
	}
	return r
}

// Width is how many terminal columns s takes; Hangul and most emoji take two.
func Width(s string) int { return displaywidth.String(s) }

// Cut shortens s to at most width columns, an ellipsis included, and never
// inside a character that a reader sees as one.
func Cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	return displaywidth.TruncateString(s, width, "…")
}

// Wrap breaks a text between words into lines of at most width columns, where the words allow it. The first line begins
// with first, the others with rest, and there is at least one line.
func Wrap(text string, width int, first, rest string) []string {
	lines := []string{first}
	used := Width(first)
	for i, word := range strings.Fields(text) {
		columns := Width(word)
		last := len(lines) - 1
		switch {
		case i == 0:
		case used+1+columns > width:
			lines = append(lines, rest)
			last++
			used = Width(rest)
		default:
			lines[last] += " "
			used++
		}
		lines[last] += word
		used += columns
	}
	return lines
}
