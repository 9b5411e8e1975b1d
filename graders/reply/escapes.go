package reply

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// fixEscapes replaces the escapes that JSON does not have: \u{1F95B} and \x41 by
// their characters, and the backslash of any other by a plain one.
func fixEscapes(text string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, `\`)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if c, length := oddEscape(after); length > 0 {
			quoted, err := json.Marshal(string(c))
			if err != nil {
				quoted = []byte(`"` + string(c) + `"`) // not reached: a character is JSON
			}
			b.Write(quoted[1 : len(quoted)-1])
			text = after[length:]
			continue
		}
		c, n := utf8.DecodeRuneInString(after)
		if !strings.ContainsRune(`\/bfnrt`, c) && !isQuote(c) && !(c == 'u' && isHex(after[1:], 4)) {
			b.WriteByte('\\')
			n = 0
		}
		b.WriteByte('\\')
		b.WriteString(after[:n])
		text = after[n:]
	}
}

// oddEscape reads an escape of JavaScript behind its backslash.
func oddEscape(text string) (c rune, length int) {
	digits := ""
	if inner, ok := strings.CutPrefix(text, "u{"); ok {
		digits, _, _ = strings.Cut(head(inner, 8), "}")
		length = len(digits) + len("u{}")
		if length > len(text) || text[length-1] != '}' {
			return 0, 0
		}
	} else if strings.HasPrefix(text, "x") && isHex(text[1:], 2) {
		digits, length = text[1:3], 3
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return 0, 0
	}
	return rune(n), length
}

func isHex(text string, n int) bool {
	if len(text) < n {
		return false
	}
	_, err := strconv.ParseUint(text[:n], 16, 32)
	return err == nil && text[0] != '+'
}

// cleanEscapes removes from a valid JSON text the escapes of control characters and
// of half characters, and returns the first of each kind. \b or \f before a letter
// begins a command such as \beta, and is kept as written.
func cleanEscapes(text string) (clean, control, half string) {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, `\`)
		b.WriteString(before)
		if !ok || after == "" {
			return b.String(), control, half
		}
		escape, kept := `\`+after[:1], true
		switch after[0] {
		case 'b', 'f':
			kept = false
			if c, _ := utf8.DecodeRuneInString(after[1:]); c|0x20 >= 'a' && c|0x20 <= 'z' {
				b.WriteString(`\\` + after[:1])
			}
			if control == "" {
				control = escape
			}
		case 'u':
			escape = `\` + head(after, 5)
			n := hexRune(escape)
			switch {
			case n >= 0xD800 && n < 0xDC00 && isLowHalf(after[len(escape)-1:]):
				escape = `\` + after[:len(escape)-1+6]
			case n >= 0xD800 && n < 0xE000:
				kept = false
				if half == "" {
					half = escape
				}
			case isControl(n) || n >= 0x80 && n < 0xA0:
				kept = false
				if control == "" {
					control = escape
				}
			}
		}
		text = after[len(escape)-1:]
		if kept {
			b.WriteString(escape)
		} else if strings.HasPrefix(text, " ") && strings.HasSuffix(b.String(), " ") {
			text = text[1:]
		}
	}
}

func isLowHalf(text string) bool {
	n := hexRune(head(text, 6))
	return n >= 0xDC00 && n < 0xE000
}

// hexRune returns the number of an escape such as \u00e9, or -1.
func hexRune(escape string) rune {
	if len(escape) != 6 || !strings.HasPrefix(escape, `\u`) || !isHex(escape[2:], 4) {
		return -1
	}
	n, err := strconv.ParseUint(escape[2:], 16, 32)
	if err != nil {
		return -1
	}
	return rune(n)
}
