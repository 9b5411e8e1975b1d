// Package worddiff compares two texts word by word, where words are what
// Unicode calls words (UAX #29), so that Korean and joined emoji stay whole.
package worddiff

import (
	"strings"
	"unicode"

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
// after (without the deleted ones). Words that both texts have once hold them
// together, so that quotes and brackets, which recur in every reply, do not;
// and between two changes punctuation counts as changed, as a reader would see
// it.
func Diff(before, after string) []Piece {
	a, b := split(before), split(after)
	var pieces []Piece
	i, j := 0, 0
	for _, at := range anchors(a, b) {
		pieces = between(pieces, a[i:at[0]], b[j:at[1]])
		pieces = add(pieces, Equal, a[at[0]])
		i, j = at[0]+1, at[1]+1
	}
	return tidy(between(pieces, a[i:], b[j:]))
}

func split(s string) []string {
	var out []string
	for it := words.FromString(s); it.Next(); {
		out = append(out, it.Value())
	}
	return out
}

// between appends the difference of words without anchors.
func between(pieces []Piece, before, after []string) []Piece {
	a, b := lines(before), lines(after)
	at := 0
	for _, e := range udiff.Lines(a, b) {
		pieces = add(pieces, Equal, unescape(a[at:e.Start]))
		pieces = add(pieces, Delete, unescape(a[e.Start:e.End]))
		pieces = add(pieces, Insert, unescape(e.New))
		at = e.End
	}
	return add(pieces, Equal, unescape(a[at:]))
}

// lines puts one word a line, which turns a line diff into a word diff.
func lines(list []string) string {
	escaper := strings.NewReplacer(`\`, `\\`, "\n", `\n`) // a line break inside a word stays one line
	var b strings.Builder
	for _, w := range list {
		b.WriteString(escaper.Replace(w))
		b.WriteByte('\n')
	}
	return b.String()
}

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

// tidy makes of each run of changes, in which words went and came, one deletion
// and one insertion.
func tidy(pieces []Piece) []Piece {
	var out, run []Piece
	for i, p := range pieces {
		if p.Op != Equal || i > 0 && i < len(pieces)-1 && !isWord(p.Text) {
			run = append(run, p)
			continue
		}
		out = add(join(out, run), Equal, p.Text)
		run = nil
	}
	return join(out, run)
}

// join appends a run of changes with nothing but punctuation between them.
func join(out, run []Piece) []Piece {
	var deleted, inserted strings.Builder
	seen := map[Op]bool{}
	for _, p := range run {
		seen[p.Op] = true
		if p.Op != Insert {
			deleted.WriteString(p.Text)
		}
		if p.Op != Delete {
			inserted.WriteString(p.Text)
		}
	}
	if seen[Delete] && seen[Insert] {
		return add(add(out, Delete, deleted.String()), Insert, inserted.String())
	}
	for _, p := range run {
		out = add(out, p.Op, p.Text)
	}
	return out
}

// isWord reports whether there is anything to read in a text.
func isWord(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.So, r)
	})
}
