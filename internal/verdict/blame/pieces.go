package blame

import (
	"cmp"
	"slices"
	"strings"

	"promptbench/internal/input/prompt"
)

// always is the hunk of what every variant has.
const always = -1

// A place says which variants have something: all of them, or those with a hunk in, or those with it out.
type place struct {
	hunk int
	in   bool
}

func (p place) isIn(m Mask) bool { return p.hunk == always || m.Has(p.hunk) == p.in }

// A space is white space between two pieces: it depends on a hunk where base and head have other white space there.
type space struct {
	out, in string
	hunk    int
}

func (s space) of(m Mask) string {
	if s.hunk != always && m.Has(s.hunk) {
		return s.in
	}
	return s.out
}

// A piece is a part of a message's text, with the white space before it.
type piece struct {
	place

	text string
	sep  space
	tag  bool // it opens or closes a tagged block, and so may touch what is inside
	run  int  // pieces of one run, which only one of the two texts has, stand at one place of the other; 0: both have it
}

// A message is one of the base, of the head or of both.
type message struct {
	place

	role       string
	begin, end space
	pieces     []piece
}

// text is the text of the message in a variant.
func (m message) text(mask Mask) string {
	var b strings.Builder
	b.WriteString(m.begin.of(mask))
	run, dropped, isFirst, afterTag := 0, "", true, false
	for _, p := range m.pieces {
		sep := p.sep.of(mask)
		if p.run != run {
			run, dropped = p.run, ""
		}
		if !p.isIn(mask) {
			dropped = longer(dropped, sep)
			continue
		}
		if p.run > 0 { // set apart from what is before it like the first of the run
			sep = longer(dropped, sep)
		}
		dropped = ""
		if sep == "" && !p.tag && !afterTag { // it comes behind a part that it did not follow before
			sep = longer(p.sep.in, cmp.Or(p.sep.out, " "))
		}
		if !isFirst {
			b.WriteString(sep)
		}
		isFirst, afterTag = false, p.tag
		b.WriteString(p.text)
	}
	b.WriteString(m.end.of(mask))
	return b.String()
}

// longer is the white space that sets more apart: that with more line ends.
func longer(a, b string) string {
	if strings.Count(a, "\n") > strings.Count(b, "\n") {
		return a
	}
	return b
}

// holdsInput reports whether a text has the placeholder of the case's input.
func holdsInput(text string) bool {
	if !strings.Contains(text, "{{") {
		return false
	}
	p := prompt.Prompt{Messages: []prompt.Message{{Content: text}}}
	return slices.Contains(p.Uses(), prompt.InputName)
}
