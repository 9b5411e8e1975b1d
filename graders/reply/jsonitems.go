package reply

import (
	"encoding/json"
	"fmt"
	"strings"
)

// jsonItems takes the items out of the document.
func (r *Reader) jsonItems(doc *document, c *jsonCandidate) {
	if r.json.items == nil {
		return
	}
	var notText, blank []int
	for i, node := range r.json.items.Select(c.value) {
		text, isText := node.(string)
		if !isText && node != nil {
			text = jsonText(node)
			notText = append(notText, i+1)
		}
		text = strings.TrimSpace(text)
		switch {
		case isBlank(text):
			blank = append(blank, i+1)
		case r.isRefusal(text):
		case c.broken != nil && !occursIn(text, c.written):
			doc.add(CodeRepaired, "item %d is not in the reply and was dropped", i+1)
		default:
			doc.items = append(doc.items, text)
		}
	}
	if len(notText) > 0 {
		doc.add(CodeItemNotText, "%s not a string", numbered(notText))
	}
	if len(blank) > 0 {
		doc.add(CodeItemBlank, "%s blank", numbered(blank))
	}
}

// jsonText is a value that is no string as text: a number as it is written, an
// object or array as JSON.
func jsonText(v any) string {
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSpace(b.String())
}

// numbered says "item 2 is" or "items 2, 3 and 5 are", the first ten of them.
func numbered(ns []int) string {
	if len(ns) == 1 {
		return fmt.Sprintf("item %d is", ns[0])
	}
	shown := ns[:min(len(ns), 10)]
	var b strings.Builder
	for i, n := range shown {
		switch {
		case i > 0 && i == len(ns)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, n)
	}
	if more := len(ns) - len(shown); more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return "items " + b.String() + " are"
}
