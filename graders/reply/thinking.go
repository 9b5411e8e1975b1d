package reply

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// A block is one closed thinking block; outer includes its tags.
type block struct{ outer, inner span }

// thinkingMark matches a tag such as <think>, </Thinking> or <reasoning a="b">.
// A longer one is prose with a < in it.
var thinkingMark = regexp.MustCompile(`(?i)<(/?)(thinking|think|reasoning)(?:[ \t\r\n/][^<>]{0,254})?>`)

type thinkingTag struct {
	span
	name   string
	closes bool
	empty  bool // <think/>
}

// thinkingBlocks finds the outermost closed thinking blocks, and the offset of the
// first opening tag outside them that is never closed (-1 for none). Tags of one
// name match like brackets, so a block may quote its own kind. It ignores a tag
// in quotes of its own, such as `<think>`.
func thinkingBlocks(text string) (blocks []block, open int) {
	var tags []thinkingTag
	for _, m := range thinkingMark.FindAllStringSubmatchIndex(text, -1) {
		tag := thinkingTag{span: span{m[0], m[1]}, name: strings.ToLower(text[m[4]:m[5]]), closes: m[2] < m[3]}
		tag.empty = !tag.closes && text[tag.end-2] == '/'
		if !isQuoted(text, tag.span) {
			tags = append(tags, tag)
		}
	}

	closer := make([]int, len(tags)) // of an opening tag the index of its closing one, or 0
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

// outsideStrings leaves out the blocks, and the opening tag, in an object that can
// be decoded: there they are text of an item.
func outsideStrings(text string, blocks []block, open int) (outside []block, openOutside int) {
	o := objects{text: text, tries: 16}
	openOutside = open
	for _, b := range blocks {
		if open >= 0 && open < b.outer.start {
			if o.contain(span{open, open + 1}) {
				openOutside = -1
			}
			open = -1
		}
		if o.contain(b.outer) {
			continue
		}
		outside = append(outside, b)
		o.pos = max(o.pos, b.outer.end) // an object in a block is thinking
	}
	if open >= 0 && o.contain(span{open, open + 1}) {
		openOutside = -1
	}
	return outside, openOutside
}

// objects finds the objects of a text, from left to right.
type objects struct {
	text  string
	pos   int  // the end of the text that was searched
	last  span // the last object found
	tries int  // left; they bound the work for a hostile reply
}

// contain reports whether a span is in an object. The caller asks for spans in the
// order of their starts.
func (o *objects) contain(s span) bool {
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

// isQuoted reports whether a span has a pair of quotes of its own.
func isQuoted(text string, s span) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:s.start])
	after, _ := utf8.DecodeRuneInString(text[s.end:])
	return isQuote(before) && quoteClass(before) == quoteClass(after)
}
