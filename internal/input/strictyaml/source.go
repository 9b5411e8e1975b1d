package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"promptbench/internal/input/problem"
	"promptbench/internal/text/charset"
)

// cleanSource returns the text in UTF-8 without a byte order mark, and rejects characters that YAML forbids,
// because the library's messages about them have no place.
func cleanSource(file string, data []byte) ([]byte, problem.List) {
	text, err := charset.NewReader(bytes.NewReader(data))
	if err == nil {
		data, err = io.ReadAll(text)
	}
	if err != nil {
		p := problem.Problem{File: file, Line: 1, Column: 1, Message: "reading the file: " + err.Error()}
		if foreign, ok := errors.AsType[*charset.Error](err); ok {
			p.Message, p.Hint = "the file is "+foreign.Is, foreign.Hint
		}
		return nil, problem.List{p}
	}
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
