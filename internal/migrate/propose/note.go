package propose

import (
	"fmt"
	"path/filepath"
	"strings"

	"promptbench/internal/text/wording"
)

// note says where a case comes from, and what a person should know of it.
func (p *proposer) note(c *candidate) string {
	from := c.From
	parts := []string{fmt.Sprintf("from %s:%d", filepath.Base(from.File), from.Line)}
	switch {
	case from.Format == formatModel:
		parts[0] = "proposed by " + from.Trace
	case from.Format == formatRun:
		parts[0] = "from the run " + from.Trace
	case from.Trace != "":
		parts = append(parts, "trace "+from.Trace)
	}
	if from.Span != "" && from.Span != from.Trace && !c.isOwn {
		what := "span "
		switch from.Format {
		case formatPlain:
			what = "id "
		case formatRun:
			what = "case "
		}
		parts = append(parts, what+from.Span)
	}
	if from.At != "" {
		parts = append(parts, from.At)
	}
	if from.Turns > 1 {
		parts = append(parts, fmt.Sprintf("the last of %s of the user", wording.Count(from.Turns, "message")))
	}
	if from.Seen > 1 {
		parts = append(parts, fmt.Sprintf("seen %d times", from.Seen))
	}
	notes := []string{strings.Join(parts, ", ")}
	if c.Note != "" {
		notes = append(notes, c.Note)
	}
	return strings.Join(append(notes, c.remarks...), "; ")
}

// plainID is an id of an export, redacted unless it consists of hexadecimal digits.
func (p *proposer) plainID(t typed, id string) string {
	const most = 100
	if t.format == formatRun || t.format == formatModel {
		return id
	}
	if len(id) > most {
		id = strings.ToValidUTF8(id[:most], "") + "…"
	}
	isHex := func(r rune) bool { return strings.ContainsRune("0123456789abcdefABCDEF-", r) }
	hasLetter := strings.ContainsAny(id, "abcdefABCDEF")
	if strings.IndexFunc(id, func(r rune) bool { return !isHex(r) }) < 0 && hasLetter {
		return id
	}
	redacted, _ := p.redactor.Redact(strings.Join(strings.Fields(id), " "))
	return redacted
}
