package blame

import (
	"slices"
	"strings"
	"unicode"

	"promptbench/internal/input/prompt"
)

// A differ cuts the difference of two prompts into hunks.
type differ struct {
	hunks  []Hunk
	runs   int
	same   [][]int // hunks that change all examples, which makes them one
	leaves bool    // cut one prompt as finely as possible
}

// add adds a hunk and returns its index.
func (d *differ) add(h Hunk) int {
	d.hunks = append(d.hunks, h)
	return len(d.hunks) - 1
}

func (d *differ) run() int {
	d.runs++
	return d.runs
}

// A turn is a message, or an example: a user's message and the answer to it.
type turn struct {
	messages []prompt.Message
	where    string
	example  bool
}

func (t turn) text() string {
	var b strings.Builder
	for _, m := range t.messages {
		b.WriteString(m.Role + "\n" + m.Content + "\n")
	}
	return b.String()
}

// turns cuts the messages of a prompt into turns.
func turns(list []prompt.Message) []turn {
	var out []turn
	examples := 0
	counts := map[string]int{}
	for i := 0; i < len(list); {
		if i+1 < len(list) && list[i].Role == "user" && list[i+1].Role == "assistant" &&
			!holdsInput(list[i].Content) && !holdsInput(list[i+1].Content) {
			examples++
			out = append(out, turn{messages: list[i : i+2], where: number("example", examples), example: true})
			i += 2
			continue
		}
		counts[list[i].Role]++
		out = append(out, turn{messages: list[i : i+1], where: list[i].Role})
		i++
	}
	seen := map[string]int{}
	for i := range out {
		if role := out[i].messages[0].Role; !out[i].example && counts[role] > 1 {
			seen[role]++
			out[i].where = number(role+" message", seen[role])
		}
	}
	return out
}

// leastEdits is from how many examples on, all of them changed, the change counts as one: some examples of the old kind
// among others of the new kind would be a prompt that nobody wants to know about.
const leastEdits = 3

// messages is the difference of the messages.
func (d *differ) messages(base, head []prompt.Message) []message {
	b, h := turns(base), turns(head)
	isEqual := func(i, j int) bool { return b[i].text() == h[j].text() }
	weight := func(i, j int) float64 {
		x, y := b[i], h[j]
		like := likeness(x.text(), y.text())
		switch {
		case x.example != y.example, x.messages[0].Role != y.messages[0].Role, x.example && like < alike:
			return 0
		case holdsInput(x.text()) && holdsInput(y.text()):
			return 2 + like
		}
		return 0.1 + like
	}
	var out []message
	steps := align(len(b), len(h), isEqual, weight)
	var changed []int // of the examples
	kept := false
	for _, s := range steps {
		switch {
		case s.base < 0:
			out = append(out, d.only(h[s.head], true)...)
		case s.head < 0:
			out = append(out, d.only(b[s.base], false)...)
		case isEqual(s.base, s.head):
			kept = kept || h[s.head].example
			out = append(out, whole(h[s.head], place{hunk: always})...)
		case b[s.base].example:
			hunk := d.add(Hunk{Where: h[s.head].where, Base: b[s.base].said(), Head: h[s.head].said()})
			changed = append(changed, hunk)
			out = append(out, whole(b[s.base], place{hunk: hunk})...)
			out = append(out, whole(h[s.head], place{hunk: hunk, in: true})...)
		default:
			out = append(out, d.message(b[s.base].messages[0], h[s.head].messages[0], h[s.head].where))
		}
	}
	if !kept && len(changed) >= leastEdits {
		d.same = append(d.same, changed)
	}
	return out
}

// only is a turn that the base or the head has alone.
func (d *differ) only(t turn, in bool) []message {
	h := Hunk{Where: t.where, Base: t.said()}
	if in {
		h.Base, h.Head = "", h.Base
	}
	return whole(t, place{hunk: d.add(h), in: in})
}

// said is what the messages of a turn say, as the text of a hunk.
func (t turn) said() string {
	texts := make([]string, len(t.messages))
	for i, m := range t.messages {
		texts[i] = strings.TrimSpace(m.Content)
	}
	return strings.Join(texts, "\n→ ")
}

// whole is a turn whose texts are not cut.
func whole(t turn, at place) []message {
	out := make([]message, len(t.messages))
	for i, m := range t.messages {
		begin, text, end := trimmed(m.Content)
		out[i] = message{
			place: at, role: m.Role, begin: fixed(begin), end: fixed(end),
			pieces: []piece{{place: place{hunk: always}, text: text, sep: fixed("")}},
		}
	}
	return out
}

func fixed(text string) space { return space{out: text, in: text, hunk: always} }

func trimmed(text string) (begin, middle, end string) {
	rest := strings.TrimLeftFunc(text, unicode.IsSpace)
	middle = strings.TrimRightFunc(rest, unicode.IsSpace)
	return text[:len(text)-len(rest)], middle, rest[len(middle):]
}

// message is the difference of two messages of one role.
func (d *differ) message(base, head prompt.Message, where string) message {
	baseBegin, baseText, baseEnd := trimmed(base.Content)
	headBegin, headText, headEnd := trimmed(head.Content)
	first := len(d.hunks)
	b, h := splitText(baseText), splitText(headText)
	b[0].first, h[0].first = true, true
	for _, blocks := range [][]block{b, h} {
		if len(blocks) == 1 && blocks[0].kind == paragraph {
			blocks[0].where = "" // it is the message
		}
	}
	m := message{place: place{hunk: always}, role: head.Role}
	m.pieces = d.blocks(b, h, where)
	for i := range m.pieces { // white space that changed alone belongs to the change next to it
		if s := &m.pieces[i].sep; s.hunk == always && s.out != s.in {
			s.hunk = d.nearest(m.pieces, i, first, where)
		}
	}
	m.begin, m.end = space{baseBegin, headBegin, always}, space{baseEnd, headEnd, always}
	if baseBegin != headBegin {
		m.begin.hunk = d.nearest(m.pieces, 0, first, where)
	}
	if baseEnd != headEnd {
		m.end.hunk = d.nearest(m.pieces, len(m.pieces)-1, first, where)
	}
	return m
}

// nearest is the hunk of the piece that is nearest to one, before it or else behind it; if the message has no hunk, one
// of its white space.
func (d *differ) nearest(pieces []piece, at, first int, where string) int {
	for i := at; i >= 0; i-- {
		if pieces[i].hunk != always {
			return pieces[i].hunk
		}
	}
	for _, p := range pieces[at:] {
		if p.hunk != always {
			return p.hunk
		}
	}
	if first < len(d.hunks) {
		return first
	}
	return d.add(Hunk{Where: where, Head: "white space"})
}

// blocks is the difference of two lists of blocks.
func (d *differ) blocks(base, head []block, where string) []piece {
	steps := align(len(base), len(head),
		func(i, j int) bool { return base[i].text == head[j].text },
		func(i, j int) float64 { return base[i].weight(head[j]) })
	var out []piece
	for i := 0; i < len(steps); {
		if s := steps[i]; s.base >= 0 && s.head >= 0 {
			out = append(out, d.pair(base[s.base], head[s.head], where)...)
			i++
			continue
		}
		var gone, come []block
		for ; i < len(steps) && (steps[i].base < 0 || steps[i].head < 0); i++ {
			if steps[i].head < 0 {
				gone = append(gone, base[steps[i].base])
			} else {
				come = append(come, head[steps[i].head])
			}
		}
		if slices.EqualFunc(gone, come, func(b, h block) bool { return b.kind == h.kind || len(gone) == 1 }) {
			var changed []int
			for k := range gone {
				changed = append(changed, len(d.hunks))
				out = append(out, d.replaced(gone[k], come[k], where)...)
			}
			if gone[0].kind == example && len(gone) >= leastEdits {
				d.same = append(d.same, changed)
			}
			continue
		}
		run := d.run()
		for _, b := range gone {
			out = append(out, b.piece(d.add(Hunk{Where: path(where, b.where), Base: b.text}), false, run))
		}
		run = d.run()
		for _, b := range come {
			out = append(out, b.piece(d.add(Hunk{Where: path(where, b.where), Head: b.text}), true, run))
		}
	}
	return out
}

// weight says how far two blocks are versions of one another.
func (b block) weight(other block) float64 {
	like := likeness(b.text, other.text)
	switch {
	case holdsInput(b.text) && holdsInput(other.text):
		return 2 + like
	case (b.kind == tagged || other.kind == tagged) && b.tag != other.tag:
		return 0
	case b.kind == tagged:
		return 1 + like
	case like < alike:
		return 0
	}
	return like
}

func (b block) piece(hunk int, in bool, run int) piece {
	return piece{place: place{hunk, in}, text: b.text, sep: fixed(b.sep), tag: b.kind == tagLine, run: run}
}

// pair is the difference of two blocks that are versions of one another.
func (d *differ) pair(base, head block, where string) []piece {
	sep := space{base.sep, head.sep, always}
	switch {
	case base.first:
		sep.out = head.sep
	case head.first:
		sep.in = base.sep
	}
	if base.text == head.text {
		return []piece{{place: place{hunk: always}, text: head.text, sep: sep, tag: head.kind == tagLine}}
	}
	b, h := base.parts(), head.parts()
	if len(b) == 1 && len(h) == 1 || base.kind != tagged && !holdTogether(b, h) {
		return d.replaced(base, head, where)
	}
	if len(h) == 1 {
		h[0].where = ""
	}
	return d.blocks(b, h, path(where, head.where))
}

// path names a part of a place; it may be all of it.
func path(where, part string) string {
	if part == "" {
		return where
	}
	return where + ", " + part
}

// holdTogether reports whether most of two texts is in parts that they have in common, so that a person would see the
// parts that differ and not another text.
func holdTogether(base, head []block) bool {
	common := map[string]bool{}
	for _, b := range base {
		common[b.text] = true
	}
	all, same := 0, 0
	for _, h := range head {
		all += len(h.text)
		if common[h.text] || holdsInput(h.text) {
			same += len(h.text)
		}
	}
	return 3*same >= all
}

// replaced is a block in place of another one, as one hunk.
func (d *differ) replaced(base, head block, where string) []piece {
	hunk := d.add(Hunk{Where: path(where, head.where), Base: base.text, Head: head.text})
	return []piece{base.piece(hunk, false, d.run()), head.piece(hunk, true, d.run())}
}
