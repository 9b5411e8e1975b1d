package reply

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// objectEnd finds the end of the object that text begins with, in JSON whose
// quotes and commas may be wrong, or full-width: a quote only ends a string where
// something follows that can follow a string. To out, if that is not nil, it writes what
// it reads with plain quotes around strings, escaped ones and escaped line
// breaks inside, no comma before a closing bracket, and the brackets that are
// missing before one.
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
	stack   []byte // the brackets that are open
	class   int    // class of the quote the current string began with, 0 outside of strings
	value   bool   // that string stands behind a colon
	escaped bool   // that quote had a backslash before it
	last    rune   // the last character outside of strings but for white space
	comma   bool   // a comma was read that is not yet written
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
	case c == '"':
		s.write(`\"`)
	case c == '\n':
		s.write(`\n`)
	case c == '\r':
		s.write(`\r`)
	case c == '\t':
		s.write(`\t`)
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

// endsString reports whether a quote in a string ends it, by what stands behind
// it: what can follow a string there, and not just a comma or a second quote, as
// they stand behind a quoted word as well.
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
			// Right behind it is a doubled quote, which belongs to the text.
			return i > 0 && s.goesOnWith(after[i:])
		default:
			return false
		}
	}
	return true
}

// goesOnWith reports whether the text goes on with the next member or element
// of what is open, or with its end.
func (s *straightener) goesOnWith(rest string) bool {
	rest = strings.TrimLeftFunc(head(rest, 256), unicode.IsSpace)
	if s.escaped {
		rest = strings.ReplaceAll(rest, `\`, "")
	}
	c, n := utf8.DecodeRuneInString(rest)
	switch plainMark(c) {
	case '}', ']', '/', '#', utf8.RuneError: // the last one: nothing is left
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

// inList reports whether the innermost open bracket is one of a list.
func (s *straightener) inList() bool {
	return len(s.stack) > 0 && s.stack[len(s.stack)-1] == '['
}

// startsValue reports whether what stands behind a colon can be a value, and not
// the words behind a name such as "C": 드라이브.
func startsValue(text string) bool {
	c, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(head(text, 256), unicode.IsSpace))
	return c == utf8.RuneError || isQuote(c) || strings.ContainsRune("{[-0123456789", plainMark(c))
}

func startsWithColon(text string) bool {
	c, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(text, unicode.IsSpace))
	return plainMark(c) == ':' || c == utf8.RuneError
}

// plainMark is the mark of JSON that a full-width one stands for.
func plainMark(c rune) rune {
	switch c {
	case '：', '，', '｛', '｝', '［', '］':
		return c - '：' + ':' // the full-width forms stand in the order of ASCII
	}
	return c
}
