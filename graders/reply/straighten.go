package reply

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// objectEnd finds the end of the object that text begins with, in JSON whose
// quotes and commas may be wrong: a quote only ends a string where something
// follows that can follow a string. To out, if that is not nil, it writes what
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
	case quoteClass(c) == s.class && endsString(after):
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
		s.class = quoteClass(c)
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

func endsString(after string) bool {
	for i, c := range head(after, 256) {
		switch {
		case c == '\n':
			return true
		case unicode.IsSpace(c):
		default:
			// A quote right after is the next string only with a space between:
			// without one it is a doubled quote inside the text.
			return strings.ContainsRune(",:]}", c) || i > 0 && isQuote(c)
		}
	}
	return true
}
