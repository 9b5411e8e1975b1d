package propose

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/suite"
)

// A span is what is known of one until its file has been read.
type span struct {
	parent  string
	hasText bool
}

// A pending text is inside of a span.
type pending struct {
	typed
	line int
}

// take takes what a user typed in a record. A text inside of a span waits until it is known whether that span has one.
func (p *proposer) take(path string, rec record) {
	t, reason := p.fromRecord(rec)
	if reason != "" && rec.inner {
		return // only wraps others
	}
	f := p.file()
	f.Records++
	if !slices.Contains(f.Formats, t.format) {
		f.Formats = append(f.Formats, t.format)
	}
	const mostSpans = 1_000_000
	if t.span != "" && len(p.spans) < mostSpans {
		p.spans[t.trace+"\x00"+t.span] = span{t.parent, reason == ""}
	}
	switch {
	case reason != "":
		p.leave(path, rec.line, reason, "")
	case t.parent != "":
		p.inside = append(p.inside, pending{t, rec.line})
		if len(p.inside) >= maxCases {
			p.takeInside(path)
		}
	default:
		p.propose(path, rec.line, t, suite.Case{})
	}
}

// takeInside takes the texts of spans that no span around them has a text of: what an application sends to a model is
// made of what the user typed, which the outer span has.
func (p *proposer) takeInside(path string) {
	const mostAround = 100
	for _, one := range p.inside {
		parent, isInside := one.parent, false
		for range mostAround {
			around, ok := p.spans[one.trace+"\x00"+parent]
			if !ok {
				break
			}
			if isInside = around.hasText; isInside {
				break
			}
			parent = around.parent
		}
		if isInside {
			p.leave(path, one.line, "inside of a span that has what the user typed", "")
			continue
		}
		p.propose(path, one.line, one.typed, suite.Case{})
	}
	p.inside = nil
}

// propose makes a candidate of a text, unless it repeats an earlier one. A case with an id is one of the suite itself.
func (p *proposer) propose(path string, line int, t typed, c suite.Case) {
	text := strings.TrimSpace(strings.ReplaceAll(t.text, "\r\n", "\n"))
	switch {
	case text == "":
		p.leave(path, line, "the input is empty", "")
		return
	case len(text) > maxText:
		p.leave(path, line, "the input is longer than 64 KiB", "")
		return
	case !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError):
		p.breaks(problem.Problem{File: path, Line: line, Message: "the input is not UTF-8", Secret: true})
		return
	}
	for _, template := range p.o.Templates {
		if input, ok := template.input(text); ok {
			text = input
			break
		}
	}
	c.Input = p.redact(text)
	if strings.TrimSpace(p.redactor.Unmarked(c.Input)) == "" {
		p.leave(path, line, "nothing but private text", "")
		return
	}
	p.add(path, line, t, c, keyOf(c))
}

// keyOf is what makes a case the same as another: its folded input and its variables.
func keyOf(c suite.Case) string {
	key := []string{fold(c.Input)}
	for _, name := range slices.Sorted(maps.Keys(c.Vars)) {
		key = append(key, name, c.Vars[name])
	}
	return strings.Join(key, "\x00")
}

// add makes a candidate that has a key, unless another has it.
func (p *proposer) add(path string, line int, t typed, c suite.Case, key string) {
	if first, ok := p.byKey[key]; ok {
		first.From.Seen++
		p.leave(path, line, "repeats a proposed case", first.ID)
		return
	}
	if len(p.found) >= maxCases {
		p.leave(path, line, fmt.Sprintf("beyond the first %d cases", maxCases), "")
		return
	}
	isOwn := c.ID != ""
	if !isOwn {
		c.ID = idOf(key)
	}
	origin := Origin{
		File: path, Line: line, Format: t.format, Trace: p.plainID(t, t.trace), Span: p.plainID(t, t.span), At: t.at, Seen: 1,
	}
	if t.turns > 1 {
		origin.Turns = t.turns
	}
	one := &candidate{Case: Case{c, origin}, key: key, isOwn: isOwn}
	p.byKey[key] = one
	p.found = append(p.found, one)
}

// fold is what two inputs have in common that repeat each other: letters in NFKC and lower case, one space between
// words, and no full stop, exclamation mark or tilde at the end.
func fold(text string) string {
	text = strings.ToLower(norm.NFKC.String(text))
	return strings.TrimRight(strings.Join(strings.Fields(text), " "), " .!~…。")
}

// idOf makes the id of a case of its folded input, so that added rows, their order, and spelling that is folded change
// none.
func idOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "case-" + hex.EncodeToString(sum[:6])
}

func (p *proposer) redact(text string) string {
	redacted, times := p.redactor.Redact(text)
	for rule, n := range times {
		p.times[rule] += n
	}
	return redacted
}

// withoutPrivate is what is expected of a reply, without texts that hold something private.
func (p *proposer) withoutPrivate(e graders.Expect) graders.Expect {
	for _, text := range slices.Concat(e.Equals, e.Contains, e.NotContains, e.Reference, []string{e.Regex}) {
		if _, times := p.redactor.Redact(text); times != nil {
			return graders.Expect{Type: e.Type, Count: e.Count}
		}
	}
	return e
}
