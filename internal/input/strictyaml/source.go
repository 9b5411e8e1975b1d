package strictyaml

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"promptbench/internal/input/problem"
)

// cleanSource removes a byte order mark and rejects characters that YAML forbids,
// because the library's messages about them have no place.
func cleanSource(file string, data []byte) ([]byte, problem.List) {
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		return nil, problem.List{{File: file, Line: 1, Column: 1, Message: "the file is UTF-16", Hint: "save it as UTF-8"}}
	}
	data = TrimBOM(data)
	line, column := 1, 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		p := problem.Problem{File: file, Line: line, Column: column}
		switch {
		case r == utf8.RuneError && size == 1:
			p.Message, p.Hint = fmt.Sprintf("the file is not UTF-8: byte 0x%02X", data[i]), "save it as UTF-8"
			return nil, problem.List{p}
		case !allowedRune(r):
			p.Message = fmt.Sprintf("control character U+%04X", r)
			p.Hint = "remove it, or write it as an escape in double quotes"
			return nil, problem.List{p}
		}
		i += size
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	return data, nil
}

// TrimBOM returns data without the byte order mark that some editors write.
func TrimBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")) }

func allowedRune(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\r', r == 0x85:
		return true
	case r < 0x20, r >= 0x7F && r < 0xA0, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return true
}

func splitLines(data []byte) [][]byte { return bytes.Split(data, []byte{'\n'}) }
