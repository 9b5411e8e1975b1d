package reply

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kaptinlin/jsonrepair"
)

// Bounds of the repair. The library copies its whole output at many marks
// and recurses at each bracket, so its input is bounded by length times marks,
// and by brackets.
const (
	repairTries    = 16
	repairBudget   = 3 << 28 // bytes copied, estimated, over all tries of one reply
	repairBrackets = 20_000
)

// scanBroken is scan for documents that need repair. It tries each { that the
// type path's first name follows, then any {, then that name without its {,
// which a prefilled reply lacks.
func (r *jsonReader) scanBroken(text string) (candidates []jsonCandidate, weak *jsonCandidate) {
	hinted, other := r.promising(text)
	budget := repairBudget
	for _, starts := range [][]int{hinted, other, r.headless(text)} {
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

// promising lists offsets of { that may begin a document: the last few
// before the hint, and the first few others.
func (r *jsonReader) promising(text string) (hinted, other []int) {
	for pos := 0; ; {
		i := strings.IndexAny(text[pos:], "{｛")
		if i < 0 {
			return hinted, other
		}
		start := pos + i
		_, n := utf8.DecodeRuneInString(text[start:])
		pos = start + n
		rest := strings.TrimLeftFunc(head(text[pos:], 64), func(c rune) bool {
			return unicode.IsSpace(c) || isQuote(c) || c == '\\' || c == ','
		})
		switch {
		case rest == "" || opensBrace(rest):
		case r.key != "" && strings.HasPrefix(rest, r.key):
			hinted = append(hinted, start)
			if len(hinted) > repairTries {
				hinted = hinted[1:]
			}
		case len(other) < repairTries:
			other = append(other, start)
		}
	}
}

func opensBrace(text string) bool {
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "｛")
}

// headless returns the last offset of the hint as a quoted key.
func (r *jsonReader) headless(text string) []int {
	i := strings.LastIndex(text, `"`+r.key+`"`)
	if r.key == "" || i < 0 {
		return nil
	}
	return []int{i}
}

// repairAt repairs the object at text[start]. If it has no clear end, it is
// taken to end with the text or the code fence, or else at the last brace.
func (r *jsonReader) repairAt(text string, start int, budget *int) (jsonCandidate, bool) {
	limit := nextFence(text, start)
	opening := ""
	if !opensBrace(text[start:]) {
		opening = "{"
	} else {
		cut := strings.TrimRightFunc(text[start:limit], unicode.IsSpace)
		if _, _, err := decodeFirst(cut); errors.Is(err, io.ErrUnexpectedEOF) {
			if c, ok := r.completed(start, cut, err, true); ok {
				return c, true
			}
		}
	}
	if brackets(text[start:limit]) > repairBrackets {
		return jsonCandidate{}, false
	}
	end, closed := objectEnd(opening+text[start:limit], nil)
	ends := []int{start + end - len(opening)}
	if !closed {
		ends = []int{limit}
		if brace := start + strings.LastIndexByte(text[start:limit], '}') + 1; brace > start+1 && brace < limit {
			ends = append(ends, brace)
			if !goesOn(text[brace:limit]) {
				ends[0], ends[1] = ends[1], ends[0]
			}
		}
	}
	whole := len(strings.TrimRightFunc(text[:limit], unicode.IsSpace))
	for _, end := range ends {
		written := strings.TrimRightFunc(text[start:end], unicode.IsSpace)
		c := jsonCandidate{span: span{start, start + len(written)}, written: written, opening: len(opening)}
		c.truncated = !closed && c.end >= whole
		if r.repair(&c, opening+written, budget) {
			return c, true
		}
	}
	return r.prefixAt(text[:limit], start)
}

// prefixAt reads a document without its last brackets and with prose right
// behind it: the part before the decoder's error.
func (r *jsonReader) prefixAt(text string, start int) (jsonCandidate, bool) {
	_, length, err := decodeFirst(text[start:])
	if syntax, ok := errors.AsType[*json.SyntaxError](err); !ok || syntax.Offset < 1 {
		return jsonCandidate{}, false
	}
	return r.completed(start, strings.TrimRightFunc(text[start:start+length-1], unicode.IsSpace), err, false)
}

// repair decodes a broken object: with corrected quotes, commas and brackets and
// nothing else changed, or as the library repairs it. The library reads more,
// but takes text with a colon for a file path and its escapes for backslashes.
func (r *jsonReader) repair(c *jsonCandidate, broken string, budget *int) bool {
	if _, _, c.broken = decodeFirst(broken); c.broken == nil {
		c.broken = errors.New("its first bracket is missing")
	}
	var straight strings.Builder
	objectEnd(broken, &straight)
	for _, attempt := range []func() (string, error){
		func() (string, error) { return stripControls(straight.String()), nil },
		func() (string, error) { return completeJSON(stripControls(straight.String()), false) },
		func() (string, error) { return stripControls(mended(c, broken, budget)), nil },
		func() (string, error) { return repairJSON(broken, budget) },
		func() (string, error) { return repairJSON(straight.String(), budget) },
		func() (string, error) { return completeJSON(broken, true) },
	} {
		if repaired, err := attempt(); err == nil && r.decode(c, repaired) {
			return true
		}
	}
	return false
}

// mended returns the object that mend makes of a broken one, within the budget.
func mended(c *jsonCandidate, broken string, budget *int) string {
	const cost = 256 // for a byte, in bytes copied
	if *budget -= cost * len(broken); *budget < 0 {
		return ""
	}
	text, complete := mend(broken)
	c.truncated = c.truncated && !complete
	return text
}

// goesOn reports whether the text after a brace continues as JSON does, and not
// as prose.
func goesOn(after string) bool {
	after = strings.TrimSpace(after)
	return after != "" && strings.ContainsRune(",]:\"", rune(after[0]))
}

// repairJSON calls the library within the budget.
func repairJSON(text string, budget *int) (repaired string, err error) {
	marks := 1
	for i := range len(text) {
		switch text[i] {
		case ' ', '\n':
			if i > 0 && text[i-1] != ' ' && text[i-1] != '\n' {
				marks++
			}
		case '{', '[', '(', '}', ']', ')', ',', ':', '"', '\'', '`', '+', '/', '\\':
			marks++
		case 0xE2, 0xC2: // the first byte of curly quotes and odd spaces
			marks++
		}
	}
	cost := marks * len(text)
	if brackets(text) > repairBrackets || cost > *budget {
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

func brackets(text string) int {
	return strings.Count(text, "{") + strings.Count(text, "[") + strings.Count(text, "(")
}
