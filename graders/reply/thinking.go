package reply

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A block is one closed thinking block; outer includes its tags.
type block struct{ outer, inner span }

// thinkingMarks match the marks around the reasoning that models write into a
// reply, one kind of wrapper a line.
const thinkingMarks = `(?i:(?:<|&lt;)/?` + thinkingName + `(?:[ \t\r\n/][^<>]{0,254})?(?:>|&gt;))` + `|` +
	`(?i:\[/?think(?:ing)?\])` + `|` +
	`(?i:◁/?think(?:ing)?▷)` + `|` +
	`(?i:<\|(?:begin|start|end)_(?:of_)?(?:thought|think(?:ing)?)\|>)` + `|` +
	`(?i:<\|/?think(?:ing)?(?:_(?:begin|start|end))?\|>)` + `|` +
	`<\|inner_(?:prefix|suffix)\|>` + `|` +
	`<\|channel>(?:thought|analysis)\b|<channel\|>` + `|` +
	`(?:<\|start\|>assistant)?<\|channel\|>(?:analysis|commentary|final)[^<>]{0,100}` +
	`(?:<\|constrain\|>\w*)?<\|message\|>` + `|` +
	`<\|end\|>|<\|return\|>`

const thinkingName = `(?:(?:[a-z]{1,20}:)?think(?:ing)?|thoughts?|reasoning|scratchpad|reflection)`

// harmony is the wrapper whose messages name a channel: analysis, commentary, final.
const harmony = "harmony"

// strippedHarmony matches the reasoning of harmony messages without their marks.
var strippedHarmony = regexp.MustCompile(`(?s)^\s*analysis(.*?)assistantfinal`)

// wrappers are the marks around thinking: those that models are known to write,
// and pairs of a model's own.
type wrappers struct {
	marks *regexp.Regexp
	own   [][2]string
}

func newWrappers(own [][2]string) wrappers {
	if len(own) == 0 {
		return wrappers{marks: knownMarks}
	}
	var patterns []string
	for _, pair := range own {
		patterns = append(patterns, regexp.QuoteMeta(pair[0]), regexp.QuoteMeta(pair[1]))
	}
	return wrappers{regexp.MustCompile(strings.Join(append(patterns, thinkingMarks), "|")), own}
}

var knownMarks = regexp.MustCompile(thinkingMarks)

// A thinkingTag is one mark of a wrapper. Tags of one name are a pair.
type thinkingTag struct {
	span
	name   string
	closes bool
	empty  bool // <think/>
}

// maxMarks is how many marks of thinking a reply may have; what comes behind is
// read as text. No model writes a thousandth of it, and the search takes time.
const maxMarks = 20_000

// tags finds the marks in a text. It ignores a mark in quotes of its own, such as
// `<think>`.
func (w wrappers) tags(text string) []thinkingTag {
	var tags []thinkingTag
	if !w.mayOccur(text) {
		return nil
	}
	for _, m := range w.marks.FindAllStringIndex(text, maxMarks) {
		if s := (span{m[0], m[1]}); !isQuoted(text, s) {
			tags = append(tags, w.tag(text, s))
		}
	}
	return tags
}

// mayOccur reports whether a text has a character that a mark begins with. The
// search for marks would otherwise take most of the time that a reply without any
// takes to read.
func (w wrappers) mayOccur(text string) bool {
	if strings.IndexByte(text, '<') >= 0 || strings.IndexByte(text, '&') >= 0 || strings.Contains(text, "◁") {
		return true
	}
	for _, pair := range w.own {
		if strings.Contains(text, pair[0]) || strings.Contains(text, pair[1]) {
			return true
		}
	}
	for _, rest, found := strings.Cut(text, "["); found; _, rest, found = strings.Cut(rest, "[") {
		if name := strings.TrimPrefix(rest, "/"); name != "" && name[0]|0x20 == 't' {
			return true
		}
	}
	return false
}

func (w wrappers) tag(text string, s span) thinkingTag {
	t := thinkingTag{span: s}
	mark := text[s.start:s.end]
	for i, pair := range w.own {
		if mark == pair[0] || mark == pair[1] {
			t.name, t.closes = fmt.Sprint("own ", i), mark == pair[1]
			return t
		}
	}
	mark = strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(mark), "&lt;", "<"), "&gt;", ">")
	switch {
	case strings.HasSuffix(mark, "<|message|>"):
		t.name, t.closes = harmony, strings.Contains(mark, "<|channel|>final")
	case mark == "<|end|>", mark == "<|return|>":
		t.name, t.closes = harmony, true
	case strings.HasPrefix(mark, "<|channel>"), mark == "<channel|>":
		t.name, t.closes = "channel", mark == "<channel|>"
	case strings.HasPrefix(mark, "<|"):
		word := strings.Trim(mark, "<|>")
		t.name = "token " + strings.Trim(tokenVerb.ReplaceAllString(word, ""), "/_")
		t.closes = strings.HasPrefix(word, "/") || strings.Contains(word, "end") || word == "inner_suffix"
	default:
		bracket, n := utf8.DecodeRuneInString(mark)
		name := strings.TrimPrefix(mark[n:], "/")
		t.closes = len(name) < len(mark)-n
		t.empty = !t.closes && strings.HasSuffix(name, "/>")
		end := strings.IndexFunc(name, func(c rune) bool { return !unicode.IsLetter(c) && c != ':' })
		t.name = string(bracket) + name[:end]
	}
	return t
}

// tokenVerb matches the part in which the two tokens of a wrapper differ.
var tokenVerb = regexp.MustCompile(`^(?:begin|start|end)_(?:of_)?|_(?:begin|start|end|prefix|suffix)$`)

// blocks finds the outermost closed thinking blocks, and the offset of the first
// opening tag outside them that is never closed (-1 for none). Tags of one name
// match like brackets, so a block may quote its own kind; what is left of the
// tags matches whatever its name.
func (w wrappers) blocks(text string) (blocks []block, open int) {
	if m := strippedHarmony.FindStringSubmatchIndex(text); m != nil {
		return []block{{span{m[0], m[1]}, span{m[2], m[3]}}}, -1
	}
	tags := w.tags(text)
	partner := pairThinking(tags)
	isHarmony := slices.ContainsFunc(tags, func(t thinkingTag) bool {
		return t.name == harmony && strings.HasSuffix(text[:t.end], "<|message|>")
	})
	first := 0
	for i, tries := len(tags)-1, 8; i >= 0 && tries > 0; i-- {
		if t := tags[i]; !t.closes || partner[i] >= 0 || t.name == harmony {
			continue
		}
		tries--
		if closesPrompt(text, tags[i].span) {
			blocks = []block{{span{0, tags[i].end}, span{0, tags[i].start}}}
			first = i + 1
			break
		}
	}
	open = -1
	for i := first; i < len(tags); i++ {
		t := tags[i]
		switch {
		case t.empty, t.closes && t.name == harmony && isHarmony:
			blocks = append(blocks, block{t.span, span{t.end, t.end}})
		case t.closes:
		case partner[i] > i:
			end := tags[partner[i]]
			blocks = append(blocks, block{span{t.start, end.end}, span{t.end, end.start}})
			i = partner[i]
		case open < 0:
			open = t.start
		}
	}
	return blocks, open
}

// pairThinking returns for each tag the index of its partner, or -1.
func pairThinking(tags []thinkingTag) []int {
	partner := make([]int, len(tags))
	stacks := map[string][]int{}
	for i, t := range tags {
		partner[i] = -1
		stack := stacks[t.name]
		switch {
		case t.empty:
		case !t.closes && t.name == harmony && len(stack) > 0: // one message after another
		case !t.closes:
			stacks[t.name] = append(stack, i)
		case len(stack) > 0:
			partner[i], partner[stack[len(stack)-1]] = stack[len(stack)-1], i
			stacks[t.name] = stack[:len(stack)-1]
		}
	}
	open := -1
	for i, t := range tags {
		switch {
		case t.empty || partner[i] >= 0:
		case !t.closes && open < 0:
			open = i
		case t.closes && open >= 0 && t.name != harmony && tags[open].name != harmony:
			partner[i], partner[open] = open, i
			open = -1
		}
	}
	return partner
}

// closesPrompt reports whether a closing tag closes a block that the prompt opened:
// the answer follows it, and the tag is not a word in a sentence, nor part of an
// object or an element.
func closesPrompt(text string, t span) bool {
	before, after := text[:t.start], text[t.end:]
	answer := strings.TrimLeft(after, " \t")
	inSentence := len(answer) < len(after) && strings.HasSuffix(before, " ") &&
		!strings.ContainsAny(head(answer, 1), "{[<`\r\n")
	return strings.TrimSpace(answer) != "" && !inSentence &&
		!isInElement(before, after) && !(&objects{text: text, tries: 16}).contain(t)
}

var endTag = regexp.MustCompile(`</([\pL_][\pL\pN_.-]*)`)

// isInElement reports whether an element begins in the text before a place and
// ends in the text after it.
func isInElement(before, after string) bool {
	for _, m := range endTag.FindAllStringSubmatchIndex(after, 16) {
		name := after[m[2]:m[3]]
		begins := strings.Index(after, "<"+name)
		if begins < 0 || begins > m[0] {
			if strings.LastIndex(before, "<"+name) > strings.LastIndex(before, "</"+name) {
				return true
			}
		}
	}
	return false
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
