package reply

import (
	"regexp"
	"strings"
)

// typeLabel matches a first line such as "type: answer" or "유형: **answer**".
var typeLabel = regexp.MustCompile(`^[^:：=]{1,30}[:：=]\s*(.+)$`)

// typeBracket matches a first line such as "[answer]", with or without more text.
var typeBracket = regexp.MustCompile(`^[\[(<{【［]([^\[\](){}<>【】［］]{1,60})[\])>}】］]\s*[:：]?(.*)$`)

// readText reads a reply as text: a type on the first line, then marked lines.
// Without declared types every text is a document.
func (r *Reader) readText(src *source) (document, bool) {
	if src.text == "" {
		return document{}, false
	}
	doc := document{end: len(src.text)}
	body, escaped := breakLines(src.text)
	fenced := false
	if first, rest, ok := strings.Cut(body, "\n"); ok && isFence(first) {
		fenced = true
		body = rest
	}
	if i := strings.LastIndexByte(body, '\n'); isFence(body[i+1:]) {
		fenced = true
		body = body[:max(i, 0)]
	}
	if fenced {
		doc.add(CodeFence, "line %d: the document stands in a code fence", src.line(0))
	}
	if !r.untyped {
		first, rest, _ := strings.Cut(strings.TrimLeft(body, " \t\r\n"), "\n")
		rawType, more, ok := r.typeLine(strings.TrimSpace(first))
		if !ok {
			return document{}, false
		}
		doc.rawType, doc.hasType = rawType, true
		body = more + "\n" + rest
	}
	l, tagged := r.readTagged(body)
	if tagged {
		doc.add(CodeRepaired, "the items are elements, as in HTML")
	} else {
		l = r.readList(body, false)
	}
	if r.untyped { // the text is the document, with a list in it or not
		l.dropped = nil
		if !l.marked {
			l.items = nil
		}
	}
	l.escaped = escaped
	doc.addList(l)
	return doc, true
}

// bodyElement is the name of the element that [Reader.readTagged] puts around a text.
const bodyElement = "reply-body"

// readTagged reads the list of a text whose items are elements, such as <li> and
// <item>, as it reads an XML document; ok is false for a text without any.
func (r *Reader) readTagged(body string) (l list, ok bool) {
	if r.untyped || !strings.ContainsAny(body, "<&") {
		return list{}, false
	}
	x := xmlReader{root: bodyElement, list: bodyElement}
	candidates := x.elements("<" + bodyElement + ">" + body + "</" + bodyElement + ">")
	if len(candidates) != 1 || !entityMark.MatchString(body) && !candidates[0].holdsItems() {
		return list{}, false
	}
	c := &candidates[0]
	c.read(&x)
	nodes, _ := selectNodes("//"+bodyElement, c.tree)
	if len(nodes) != 1 || nodes[0].node == nil {
		return list{}, false
	}
	return r.readElement(nodes[0].node, c), true
}

// entityMark matches a line whose bullet is written as an entity.
var entityMark = regexp.MustCompile(`(?m)^\s*&(?:#\d{1,5}|#x[0-9a-fA-F]{1,5}|[a-z]{2,8});\s`)

// holdsItems reports whether an element may be an item, or breaks a line.
func (c *xmlCandidate) holdsItems() bool {
	for i, t := range c.tags[1:] {
		if t.kind == closeTag && c.match[i+1] > c.first && !isInline(t.name) || breaksLine(t.name) {
			return true
		}
	}
	return false
}

// typeLine returns the type in a first line and the text after it.
func (r *Reader) typeLine(line string) (rawType, more string, ok bool) {
	const longest = 400 // bytes; a longer line is no label
	line = plainLabel(line)
	if r.types[foldType(head(line, longest))] != "" && len(line) <= longest {
		return line, "", true
	}
	if m := typeBracket.FindStringSubmatch(line); m != nil && r.types[foldType(plainLabel(m[1]))] != "" {
		return strings.TrimSpace(m[1]), m[2], true
	}
	if len(line) > longest {
		return "", "", false
	}
	if m := typeLabel.FindStringSubmatch(line); m != nil {
		value := plainLabel(m[1])
		if b := typeBracket.FindStringSubmatch(value); b != nil && strings.TrimSpace(b[2]) == "" {
			value = b[1]
		}
		if r.types[foldType(value)] != "" {
			return value, "", true
		}
	}
	if before, after, ok := strings.Cut(line, ":"); ok && r.types[foldType(plainLabel(before))] != "" {
		return plainLabel(before), after, true // answer: 1. …
	}
	return "", "", false
}

// plainLabel removes Markdown's headings, emphasis and code marks from a label.
func plainLabel(s string) string {
	s = strings.TrimSpace(s)
	s = strings.TrimSpace(strings.TrimLeft(s, "#>"))
	s = strings.Trim(s, "*_`")
	s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(s), ":"), "：")
	return strings.TrimSpace(strings.Trim(s, "*_`"))
}

func isFence(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~")
}
