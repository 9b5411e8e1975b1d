package reply

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kaptinlin/jsonrepair"
)

// Bounds of the repair. The library copies its whole output at many of the
// marks it meets and recurses at each bracket, so what it is given is bounded
// by length times marks, and by brackets.
const (
	repairTries    = 16
	repairBudget   = 1 << 30 // bytes copied, estimated, over all tries of one reply
	repairBrackets = 20_000
)

// scanBroken is scan for documents that need repair. It first looks where the
// type path's first name follows the {, then anywhere.
func (r *jsonReader) scanBroken(text string) (candidates []jsonCandidate, weak *jsonCandidate) {
	hinted, other := r.promising(text)
	budget := repairBudget
	for _, starts := range [][]int{hinted, other} {
		end := 0
		for _, start := range starts {
			if start < end {
				continue
			}
			c, ok := r.repairAt(text, start, &budget)
			switch {
			case !ok:
			case c.hasType || r.typ == nil:
				candidates = append(candidates, c)
				end = c.end
			case weak == nil || c.start >= weak.end:
				weak = &c
			}
		}
		if len(candidates) > 0 {
			break
		}
	}
	return candidates, weak
}

// promising lists offsets of { at which a repair is worth a try: the last few
// that are followed by the hint, and the first few others.
func (r *jsonReader) promising(text string) (hinted, other []int) {
	for pos := 0; ; {
		i := strings.IndexByte(text[pos:], '{')
		if i < 0 {
			return hinted, other
		}
		pos += i + 1
		rest := strings.TrimLeftFunc(head(text[pos:], 64), func(c rune) bool {
			return unicode.IsSpace(c) || isQuote(c) || c == '\\' || c == ','
		})
		switch {
		case rest == "" || rest[0] == '{':
		case r.key != "" && strings.HasPrefix(rest, r.key):
			hinted = append(hinted, pos-1)
			if len(hinted) > repairTries {
				hinted = hinted[1:]
			}
		case len(other) < repairTries:
			other = append(other, pos-1)
		}
	}
}

// repairAt repairs the object at text[start]. Where no end of it can be made
// out it is taken to go on to the end of the text or of the code fence; if
// that fails, to the last brace.
func (r *jsonReader) repairAt(text string, start int, budget *int) (jsonCandidate, bool) {
	limit := nextFence(text, start)
	end, closed := objectEnd(text[start:limit])
	ends := []int{start + end}
	if !closed {
		ends = []int{limit}
		if brace := start + strings.LastIndexByte(text[start:limit], '}') + 1; brace > start+1 && brace < limit {
			ends = append(ends, brace)
			if !goesOn(text[brace:limit]) {
				ends[0], ends[1] = ends[1], ends[0]
			}
		}
	}
	for _, end := range ends {
		broken := strings.TrimRightFunc(text[start:end], unicode.IsSpace)
		repaired, err := repairJSON(broken, budget)
		if err != nil {
			continue
		}
		value, length, err := decodeFirst(repaired)
		if err != nil || strings.TrimSpace(repaired[length:]) != "" {
			continue
		}
		if _, ok := value.(map[string]any); !ok {
			continue // the library made a list of several values
		}
		_, _, why := decodeFirst(broken)
		if why == nil {
			why = errors.New("text inside the document")
		}
		c := jsonCandidate{
			span: span{start, start + len(broken)}, value: value, source: repaired, written: broken,
			broken: why, truncated: !closed && start+len(broken) >= len(strings.TrimRightFunc(text[:limit], unicode.IsSpace)),
		}
		if r.selectType(&c) || r.hasItems(value) {
			return c, true
		}
	}
	return jsonCandidate{}, false
}

// goesOn reports whether the text after a brace is still part of the document
// rather than prose: it goes on as JSON does.
func goesOn(after string) bool {
	after = strings.TrimSpace(after)
	return after != "" && strings.ContainsRune(",]:\"", rune(after[0]))
}

// repairJSON calls the library within the budget.
func repairJSON(text string, budget *int) (repaired string, err error) {
	marks, brackets := 1, 0
	for i := range len(text) {
		switch text[i] {
		case '{', '[', '(':
			brackets++
			marks++
		case '}', ']', ')', ',', ':', '"', '\'', '`', '+', '/', '\\', '\n', ' ':
			marks++
		case 0xE2, 0xC2: // the first byte of curly quotes and odd spaces
			marks++
		}
	}
	cost := marks * len(text)
	if brackets > repairBrackets || cost > *budget {
		return "", errors.New("too long or too deep to repair")
	}
	*budget -= cost
	defer func() {
		if p := recover(); p != nil {
			repaired, err = "", fmt.Errorf("repairing JSON: %v", p)
		}
	}()
	return jsonrepair.Repair(stripControls(text))
}

// objectEnd finds the end of the object that text begins with, in JSON whose
// quotes and commas may be wrong: a quote only ends a string where something
// follows that can follow a string.
func objectEnd(text string) (end int, ok bool) {
	var stack []byte
	class, last := 0, rune(0) // class of the quote the string began with, last character outside of strings
	escaped := false          // that quote had a backslash before it
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRuneInString(text[i:])
		if c == '\\' && (class == 0 || escaped) {
			if q, m := utf8.DecodeRuneInString(text[i+n:]); isQuote(q) {
				escaped = true
				c, n = q, n+m
			}
		} else if class == 0 {
			escaped = false
		}
		switch {
		case class != 0 && c == '\\':
			n = min(n+1, len(text)-i)
		case class != 0:
			if quoteClass(c) == class && endsString(text[i+n:]) {
				class, last = 0, c
			}
		case quoteClass(c) == 2, quoteClass(c) == 1 && strings.ContainsRune("{[,:", last):
			class = quoteClass(c)
		case c == '{' || c == '[':
			stack = append(stack, text[i])
		case c == '}' || c == ']':
			open := byte('{')
			if c == ']' {
				open = '['
			}
			if at := bytes.LastIndexByte(stack, open); at >= 0 {
				stack = stack[:at]
			}
			if len(stack) == 0 {
				return i + n, true
			}
		}
		if class == 0 && !unicode.IsSpace(c) {
			last = c
		}
		i += n
	}
	return 0, false
}

func endsString(after string) bool {
	for i, c := range head(after, 256) {
		switch {
		case c == '\n':
			return true
		case unicode.IsSpace(c):
		default:
			// A quote right after is the next string only with a space between:
			// without one it is a doubled quote inside the text.
			return strings.ContainsRune(",:]}", c) || i > 0 && isQuote(c)
		}
	}
	return true
}

// explainRepair says what was wrong with the document before its repair.
func explainRepair(doc *document, src *source, c *jsonCandidate) {
	text := src.text[c.start:c.end]
	var syntax *json.SyntaxError
	isSyntax := errors.As(c.broken, &syntax) && !errors.Is(c.broken, io.ErrUnexpectedEOF)
	if isSyntax {
		at := min(max(int(syntax.Offset)-1, 0), len(text))
		line := src.line(c.start + at)
		for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
			at--
		}
		found, _ := utf8.DecodeRuneInString(text[at:])
		switch {
		case found < ' ' && found != '\n' && found != '\r' && found != '\t':
			doc.add(CodeControlChars, "line %d: a control character in a string", line)
		case isQuote(found), found == '\\':
			doc.add(CodeQuotes, "line %d: %q where a plain quote or a comma belongs", line, found)
		default:
			doc.add(CodeRepaired, "line %d: %v", line, syntax)
		}
	}
	switch {
	case c.truncated:
		doc.add(CodeTruncated, "line %d: the document ends before it is complete", src.line(c.end))
	case !isSyntax:
		doc.add(CodeRepaired, "line %d: the document is not valid JSON", src.line(c.start))
	}
}

// occursIn reports whether an item's letters and digits stand in the JSON it
// was decoded from, in this order.
func occursIn(item, source string) bool {
	rest := source
	for _, c := range item {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			continue
		}
		i := strings.IndexRune(rest, c)
		if i < 0 {
			return strings.Contains(source, `\u`) // spelled as an escape
		}
		rest = rest[i+utf8.RuneLen(c):]
	}
	return true
}
