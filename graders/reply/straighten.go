package reply

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// objectEnd finds the end of the object that text begins with, in JSON with wrong
// or full-width quotes and commas: a quote ends a string only before something
// that can follow a string. To out, unless it is nil, it writes the object with
// plain quotes around strings, escaped ones and escaped line breaks inside, no
// comma before a closing bracket, and the missing brackets before one.
func objectEnd(text string, out *strings.Builder) (end int, ok bool) {
	s := straightener{out: out}
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRuneInString(text[i:])
		if c == '\\' && (s.class == 0 || s.escaped) {
			if q, m := utf8.DecodeRuneInString(text[i+n:]); isQuote(q) {
				s.escaped = true
				c, n = q, n+m
			}
		} else if s.class == 0 {
			s.escaped = false
		}
		if s.class != 0 && c == '\\' {
			n = min(n+1, len(text)-i)
		}
		if s.class != 0 {
			s.inString(c, text[i:i+n], text[i+n:])
		} else if s.outside(c, text[i:i+n]) {
			return i + n, true
		}
		i += n
	}
	return 0, false
}

type straightener struct {
	out     *strings.Builder
	stack   []byte // the open brackets
	class   int    // class of the current string's first quote, 0 outside of strings
	value   bool   // the string is behind a colon
	escaped bool   // its first quote has a backslash before it
	last    rune   // the last character outside of strings, except white space
	comma   bool   // a comma is not yet written
}

func (s *straightener) write(piece string) {
	if s.out != nil {
		s.out.WriteString(piece)
	}
}

func (s *straightener) inString(c rune, piece, after string) {
	switch {
	case quoteClass(c) == s.class && s.endsString(after):
		s.class, s.last = 0, c
		s.write(`"`)
	case strings.ContainsRune("\"\n\r\t", c):
		quoted := strconv.Quote(string(c))
		s.write(quoted[1 : len(quoted)-1])
	case piece == `\'`:
		s.write("'")
	default:
		s.write(piece)
	}
}

// outside reads a character outside of strings and reports whether it closed
// the object.
func (s *straightener) outside(c rune, piece string) bool {
	if unicode.IsSpace(c) {
		s.write(piece)
		return false
	}
	if plain := plainMark(c); plain != c {
		c, piece = plain, string(plain)
	}
	before := s.last
	s.last = c
	closes := c == '}' || c == ']'
	if s.comma && !closes && c != ',' {
		s.write(",")
	}
	s.comma = c == ','
	switch {
	case s.comma:
		return false
	case quoteClass(c) == 2, quoteClass(c) == 1 && strings.ContainsRune("{[,:", before):
		s.class, s.value = quoteClass(c), before == ':'
		piece = `"`
	case c == '{' || c == '[':
		s.stack = append(s.stack, piece[0])
	case closes:
		open := byte('{')
		if c == ']' {
			open = '['
		}
		at := bytes.LastIndexByte(s.stack, open)
		if at < 0 {
			return false // a bracket too many
		}
		for i := len(s.stack) - 1; i > at; i-- {
			s.write(closer(s.stack[i]))
		}
		s.stack = s.stack[:at]
	}
	s.write(piece)
	return closes && len(s.stack) == 0
}

func closer(open byte) string {
	if open == '[' {
		return "]"
	}
	return "}"
}

// endsString reports whether a quote in a string ends it: the text after it can
// follow a string. A comma or a second quote alone may also follow a quoted word.
func (s *straightener) endsString(after string) bool {
	for i, c := range head(after, 256) {
		switch plainMark(c) {
		case ',':
			return s.goesOnWith(after[i+utf8.RuneLen(c):])
		case ':':
			return !s.value || startsValue(after[i+utf8.RuneLen(c):])
		case ']', '}', '\n':
			return true
		}
		switch {
		case unicode.IsSpace(c):
		case isQuote(c):
			// A doubled quote belongs to the text.
			return i > 0 && s.goesOnWith(after[i:])
		default:
			return false
		}
	}
	return true
}

// goesOnWith reports whether the text continues with the next member or element
// of the open object or list, or with its end.
func (s *straightener) goesOnWith(rest string) bool {
	rest = strings.TrimLeftFunc(head(rest, 256), unicode.IsSpace)
	if s.escaped {
		rest = strings.ReplaceAll(rest, `\`, "")
	}
	c, n := utf8.DecodeRuneInString(rest)
	switch plainMark(c) {
	case '}', ']', '/', '#', utf8.RuneError: // RuneError at the end of the text
		return true
	case '{', '[':
		return s.inList()
	}
	if isQuote(c) {
		rest = rest[n:]
		end := strings.IndexFunc(rest, func(q rune) bool { return quoteClass(q) == quoteClass(c) })
		if end < 0 || s.inList() {
			return true
		}
		_, n = utf8.DecodeRuneInString(rest[end:])
		return startsWithColon(rest[end+n:])
	}
	word := strings.IndexFunc(rest, func(c rune) bool {
		return !strings.ContainsRune("+-.$_", c) && (c >= utf8.RuneSelf || !unicode.IsLetter(c) && !unicode.IsDigit(c))
	})
	switch {
	case word < 0:
		return true
	case word == 0:
		return false
	case s.inList(): // a number, true, null
		behind, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(rest[word:], unicode.IsSpace))
		return behind == utf8.RuneError || strings.ContainsRune(",]}", plainMark(behind))
	}
	return startsWithColon(rest[word:])
}

// inList reports whether the innermost open bracket opens a list.
func (s *straightener) inList() bool {
	return len(s.stack) > 0 && s.stack[len(s.stack)-1] == '['
}

// startsValue reports whether the text behind a colon can be a value, unlike the
// words behind a name such as "C": 드라이브.
func startsValue(text string) bool {
	c, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(head(text, 256), unicode.IsSpace))
	return c == utf8.RuneError || isQuote(c) || strings.ContainsRune("{[-0123456789", plainMark(c))
}

func startsWithColon(text string) bool {
	c, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(text, unicode.IsSpace))
	return plainMark(c) == ':' || c == utf8.RuneError
}

// plainMark returns the mark of JSON for a full-width one.
func plainMark(c rune) rune {
	switch c {
	case '：', '，', '｛', '｝', '［', '］':
		return c - '：' + ':' // the full-width forms have the order of ASCII
	}
	return c
}
