package engine

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxEscapes is how often a text is unescaped: a server may quote a request that quotes another.
const maxEscapes = 3

// A view is a text in lower case, without what is not seen and without some of its escapes.
type view struct {
	text  []byte
	at    []int // where each byte, and the end, is in the original text
	times int   // it was unescaped
}

// viewOf returns the view of a text with all its escapes.
func viewOf(text string) *view {
	v := &view{text: make([]byte, 0, len(text)), at: make([]int, 0, len(text)+1)}
	for i, r := range text {
		if r < ' ' || r == 0x7f || r >= utf8.RuneSelf && unicode.In(r, unicode.Cc, unicode.Cf) {
			continue
		}
		size := max(1, utf8.RuneLen(r))
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(text[i:])
		}
		for n, b := range []byte(text[i : i+size]) {
			v.text, v.at = append(v.text, lower(b)), append(v.at, i+n)
		}
	}
	v.at = append(v.at, len(text))
	return v
}

// lower returns a letter in lower case, and another byte as it is.
func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}

// unescaped returns the view without one layer of the escapes of URLs, JSON and HTML, or nil if there are none.
func (v *view) unescaped() *view {
	if v.times == maxEscapes || !bytes.ContainsAny(v.text, `%\&`) {
		return nil
	}
	out := &view{text: make([]byte, 0, len(v.text)), at: make([]int, 0, len(v.at)), times: v.times + 1}
	for i := 0; i < len(v.text); {
		char, size := escapeAt(v.text[i:])
		if size == 0 {
			char, size = string(v.text[i:i+1]), 1
		}
		for _, b := range []byte(char) {
			out.text, out.at = append(out.text, lower(b)), append(out.at, v.at[i])
		}
		i += size
	}
	out.at = append(out.at, v.at[len(v.text)])
	if len(out.text) == len(v.text) {
		return nil
	}
	return out
}

// escapeAt returns what the escape at the start of text stands for, and the length of the escape; 0 if there is none.
func escapeAt(text []byte) (char string, size int) {
	switch {
	case text[0] == '%' && len(text) >= 3:
		return numbered(text[1:3], 16, 3)
	case text[0] == '\\' && len(text) >= 6 && text[1] == 'u':
		return numbered(text[2:6], 16, 6)
	case text[0] == '\\' && len(text) >= 4 && text[1] == 'x':
		return numbered(text[2:4], 16, 4)
	case text[0] == '\\' && len(text) >= 2 && strings.IndexByte(`\/"'`, text[1]) >= 0:
		return string(text[1:2]), 2
	case text[0] != '&':
		return "", 0
	}
	end := slices.Index(text[:min(len(text), 10)], ';')
	if end < 0 {
		return "", 0
	}
	name := text[1:end]
	if digits, ok := bytes.CutPrefix(name, []byte("#x")); ok {
		return numbered(digits, 16, end+1)
	}
	if digits, ok := bytes.CutPrefix(name, []byte("#")); ok {
		return numbered(digits, 10, end+1)
	}
	if i := slices.Index([]string{"amp", "lt", "gt", "quot", "apos"}, string(name)); i >= 0 {
		return `&<>"'`[i : i+1], end + 1
	}
	return "", 0
}

// numbered returns the character with a number; two hexadecimal digits are one byte of it.
func numbered(digits []byte, base, size int) (char string, length int) {
	n, err := strconv.ParseUint(string(digits), base, 21)
	switch {
	case err != nil:
		return "", 0
	case base == 16 && len(digits) == 2:
		return string([]byte{byte(n)}), size
	}
	return string(rune(n)), size
}
