package reply

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A source is a raw reply made safe to read: truncated, valid UTF-8, without its
// closed thinking blocks. It keeps the line numbers of the reply.
type source struct {
	text     string
	thinking []string
	lines    []int  // offset of every line break of the whole reply
	kept     []span // the parts of the reply that text consists of
	defects  []Defect
}

type span struct{ start, end int }

const byteOrderMark = "\uFEFF"

func newSource(raw string, w wrappers, verbatim bool) *source {
	s := &source{}
	full := raw
	if len(full) > MaxBytes {
		cut := MaxBytes
		for cut > 0 && cut > MaxBytes-utf8.UTFMax && !utf8.RuneStart(full[cut]) {
			cut--
		}
		full = full[:cut]
		s.add(CodeTooLong, "the reply has %d bytes; only the first %d were read", len(raw), cut)
	}
	if whole := withoutTornEnd(full); len(whole) < len(full) {
		full = whole
		s.add(CodeInvalidUTF8, "the reply ends inside a character, which was dropped")
	}
	if !utf8.ValidString(full) {
		full = strings.ToValidUTF8(full, "\uFFFD")
		s.add(CodeInvalidUTF8, "bytes that are not UTF-8 stand as \uFFFD")
	}
	for i := range len(full) {
		if full[i] == '\n' {
			s.lines = append(s.lines, i)
		}
	}
	if verbatim {
		s.keep(0, len(full))
		s.text = full
		return s
	}
	start := 0
	if strings.HasPrefix(full, byteOrderMark) {
		start = len(byteOrderMark)
		s.add(CodeProseBefore, "line 1: a byte order mark")
	}

	blocks, openTag := w.blocks(full)
	blocks, openTag = outsideStrings(full, blocks, openTag)
	for _, b := range blocks {
		s.keep(start, b.outer.start)
		start = b.outer.end
		if t := strings.TrimSpace(full[b.inner.start:b.inner.end]); t != "" {
			s.thinking = append(s.thinking, t)
		}
	}
	s.keep(start, len(full))
	s.join(full)

	switch {
	case len(blocks) > 0:
		line := s.lineOf(blocks[0].outer.start)
		s.add(CodeThinking, "line %d: a thinking block in the reply (%d in all)", line, max(1, len(s.thinking)))
	case openTag >= 0:
		s.add(CodeThinking, "line %d: a thinking block that is not closed", s.lineOf(openTag))
	}
	return s
}

func (s *source) add(code Code, format string, args ...any) {
	s.defects = append(s.defects, newDefect(code, format, args...))
}

// withoutTornEnd removes an incomplete character from the end.
func withoutTornEnd(text string) string {
	for at := len(text) - 1; at >= 0 && at > len(text)-utf8.UTFMax; at-- {
		if utf8.RuneStart(text[at]) {
			if !utf8.FullRuneInString(text[at:]) {
				return text[:at]
			}
			break
		}
	}
	return text
}

func (s *source) keep(start, end int) {
	if start < end {
		s.kept = append(s.kept, span{start, end})
	}
}

// join sets the text to the kept parts, trimmed, and trims those parts with it.
func (s *source) join(full string) {
	for len(s.kept) > 0 {
		first := &s.kept[0]
		part := full[first.start:first.end]
		first.start = first.end - len(strings.TrimLeftFunc(part, unicode.IsSpace))
		if first.start < first.end {
			break
		}
		s.kept = s.kept[1:]
	}
	for len(s.kept) > 0 {
		last := &s.kept[len(s.kept)-1]
		part := full[last.start:last.end]
		last.end = last.start + len(strings.TrimRightFunc(part, unicode.IsSpace))
		if last.start < last.end {
			break
		}
		s.kept = s.kept[:len(s.kept)-1]
	}
	var b strings.Builder
	for _, k := range s.kept {
		b.WriteString(full[k.start:k.end])
	}
	s.text = b.String()
}

// line returns the line of the reply, from 1, of an offset of text.
func (s *source) line(offset int) int {
	for _, k := range s.kept {
		if n := k.end - k.start; offset > n {
			offset -= n
			continue
		}
		return s.lineOf(k.start + offset)
	}
	return s.lineOf(offset)
}

// lineOf returns the line, from 1, of an offset of the whole reply.
func (s *source) lineOf(offset int) int {
	return sort.SearchInts(s.lines, offset) + 1
}
