package reply

import (
	"strings"
	"unicode/utf8"
)

// A block is one closed thinking block; outer includes its tags.
type block struct{ outer, inner span }

// thinkingName gives the name of the element a model puts its reasoning in
// that rest begins with, in lower case, or nothing. Of two names with a common
// beginning the longer one is tried first.
func thinkingName(rest string) string {
	for _, name := range [...]string{"thinking", "think", "reasoning"} {
		if len(rest) > len(name) && strings.EqualFold(rest[:len(name)], name) {
			return name
		}
	}
	return ""
}

type thinkingTag struct {
	span
	name   string
	closes bool
	empty  bool // <think/>
}

// thinkingBlocks finds the outermost closed thinking blocks, and the first
// opening tag outside of them that is never closed (-1 for none). Tags of one
// name are matched as brackets are, so that a block may quote its own kind. A
// tag in quotes of its own, such as `<think>`, is spoken of and opens nothing.
func thinkingBlocks(text string) (blocks []block, open int) {
	var tags []thinkingTag
	for pos := 0; ; {
		i := strings.IndexByte(text[pos:], '<')
		if i < 0 {
			break
		}
		tag, ok := lexThinkingTag(text, pos+i)
		if !ok || quoted(text, tag.span) {
			pos += i + 1
			continue
		}
		tags = append(tags, tag)
		pos = tag.end
	}

	closer := make([]int, len(tags)) // of an opening tag: its closing one, or 0
	stacks := map[string][]int{}
	for i, t := range tags {
		stack := stacks[t.name]
		switch {
		case t.empty:
			closer[i] = i
		case !t.closes:
			stacks[t.name] = append(stack, i)
		case len(stack) > 0:
			closer[stack[len(stack)-1]] = i
			stacks[t.name] = stack[:len(stack)-1]
		}
	}

	open = -1
	for i := 0; i < len(tags); i++ {
		t := tags[i]
		switch {
		case t.empty:
			blocks = append(blocks, block{t.span, span{t.end, t.end}})
		case t.closes:
		case closer[i] > 0:
			end := tags[closer[i]]
			blocks = append(blocks, block{span{t.start, end.end}, span{t.end, end.start}})
			i = closer[i]
		case open < 0:
			open = t.start
		}
	}
	return blocks, open
}

// outsideStrings leaves out the blocks, and the opening tag, that stand in an
// object which decodes: there they are text of an item, and none may be lost.
func outsideStrings(text string, blocks []block, open int) (outside []block, openOutside int) {
	o := objects{text: text, tries: 16}
	openOutside = open
	for _, b := range blocks {
		if open >= 0 && open < b.outer.start {
			if o.holds(span{open, open + 1}) {
				openOutside = -1
			}
			open = -1
		}
		if o.holds(b.outer) {
			continue
		}
		outside = append(outside, b)
		o.pos = max(o.pos, b.outer.end) // an object in a block is thought of, not said
	}
	if open >= 0 && o.holds(span{open, open + 1}) {
		openOutside = -1
	}
	return outside, openOutside
}

// objects looks for the objects of a text, from left to right.
type objects struct {
	text  string
	pos   int  // up to where it has looked
	last  span // the last object found
	tries int  // left; a hostile reply must not be decoded at each of its braces
}

// holds reports whether a span lies in an object. Spans must be asked for in the
// order of their starts.
func (o *objects) holds(s span) bool {
	for o.pos < s.start && o.tries > 0 {
		i := strings.IndexByte(o.text[o.pos:s.start], '{')
		if i < 0 {
			break
		}
		at := o.pos + i
		o.pos = at + 1
		if !opensObject(o.text[o.pos:]) {
			continue
		}
		o.tries--
		if _, length, err := decodeFirst(o.text[at:]); err == nil {
			o.last = span{at, at + length}
			o.pos = o.last.end
		}
	}
	return o.last.start < s.start && s.end <= o.last.end
}

// quoted reports whether a span stands in a pair of quotes of its own.
func quoted(text string, s span) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:s.start])
	after, _ := utf8.DecodeRuneInString(text[s.end:])
	return isQuote(before) && quoteClass(before) == quoteClass(after)
}

// lexThinkingTag reads a tag such as <think>, </Thinking> or <reasoning a="b">
// at the < in text[at].
func lexThinkingTag(text string, at int) (thinkingTag, bool) {
	const maxAttributes = 256 // bytes; what is longer is prose with a < in it
	rest := text[at+1:]
	t := thinkingTag{span: span{start: at}}
	if strings.HasPrefix(rest, "/") {
		t.closes = true
		rest = rest[1:]
	}
	if t.name = thinkingName(rest); t.name == "" {
		return t, false
	}
	rest = rest[len(t.name):]
	end := strings.IndexAny(rest[:min(len(rest), maxAttributes)], "<>")
	if end < 0 || rest[end] != '>' || !strings.ContainsRune("> \t\r\n/", rune(rest[0])) {
		return t, false
	}
	t.end = len(text) - len(rest) + end + 1
	t.empty = !t.closes && end > 0 && rest[end-1] == '/'
	return t, true
}
