package reply

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
)

// completeAt reads a document that is valid up to where it was cut off, which
// needs no repair but its closing brackets.
func (r *jsonReader) completeAt(text string, start, limit int) (jsonCandidate, bool) {
	cut := strings.TrimRightFunc(text[start:limit], unicode.IsSpace)
	_, _, err := decodeFirst(cut)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		return jsonCandidate{}, false
	}
	whole, completeErr := completeJSON(cut, false)
	if completeErr != nil {
		return jsonCandidate{}, false
	}
	value, _, decodeErr := decodeFirst(whole)
	c := jsonCandidate{
		span: span{start, start + len(cut)}, value: value, source: whole, written: cut,
		broken: err, truncated: true,
	}
	return c, decodeErr == nil && (r.selectType(&c) || r.hasItems(value))
}

var errNotCut = errors.New("not valid up to its end")

// completeJSON closes what is open at the end of a JSON text that is valid so
// far. Unless forced it declines where a string is open that seems to hold the
// document's own closing brackets: there a quote is missing, not the rest.
func completeJSON(text string, force bool) (string, error) {
	var stack []byte
	inString, escape := false, 0 // escape is where the last backslash escape in a string began
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
