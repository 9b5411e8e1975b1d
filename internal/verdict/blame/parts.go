package blame

import (
	"errors"

	"promptbench/internal/input/prompt"
)

// ErrNoParts says that a prompt has no part that it could do without.
var ErrNoParts = errors.New("the prompt has no paragraph, block or example that can be left out")

// Parts takes a prompt for the change from a base that has none of its parts: each paragraph, each block and each
// example is a hunk. What every valid prompt needs stays in the base: the text around the input, and messages that are
// neither of the system nor examples.
func Parts(p *prompt.Prompt) (*Change, error) { return partsIn(p, &differ{}) }

// Leaves is [Parts] with the smallest parts of the instructions as hunks: list items, lines and sentences. Tags and
// examples stay in the base.
func Leaves(p *prompt.Prompt) (*Change, error) { return partsIn(p, &differ{leaves: true}) }

// Examples returns where the examples among messages begin: a user's message and the answer to it.
func Examples(list []prompt.Message) []int {
	var out []int
	at := 0
	for _, t := range turns(list) {
		if t.example {
			out = append(out, at)
		}
		at += len(t.messages)
	}
	return out
}

func partsIn(p *prompt.Prompt, d *differ) (*Change, error) {
	c := &Change{Head: p, parts: true}
	for _, t := range turns(p.Messages) {
		switch m := t.messages[0]; {
		case t.example && d.leaves:
			c.texts = append(c.texts, whole(t, place{hunk: always})...)
		case t.example:
			c.texts = append(c.texts, d.only(t, true)...)
		case !isTurn(m.Role) || holdsInput(m.Content):
			c.texts = append(c.texts, d.partsOf(m, t.where))
		default:
			c.texts = append(c.texts, whole(t, place{hunk: always})...)
		}
	}
	c.Hunks = d.hunks
	base := *p
	c.Base = &base
	c.join(nil)
	if len(c.Hunks) == 0 {
		return nil, ErrNoParts
	}
	c.Base = c.Variant(NewMask(len(c.Hunks), false))
	return c, nil
}

// partsOf cuts a message into parts that each are a hunk.
func (d *differ) partsOf(m prompt.Message, where string) message {
	begin, text, end := trimmed(m.Content)
	blocks := splitText(text)
	if len(blocks) == 1 { // as a whole it would say nothing
		blocks = blocks[0].parts()
	}
	out := message{place: place{hunk: always}, role: m.Role, begin: fixed(begin), end: fixed(end)}
	out.pieces = d.parts(blocks, where)
	return out
}

func (d *differ) parts(blocks []block, where string) []piece {
	var out []piece
	run := d.run()
	for _, b := range blocks {
		parts := b.parts()
		switch {
		case b.kind == tagLine:
			out = append(out, piece{place: place{hunk: always}, text: b.text, sep: fixed(b.sep), tag: true})
			run = d.run()
		case len(parts) > 1 && (d.leaves || holdsInput(b.text) || b.isExamples()):
			out = append(out, d.parts(parts, path(where, b.where))...)
			run = d.run()
		case holdsInput(b.text), d.leaves && b.kind == example:
			out = append(out, piece{place: place{hunk: always}, text: b.text, sep: fixed(b.sep)})
			run = d.run()
		default:
			out = append(out, b.piece(d.add(Hunk{Where: path(where, b.where), Head: b.text}), true, run))
		}
	}
	return out
}
