package blame

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"promptbench/internal/text/textsafe"
)

// A kind says what a block of text is, and so where it can be cut.
type kind int

const (
	paragraph kind = iota
	listItem
	tagged // <name>…</name>, its tags at the beginning and the end of lines
	fence  // ``` or ~~~, never cut
	line
	sentence
	tagLine // that opens or closes a tagged block
	example // of a block of examples, never cut
)

// A block is a part of a message that a person would name.
type block struct {
	sep   string // the white space before it
	first bool   // it begins its message
	text  string // without white space around it
	kind  kind
	tag   string // of a tagged block
	where string // within its parent, such as "paragraph 2"
}

// wrapWidth is how wide a line may be before its end is taken for the work of an editor that wraps lines.
const wrapWidth = 60

const mostLines = 10_000 // of a tagged or fenced block

type markup struct{ open, item, fence *regexp.Regexp }

func newMarkup() markup {
	return markup{
		open:  regexp.MustCompile(`^<([\pL_][\pL\pN_.:-]*)(?:\s[^<>]*)?>`),
		item:  regexp.MustCompile(`^(?:[-*•·‣+]|\d{1,3}[.)]|[\x{2460}-\x{2473}]|[\pL][.)])\s`),
		fence: regexp.MustCompile("^(?:```|~~~)"),
	}
}

// splitText cuts a text into its top blocks: tagged blocks, fenced blocks, list items and paragraphs.
func splitText(text string) []block {
	m, lines := newMarkup(), linesOf(text)
	var out []block
	for i := 0; i < len(lines); {
		l := lines[i]
		n, k, tag := 1, paragraph, ""
		switch {
		case m.fence.MatchString(l.text):
			n, k = fencedLines(lines[i:]), fence
		case m.open.MatchString(l.text):
			if tag = m.open.FindStringSubmatch(l.text)[1]; taggedLines(lines[i:], tag) > 0 {
				n, k = taggedLines(lines[i:], tag), tagged
			} else {
				tag = ""
			}
		}
		if k == paragraph {
			if m.item.MatchString(l.text) {
				k = listItem
			}
			for i+n < len(lines) && !strings.Contains(strings.TrimPrefix(lines[i+n].sep, "\n"), "\n") &&
				!m.begins(lines[i+n].text) && (k != listItem || isIndented(lines[i+n].sep)) {
				n++
			}
		}
		last := lines[i+n-1]
		out = append(out, block{sep: l.sep, text: text[l.from:last.to], kind: k, tag: tag})
		i += n
	}
	return named(out)
}

func (m markup) begins(text string) bool {
	return m.item.MatchString(text) || m.open.MatchString(text) || m.fence.MatchString(text)
}

func isIndented(sep string) bool { return strings.HasSuffix(sep, " ") || strings.HasSuffix(sep, "\t") }

// A span is a line that is not blank: the white space before it, and where its text lies.
type span struct {
	sep, text string
	from, to  int
}

func linesOf(text string) []span {
	var out []span
	at, after := 0, 0 // after: the end of the line before
	for l := range strings.Lines(text) {
		trimmed := strings.TrimSpace(l)
		if trimmed != "" {
			from := at + strings.Index(l, trimmed)
			out = append(out, span{sep: text[after:from], text: trimmed, from: from, to: from + len(trimmed)})
			after = from + len(trimmed)
		}
		at += len(l)
	}
	return out
}

// fencedLines counts the lines up to the fence that closes the first, else one.
func fencedLines(lines []span) int {
	mark := lines[0].text[:3]
	for i, l := range lines[1:min(len(lines), mostLines)] {
		if strings.HasPrefix(l.text, mark) && strings.Trim(l.text, mark[:1]) == "" {
			return i + 2
		}
	}
	return 1
}

// taggedLines counts the lines up to the one that ends with the closing tag; 0 where none does.
func taggedLines(lines []span, tag string) int {
	depth, closing := 0, "</"+tag+">"
	opening := regexp.MustCompile("<" + regexp.QuoteMeta(tag) + `(?:\s[^<>]*)?>`)
	for i, l := range lines[:min(len(lines), mostLines)] {
		depth += len(opening.FindAllString(l.text, -1)) - strings.Count(l.text, closing)
		if depth <= 0 {
			if strings.HasSuffix(l.text, closing) {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// parts cuts a block one level further: a tagged block into its tags and what lies between, a paragraph or a list item
// into lines, a line into sentences. A block that can't be cut is its only part.
func (b block) parts() []block {
	parts := b.cut()
	parts[0].first = b.first
	return parts
}

func (b block) cut() []block {
	switch b.kind {
	case tagged:
		return b.inside()
	case paragraph, listItem:
		if lines := b.lines(); len(lines) > 1 {
			return lines
		}
		return b.sentences()
	case line:
		return b.sentences()
	case fence, sentence, tagLine, example:
	}
	return []block{b}
}

// inside is the opening tag, the blocks between, and the closing tag.
func (b block) inside() []block {
	open := b.text[:strings.Index(b.text, ">")+1]
	closing := "</" + b.tag + ">"
	inner := strings.TrimSuffix(strings.TrimPrefix(b.text, open), closing)
	blocks := splitText(inner)
	if b.isExamples() {
		blocks = examplesOf(inner, blocks)
	}
	if len(blocks) == 1 && blocks[0].kind == paragraph {
		sep := blocks[0].sep
		blocks = blocks[0].parts()
		blocks[0].sep = sep
	}
	out := []block{{sep: b.sep, text: open, kind: tagLine, where: "opening tag"}}
	end := strings.TrimRightFunc(inner, unicode.IsSpace)
	return append(append(out, blocks...), block{sep: inner[len(end):], text: closing, kind: tagLine, where: "closing tag"})
}

// isExamples reports whether a block is one of examples, by its tag.
func (b block) isExamples() bool {
	tag := strings.ToLower(b.tag)
	return b.kind == tagged && (strings.HasSuffix(tag, "examples") || strings.HasPrefix(tag, "예시"))
}

// examplesOf puts blocks together that no blank line sets apart: what an example says of itself, its input and its
// answer. A list is one of examples.
func examplesOf(text string, blocks []block) []block {
	var out []block
	at, from := 0, 0
	for _, b := range blocks {
		at += len(b.sep)
		n := len(out)
		if n > 0 && strings.Count(b.sep, "\n") < 2 && b.kind != listItem {
			out[n-1].text = text[from : at+len(b.text)]
		} else {
			from = at
			out = append(out, b)
		}
		at += len(b.text)
	}
	if len(out) == 1 { // nothing tells one from the next
		return blocks
	}
	for i := range out {
		out[i].kind = example
	}
	return named(out)
}

// lines cuts a block at the ends of lines, but for those where an editor wrapped a sentence.
func (b block) lines() []block {
	var out []block
	wraps := false
	for _, l := range linesOf(b.text) {
		if n := len(out); wraps {
			out[n-1].text += l.sep + l.text
		} else {
			out = append(out, block{sep: l.sep, text: l.text, kind: line, where: number("line", n+1)})
		}
		last, _ := utf8.DecodeLastRuneInString(l.text)
		wraps = textsafe.Width(l.text) >= wrapWidth && (unicode.IsLetter(last) || unicode.IsDigit(last) || last == ',')
	}
	if len(out) > 0 {
		out[0].sep = b.sep
	}
	return out
}

// sentences cuts a block behind the marks that end a sentence, where white space follows. It cuts no placeholder and
// no line of JSON.
func (b block) sentences() []block {
	if strings.HasPrefix(b.text, "{") || strings.HasPrefix(b.text, "[") {
		return []block{b}
	}
	var out []block
	from, sep := 0, b.sep
	add := func(to int) {
		out = append(out, block{
			sep: sep, text: b.text[from:to], kind: sentence, where: number("sentence", len(out)+1),
		})
	}
	for i, r := range b.text {
		next := i + utf8.RuneLen(r)
		if !strings.ContainsRune(".!?。！？", r) || i-from < 2 || next >= len(b.text) {
			continue
		}
		rest := strings.TrimLeftFunc(b.text[next:], unicode.IsSpace)
		if space := len(b.text) - next - len(rest); space > 0 && isEnd(b.text[from:i]) {
			add(next)
			from, sep = next+space, b.text[next:next+space]
		}
	}
	add(len(b.text))
	return out
}

// isEnd reports whether the word before a mark can end a sentence: a number or a single letter, as in "1." and "e.g.",
// can't.
func isEnd(before string) bool {
	word := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:]
	last, _ := utf8.DecodeLastRuneInString(word)
	return utf8.RuneCountInString(word) > 1 && !strings.Contains(word, ".") && !unicode.IsDigit(last)
}

// named numbers blocks of each kind, as a person counts them.
func named(blocks []block) []block {
	counts := map[kind]int{}
	for i := range blocks {
		b := &blocks[i]
		counts[b.kind]++
		switch b.kind {
		case tagged:
			b.where = "<" + b.tag + ">"
		case listItem:
			b.where = number("list item", counts[b.kind])
		case fence:
			b.where = number("code block", counts[b.kind])
		case example:
			b.where = number("example", counts[b.kind])
		case paragraph, line, sentence, tagLine:
			b.where = number("paragraph", counts[b.kind])
		}
	}
	return blocks
}

func number(what string, n int) string { return fmt.Sprintf("%s %d", what, n) }
