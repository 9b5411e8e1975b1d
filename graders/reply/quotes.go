package reply

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The characters that models write instead of a straight quote.
const (
	doubleQuotes = "\"“”„‟＂«»"
	singleQuotes = "'‘’‚‛＇`´"
)

func isQuote(r rune) bool { return quoteClass(r) != 0 }

// quoteClass returns 2 for a double quote of any shape, 1 for a single one, 0 for
// any other character.
func quoteClass(r rune) int {
	switch {
	case strings.ContainsRune(doubleQuotes, r):
		return 2
	case strings.ContainsRune(singleQuotes, r):
		return 1
	}
	return 0
}

// unquote removes one pair of quotes of the same class, and the backslashes
// before them.
func unquote(s string) string {
	inner := strings.TrimPrefix(s, `\`)
	escaped := len(inner) != len(s)
	first, n := utf8.DecodeRuneInString(inner)
	last, m := utf8.DecodeLastRuneInString(inner)
	if len(inner) < n+m || quoteClass(first) == 0 || quoteClass(first) != quoteClass(last) {
		return s
	}
	inner = inner[n : len(inner)-m]
	if escaped {
		inner = strings.TrimSuffix(inner, `\`)
	}
	return inner
}

func newDefect(code Code, format string, args ...any) Defect {
	return Defect{Code: code, Detail: oneLine(fmt.Sprintf(format, args...))}
}

// oneLine makes a detail one short line.
func oneLine(s string) string {
	const limit = 400
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	return cutRunes(s, limit)
}

func quoteShort(s string) string { return fmt.Sprintf("%q", cutRunes(s, 40)) }

// cutRunes returns the first runes of s, with an ellipsis if it has more.
func cutRunes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n == limit {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
