package reply

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// duplicateKey is the first key that stands twice in one object of a valid
// JSON text, or empty.
func duplicateKey(text string) string {
	type member struct {
		object int // objects are numbered as they open
		key    string
	}
	seen := map[member]bool{}
	var open []int // the objects around here; arrays are no members of it
	objects := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			objects++
			open = append(open, objects)
		case '}':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case '"':
			end := endOfString(text, i)
			if !colonFollows(text[end:]) || len(open) == 0 {
				i = end - 1
				continue
			}
			key := member{open[len(open)-1], unquoteJSON(text[i:end])}
			if seen[key] {
				return key.key
			}
			seen[key] = true
			i = end - 1
		}
	}
	return ""
}

// endOfString is where the JSON string that begins at start ends, its closing
// quote included.
func endOfString(text string, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// colonFollows tells a key from a value: only behind a key stands a colon.
func colonFollows(rest string) bool {
	return strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), ":")
}

// unquoteJSON is what a JSON string says.
func unquoteJSON(quoted string) string {
	if !strings.Contains(quoted, `\`) && utf8.ValidString(quoted) {
		return strings.Trim(quoted, `"`)
	}
	var s string
	if err := json.Unmarshal([]byte(quoted), &s); err != nil {
		return quoted // not reached: the text is valid
	}
	return s
}
