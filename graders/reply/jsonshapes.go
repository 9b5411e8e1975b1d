package reply

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A nest decodes the strings in a value that are JSON themselves.
type nest struct {
	inner []any // the objects that were strings
	found bool
}

func (n *nest) decode(value any, depth int) any {
	const deepest = 8
	if depth > deepest {
		return value
	}
	switch v := value.(type) {
	case string:
		text := strings.TrimSpace(v)
		if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
			return v
		}
		inner, length, err := decodeFirst(text)
		if err != nil || length < len(text) {
			return v
		}
		n.found = true
		inner = n.decode(inner, depth+1)
		if object, ok := inner.(map[string]any); ok {
			n.inner = append(n.inner, object)
		}
		return inner
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out[key] = n.decode(v[key], depth+1)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, member := range v {
			out[i] = n.decode(member, depth+1)
		}
		return out
	}
	return value
}

// selectNested is selectType for an object with the document in a string, or, of
// one with a type, the items.
func (r *jsonReader) selectNested(c *jsonCandidate, typed bool) bool {
	var n nest
	whole := n.decode(c.value, 0)
	if !n.found {
		return false
	}
	for _, value := range append([]any{whole}, n.inner...) {
		inner := jsonCandidate{span: c.span, value: value, nested: true}
		if !r.selectType(&inner) || typed && !r.hasItems(value) {
			continue
		}
		source, err := json.Marshal(value)
		if err != nil {
			return false
		}
		inner.source = string(source)
		*c = inner
		return true
	}
	return false
}

// quoted reads a text that is a JSON string with the document in it.
func (r *jsonReader) quoted(text string) []jsonCandidate {
	start := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	if !strings.HasPrefix(text[start:], `"`) {
		return nil
	}
	value, length, err := decodeFirst(text[start:])
	c := jsonCandidate{span: span{start, start + length}, value: value}
	if err != nil || strings.TrimSpace(text[c.end:]) != "" || !r.selectNested(&c, false) {
		return nil
	}
	return []jsonCandidate{c}
}

var spaces = regexp.MustCompile(`[\s\v\p{Z}\p{Cf}\x{85}]+`)

// plainSpaces replaces white space that JSON does not have, and invisible
// characters, between its marks.
func plainSpaces(text string) string {
	const before, after = "{[,:}]\"", "{[,:}]\"-0123456789tfn"
	isUsual := func(r rune) bool { return r < utf8.RuneSelf && r != '\v' && r != '\f' }
	if strings.IndexFunc(text, func(r rune) bool { return !isUsual(r) }) < 0 {
		return text
	}
	var b strings.Builder
	end := 0
	for _, at := range spaces.FindAllStringIndex(text, -1) {
		if at[0] > 0 && at[1] < len(text) && strings.IndexByte(before, text[at[0]-1]) >= 0 &&
			strings.IndexByte(after, text[at[1]]) >= 0 && strings.Trim(text[at[0]:at[1]], " \t\r\n") != "" {
			b.WriteString(text[end:at[0]] + strings.Repeat(" ", at[1]-at[0]))
			end = at[1]
		}
	}
	return b.String() + text[end:]
}

var blockQuote = regexp.MustCompile(`(?m)^[ \t]*>[ \t>]*`)

// withoutBlockQuote replaces the marks of a Markdown block quote by spaces.
func withoutBlockQuote(text string) string {
	if !strings.Contains(text, ">") {
		return text
	}
	return blockQuote.ReplaceAllStringFunc(text, func(mark string) string { return strings.Repeat(" ", len(mark)) })
}

var memberPath = regexp.MustCompile(`^\$(?:\.[\pL_][\pL\pN_]*)+$`)

// openings lists the beginnings of a document, up to its type, that a prompt can
// put in front of the reply.
func openings(path string) []string {
	if !memberPath.MatchString(path) {
		return nil
	}
	var list []string
	opening := ""
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "$."), ".") {
		list = append(list, opening+"{", opening+`{"`, opening+`{"`+name)
		opening += `{"` + name + `":`
		list = append(list, opening)
	}
	return append(list, opening+`"`)
}

// continued reads a reply that goes on where the prompt's own beginning of the
// document ends.
func (r *jsonReader) continued(text string) (jsonCandidate, bool) {
	text = strings.TrimRight(text[:nextFence(text, 0)], " \t\r\n")
	if !strings.Contains(text, `":`) && !strings.Contains(text, `" :`) {
		return jsonCandidate{}, false
	}
	for _, opening := range r.openings {
		source := opening + text
		_, length, err := decodeFirst(source)
		truncated := err != nil
		if truncated && strings.HasPrefix(text, "{") {
			continue // an object of its own, under other keys
		} else if truncated {
			length = len(source)
			if source, err = completeJSON(source, false); err != nil {
				continue
			}
		} else {
			source = source[:length]
		}
		c := jsonCandidate{
			span: span{0, length - len(opening)}, opening: len(opening), written: text, truncated: truncated,
			broken: errors.New("its beginning is missing, as if it continues the prompt"),
		}
		if c.end > 0 && r.decode(&c, source) && c.hasType {
			return c, true
		}
	}
	return jsonCandidate{}, false
}

// otherKeys says that a text is an object under other keys than those of the rules;
// it is empty where the text is none.
func (r *jsonReader) otherKeys(text string) string {
	start := strings.IndexByte(text, '{')
	if start < 0 || r.path == "" {
		return ""
	}
	value, _, err := decodeFirst(text[start:])
	object, ok := value.(map[string]any)
	if err != nil || !ok || len(object) == 0 {
		return ""
	}
	keys := slices.Sorted(maps.Keys(object))
	for i, key := range keys {
		keys[i] = quoteShort(key)
	}
	more := ""
	if len(keys) > 5 {
		keys, more = keys[:5], ", …"
	}
	return fmt.Sprintf("the reply is valid JSON under other keys (%s%s): nothing is at %s",
		strings.Join(keys, ", "), more, r.path)
}
