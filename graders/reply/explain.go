package reply

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"promptbench/graders/schema"
)

// explainRepair adds the defects that the document had before its repair.
func explainRepair(doc *document, src *source, c *jsonCandidate) {
	text := src.text[c.start:]
	var syntax *json.SyntaxError
	isSyntax := errors.As(c.broken, &syntax) && !errors.Is(c.broken, io.ErrUnexpectedEOF)
	if isSyntax {
		at := min(max(int(syntax.Offset)-1-c.opening, 0), len(text))
		for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
			at--
		}
		line := src.line(c.start + at)
		found, _ := utf8.DecodeRuneInString(text[at:])
		switch {
		case found < ' ' && found != '\n' && found != '\r' && found != '\t':
			doc.add(CodeControlChars, "line %d: a control character in a string", line)
		case isQuote(found), found == '\\':
			doc.add(CodeQuotes, "line %d: %q where a plain quote or a comma belongs", line, found)
		default:
			doc.add(CodeRepaired, "line %d: %s, in %s", line, schema.SyntaxMessage(syntax, found), quoteShort(tokenAt(text, at)))
		}
	}
	switch {
	case c.truncated:
		doc.add(CodeTruncated, "line %d: the document ends before it is complete", src.line(c.end))
	case !isSyntax:
		doc.add(CodeRepaired, "line %d: the document is not valid JSON: %v", src.line(c.start), c.broken)
	}
}

// tokenAt returns the value or word around a place.
func tokenAt(text string, at int) string {
	ends := func(c rune) bool { return strings.ContainsRune("\"{}[]\r\n", c) }
	start := max(0, at-40)
	before := text[start:at]
	if i := strings.LastIndexFunc(before, ends); i >= 0 {
		_, n := utf8.DecodeRuneInString(before[i:])
		before = before[i+n:]
	}
	after := head(text[at:], 80)
	if _, n := utf8.DecodeRuneInString(after); strings.IndexFunc(after[n:], ends) >= 0 {
		after = after[:n+strings.IndexFunc(after[n:], ends)]
	}
	return strings.TrimLeft(strings.TrimRight(before+after, ",: \t"), ":, \t")
}

// occursIn reports whether the JSON that an item was decoded from has its letters
// and digits, in this order.
func occursIn(item, source string) bool {
	rest := source
	for _, c := range item {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			continue
		}
		i := strings.IndexRune(rest, c)
		if i < 0 {
			return strings.Contains(source, `\u`) // as an escape
		}
		rest = rest[i+utf8.RuneLen(c):]
	}
	return true
}
