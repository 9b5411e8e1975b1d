package reply

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

var lastMember = regexp.MustCompile(`(?:\.([\pL_][\pL\pN_]*)|\["([^"\\]+)"\]|\['([^'\\]+)'\])$`)

// valuesOf returns the expression for the values of the last member that a JSONPath names: strings, and placeholders
// that a model left as they were. It is nil for a path that ends in another selector.
func valuesOf(path string) *regexp.Regexp {
	m := lastMember.FindStringSubmatch(path)
	if m == nil {
		return nil
	}
	name := regexp.QuoteMeta(m[1] + m[2] + m[3])
	return regexp.MustCompile(`"` + name + `"\s*[:=]\s*("(?:[^"\\]|\\.)*"|\{\{[^{}"\n]{1,100}\}\})\s*(?:[,;}\])]|$)`)
}

// sweep takes up what the brackets of a broken document cut off. A bracket or a comma that is missing, wrong or too
// many moves items away from their path, so that a repair drops them. Where the path ends in a member's name, the
// values under that name from the beginning of the document on are the items. The same goes for the type.
func (r *Reader) sweep(doc *document, src *source, text string, c *jsonCandidate) {
	if c.broken == nil || c.nested || c.truncated { // what is only cut has its brackets
		return
	}
	text = text[c.start:]
	if r.json.types != nil && r.types[foldType(doc.rawType)] == "" {
		for _, m := range r.json.types.FindAllStringSubmatch(text, MaxItems) {
			if said := unquoteJSON(m[1]); r.types[foldType(said)] != "" {
				doc.rawType, doc.hasType = said, true
				break
			}
		}
	}
	if r.json.values == nil {
		return
	}
	var found []string
	var lost []int
	end := 0
	for _, at := range r.json.values.FindAllStringSubmatchIndex(text, MaxItems) {
		value := text[at[2]:at[3]]
		item := trimInvisible(unquoteJSON(value))
		if isBlank(item) || r.isRefusal(item) || value[0] == '"' && !json.Valid([]byte(value)) { // the repair knows better
			continue
		}
		found, end = append(found, item), at[3]
		if !slices.ContainsFunc(doc.items, func(known string) bool { return strings.Contains(known, item) }) {
			lost = append(lost, len(found))
		}
	}
	if len(lost) == 0 {
		return
	}
	for _, item := range doc.items { // read from other marks than plain quotes
		isFound := slices.ContainsFunc(found, func(s string) bool { return strings.Contains(item, s) })
		if !isFound && strings.Contains(text, item) {
			found = append(found, item)
		}
	}
	end = c.start + end + len(text[end:]) - len(strings.TrimLeft(text[end:], " \t\r\n,;}])"))
	doc.items, doc.end = found, max(doc.end, end)
	doc.add(CodeRepaired, "line %d: %s outside the brackets of the list", src.line(c.start), numbered(lost))
}
