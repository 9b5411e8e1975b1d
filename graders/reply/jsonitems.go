package reply

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// jsonItems adds the candidate's items to the document.
func (r *Reader) jsonItems(doc *document, c *jsonCandidate) {
	if r.json.items == nil {
		return
	}
	var notText, blank []int
	steps := pathSteps
	nodes, ok := r.json.items.selects(c.value, &steps)
	if !ok {
		doc.add(CodeTooManyItems, "no item was read: %v", errPathSteps)
	}
	for i, node := range nodes {
		text, isText := node.(string)
		if !isText && node != nil {
			text = jsonText(node)
			notText = append(notText, i+1)
		}
		text = trimInvisible(text)
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

// jsonText returns a value as text: a number as it is written, an object or
// array as JSON.
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

// numbered returns "item 2 is" or "items 2, 3 and 5 are", with at most ten numbers.
func numbered(ns []int) string {
	if len(ns) == 1 {
		return fmt.Sprintf("item %d is", ns[0])
	}
	var words []string
	for _, n := range ns[:min(len(ns), 10)] {
		words = append(words, strconv.Itoa(n))
	}
	if more := len(ns) - len(words); more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	last := len(words) - 1
	return "items " + strings.Join(words[:last], ", ") + " and " + words[last] + " are"
}
