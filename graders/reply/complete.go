package reply

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// completed reads a document that is valid JSON except for its missing end.
func (r *jsonReader) completed(start int, written string, broken error, truncated bool) (jsonCandidate, bool) {
	c := jsonCandidate{
		span: span{start, start + len(written)}, written: written, broken: broken, truncated: truncated,
	}
	whole, err := completeJSON(written, false)
	return c, err == nil && r.decode(&c, whole)
}

// decode reports whether a repaired object is a document, and if so makes it
// the candidate's.
func (r *jsonReader) decode(c *jsonCandidate, repaired string) bool {
	value, length, err := decodeFirst(repaired)
	if err != nil || strings.TrimSpace(repaired[length:]) != "" {
		return false
	}
	if _, ok := value.(map[string]any); !ok {
		return false // the library made a list of several values
	}
	if hasQuotedKey(value) {
		return false // a lost quote made one key of two members
	}
	c.value, c.source = value, repaired
	return r.selectType(c) || r.hasItems(value)
}

// hasQuotedKey reports whether a key in a value holds a quote.
func hasQuotedKey(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			if strings.Contains(key, `"`) || hasQuotedKey(member) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasQuotedKey)
	}
	return false
}

var errNotCut = errors.New("not valid up to its end")

// completeJSON closes the open strings and brackets of a JSON text that is valid
// so far. Unless forced it fails if an open string seems to hold the document's
// own closing brackets: then a quote is missing, not the rest.
func completeJSON(text string, force bool) (string, error) {
	var stack []byte
	inString, escape := false, 0 // escape is the offset of the last backslash escape in a string
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			escape = i
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{':
			stack = append(stack, '}')
		case c == '[':
			stack = append(stack, ']')
		case (c == '}' || c == ']') && len(stack) > 0:
			stack = stack[:len(stack)-1]
		}
	}
	if inString {
		if !force && (strings.HasSuffix(text, "}") || strings.HasSuffix(text, "]")) {
			return "", errNotCut
		}
		if tail := text[escape:]; escape > 0 && (len(tail) == 1 || tail[1] == 'u' && len(tail) < 6) {
			text = text[:escape]
		}
		text += `"`
	}
	slices.Reverse(stack)
	closing := string(stack)
	bare := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz0123456789+-.E")
	for _, try := range []string{text, text + ":null", strings.TrimSuffix(text, ","), text + "null", bare + "null"} {
		if json.Valid([]byte(try + closing)) {
			return try + closing, nil
		}
	}
	return "", errNotCut
}
