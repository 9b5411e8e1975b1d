package runfile

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Most of a large run file is text that a reader passes over: replies, reasons,
// prompts. The functions here walk over JSON as [encode] writes it, without
// decoding it. They answer false to anything they do not take at a glance, such
// as a space between tokens, and the caller then leaves the line to
// encoding/json, whose word on it is final. A value that is passed over is not
// checked.

// members calls visit with the name and the raw value of each member of the
// object that data is, until visit answers false.
func members(data []byte, visit func(name, value []byte) bool) bool {
	if len(data) < 2 || data[0] != '{' {
		return false
	}
	if data[1] == '}' {
		return len(data) == 2
	}
	for at := 1; at < len(data); at++ { // at a name, then past a comma
		nameEnd := stringEnd(data, at)
		if nameEnd < 0 || nameEnd >= len(data) || data[nameEnd] != ':' {
			return false
		}
		name := data[at+1 : nameEnd-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			return false
		}
		end := valueEnd(data, nameEnd+1)
		if end < 0 || end >= len(data) || !visit(name, data[nameEnd+1:end]) {
			return false
		}
		switch data[end] {
		case '}':
			return end == len(data)-1
		case ',':
			at = end
		default:
			return false
		}
	}
	return false
}

// elements calls visit with each raw element of the array that data is, until
// visit answers false.
func elements(data []byte, visit func(value []byte) bool) bool {
	if len(data) < 2 || data[0] != '[' {
		return false
	}
	if data[1] == ']' {
		return len(data) == 2
	}
	for at := 1; at < len(data); at++ {
		end := valueEnd(data, at)
		if end < 0 || end >= len(data) || !visit(data[at:end]) {
			return false
		}
		switch data[end] {
		case ']':
			return end == len(data)-1
		case ',':
			at = end
		default:
			return false
		}
	}
	return false
}

// valueEnd is where the value that starts at i ends, -1 if it does not.
func valueEnd(data []byte, i int) int {
	if i >= len(data) {
		return -1
	}
	switch data[i] {
	case '"':
		return stringEnd(data, i)
	case '{', '[':
		return nestedEnd(data, i)
	}
	for end := i; end < len(data); end++ {
		switch c := data[end]; {
		case c == ',' || c == '}' || c == ']':
			if end == i {
				return -1
			}
			return end
		case c <= ' ' || c == '"' || c == ':' || c == '{' || c == '[':
			return -1
		}
	}
	return -1
}

func nestedEnd(data []byte, i int) int {
	for depth := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			if i = stringEnd(data, i); i < 0 {
				return -1
			}
			i--
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// stringEnd is just past the closing quote of the string that starts at i, -1
// if there is none. Inside a string a quote has an odd number of backslashes
// before it.
func stringEnd(data []byte, i int) int {
	if data[i] != '"' {
		return -1
	}
	for at := i + 1; ; {
		quote := bytes.IndexByte(data[at:], '"')
		if quote < 0 {
			return -1
		}
		quote += at
		backslashes := 0
		for data[quote-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return quote + 1
		}
		at = quote + 1
	}
}

// plainText is the text of a raw JSON string that needs no unescaping; it
// shares the memory of value.
func plainText(value []byte) ([]byte, bool) {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return nil, false
	}
	text := value[1 : len(value)-1]
	ascii := true
	for _, c := range text {
		if c == '\\' || c < ' ' {
			return nil, false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return text, ascii || utf8.Valid(text)
}

// wholeText is the text of any raw JSON string, in memory of its own.
func wholeText(value []byte) (string, bool) {
	if text, ok := plainText(value); ok {
		return string(text), true
	}
	var s string
	if len(value) == 0 || value[0] != '"' || json.Unmarshal(value, &s) != nil {
		return "", false
	}
	return s, true
}

// wholeNumber is a raw JSON integer.
func wholeNumber(value []byte) (int64, bool) {
	digits := bytes.TrimPrefix(value, []byte("-"))
	if !isDigits(digits) || len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseInt(string(value), 10, 64)
	return n, err == nil
}

// number is a raw JSON number in plain notation, without an exponent.
func number(value []byte) (float64, bool) {
	whole, fraction, point := bytes.Cut(bytes.TrimPrefix(value, []byte("-")), []byte("."))
	if !isDigits(whole) || len(whole) > 1 && whole[0] == '0' || point && !isDigits(fraction) {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(value), 64)
	return f, err == nil
}

func isDigits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) > 0
}
