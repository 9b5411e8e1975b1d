package reply

import (
	"encoding/json"
	"regexp"
	"strings"
)

// The patterns are anchored, and see only a short piece of a reply.
var (
	fenceBefore = regexp.MustCompile("(?:```+|~~~+)[ \t]*[A-Za-z0-9_+.-]*[ \t]*\\r?\\n?\\s*$|`$")
	wrapperOpen = regexp.MustCompile(`^<([\pL_][\pL\pN_.-]*)[^<>]{0,200}>$`)
	closingTags = regexp.MustCompile(`^(?:</[\pL_][\pL\pN_.:-]*>\s*)+$`)
	fenceAfter  = regexp.MustCompile("^\\s*(?:```+|~~~+)|^`")
)

// addAround adds the defects of the text before and after the document.
func (r *Reply) addAround(src *source, doc document) {
	before, after := src.text[:doc.start], src.text[doc.end:]
	if doc.blockQuote {
		r.add(CodeFence, "line %d: the document stands in a block quote", src.line(doc.start))
		before, after = withoutBlockQuote(before), withoutBlockQuote(after)
	}
	at := fenceBefore.FindStringIndex(tail(before, 200))
	behind := fenceAfter.FindStringIndex(head(after, 200))
	if at != nil || behind != nil {
		r.add(CodeFence, "line %d: the document stands in a code fence", src.line(doc.start))
	}
	if at != nil {
		before = before[:len(before)-(len(tail(before, 200))-at[0])]
	}
	if behind != nil {
		after = after[behind[1]:]
	}
	if wraps(doc.format, before, src.text[doc.start:doc.end], after) {
		r.add(CodeWrapped, "line %d: the document stands inside another one: %s",
			src.line(0), quoteShort(strings.TrimSpace(before)))
		return
	}
	if t := strings.TrimSpace(before); t != "" {
		r.add(CodeProseBefore, "line %d: text before the document: %s", src.line(0), quoteShort(t))
	}
	if t := strings.TrimSpace(after); t != "" {
		line := src.line(len(src.text) - len(after) + strings.Index(after, t))
		switch {
		case doc.format == JSON && strings.Trim(t, "}] \t\r\n") == "":
			r.add(CodeRepaired, "line %d: closing brackets too many after the document", line)
		case doc.format == XML && len(t) < 100 && closingTags.MatchString(t):
			r.add(CodeRepaired, "line %d: closing tags too many after the document", line)
		default:
			r.add(CodeProseAfter, "line %d: text after the document: %s", line, quoteShort(t))
		}
	}
}

// wraps reports whether the text around the document makes one larger value of
// it, as in {"result": …} and <response>…</response>.
func wraps(format Format, before, document, after string) bool {
	before, after = strings.TrimSpace(before), strings.TrimSpace(after)
	if before == "" || after == "" {
		return false
	}
	switch format {
	case JSON:
		return strings.ContainsRune("{[", rune(before[0])) && json.Valid([]byte(before+document+after))
	case XML:
		open := wrapperOpen.FindStringSubmatch(before)
		return open != nil && after == "</"+open[1]+">"
	}
	return false
}

func head(s string, n int) string { return s[:min(len(s), n)] }

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// fenceLine matches the line break before a line with a code fence.
var fenceLine = regexp.MustCompile("\n[ \t]{0,5}(?:```|~~~)")

// nextFence returns the offset of the line break before the next code fence, or
// the text's length. A truncated document in a fenced block ends there.
func nextFence(text string, at int) int {
	if fence := fenceLine.FindStringIndex(text[at:]); fence != nil {
		return at + fence[0]
	}
	return len(text)
}
