// Package worddiff compares two texts word by word, where words are what
// Unicode calls words (UAX #29), so that Korean and joined emoji stay whole.
package worddiff

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/clipperhouse/uax29/v2/words"
)

// An Op says what became of a piece of text.
type Op int

// The fates of a piece of text.
const (
	Equal Op = iota
	Delete
	Insert
)

// A Piece is a run of words with one fate.
type Piece struct {
	Op   Op
	Text string
}

// Diff returns the pieces that make before (without the inserted ones) and
// after (without the deleted ones).
func Diff(before, after string) []Piece {
	a, b := lines(before), lines(after)
	var pieces []Piece
	at := 0
	for _, e := range udiff.Lines(a.text, b.text) {
		pieces = add(pieces, Equal, a.words(at, e.Start))
		pieces = add(pieces, Delete, a.words(e.Start, e.End))
		pieces = add(pieces, Insert, unescape(e.New))
		at = e.End
	}
	return add(pieces, Equal, a.words(at, len(a.text)))
}

// wordLines is a text with one word a line, which turns a line diff into a
// word diff.
type wordLines struct{ text string }

func lines(s string) wordLines {
	escaper := strings.NewReplacer(`\`, `\\`, "\n", `\n`) // a line break inside a word stays one line
	var b strings.Builder
	for it := words.FromString(s); it.Next(); {
		b.WriteString(escaper.Replace(it.Value()))
		b.WriteByte('\n')
	}
	return wordLines{b.String()}
}

func (w wordLines) words(from, to int) string { return unescape(w.text[from:to]) }

func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", "\n", "").Replace(s)
}

func add(pieces []Piece, op Op, text string) []Piece {
	if text == "" {
		return pieces
	}
	if n := len(pieces); n > 0 && pieces[n-1].Op == op {
		pieces[n-1].Text += text
		return pieces
	}
	return append(pieces, Piece{Op: op, Text: text})
}
