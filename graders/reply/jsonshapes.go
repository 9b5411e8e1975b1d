package reply

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// unnest decodes the strings in an object that are JSON objects or lists
// themselves, and reports whether there was one.
func unnest(value any, depth int) (unnested any, found bool) {
	const deepest = 8
	if depth > deepest {
		return value, false
	}
	switch v := value.(type) {
	case string:
		text := strings.TrimSpace(v)
		if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
			return v, false
		}
		inner, length, err := decodeFirst(text)
		if err != nil || length < len(text) {
			return v, false
		}
		inner, _ = unnest(inner, depth+1)
		return inner, true
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, member := range v {
			var changed bool
			out[key], changed = unnest(member, depth+1)
			found = found || changed
		}
		return out, found
	case []any:
		out := make([]any, len(v))
		for i, member := range v {
			var changed bool
			out[i], changed = unnest(member, depth+1)
			found = found || changed
		}
		return out, found
	}
	return value, false
}

// selectNested is selectType for an object with the document in a string, or, of
// one with a type, the items.
func (r *jsonReader) selectNested(c *jsonCandidate, typed bool) bool {
	value, found := unnest(c.value, 0)
	if !found {
		return false
	}
	source, err := json.Marshal(value)
	inner := jsonCandidate{span: c.span, value: value, source: string(source), nested: true}
	if err != nil || !r.selectType(&inner) || typed && !r.hasItems(value) {
		return false
	}
	*c = inner
	return true
}

var blockQuote = regexp.MustCompile(`(?m)^[ \t]*>[ \t>]*`)

// withoutBlockQuote replaces the marks of a Markdown block quote by spaces.
func withoutBlockQuote(text string) string {
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
		list = append(list, opening+"{", opening+`{"`)
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
