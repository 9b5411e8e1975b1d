package model

import (
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// MaxMessage is how much of a server's text an [Error] keeps, in user-perceived characters: enough for a sentence or
// two in a terminal.
const MaxMessage = 300

// maxClusterBytes bounds what counts as one character: a server can add any number of combining marks to one.
const maxClusterBytes = 64

// Clean makes a server's text fit for one line of a terminal: no control or direction characters, white space joined,
// at most limit user-perceived characters.
func Clean(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(text, "\ufffd"))
	return cut(strings.Join(strings.Fields(text), " "), limit)
}

// cut keeps the first limit characters as a reader counts them, so that neither a syllable nor a joined emoji is split.
func cut(text string, limit int) string {
	clusters := graphemes.FromString(text)
	for n := 0; clusters.Next(); n++ {
		if n == limit || len(clusters.Value()) > maxClusterBytes {
			return strings.TrimRight(text[:clusters.Start()], " ") + "…"
		}
	}
	return text
}
