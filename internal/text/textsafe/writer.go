package textsafe

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// A Writer passes on what a command prints, fit for a terminal and for the log of a CI job, wherever it comes from:
// control and direction-changing characters are escaped, but for line breaks, tabs and the colours of a report. A line
// can't be a command to the program that runs the job, such as "::error::" at its start, or "##[error]" and "##vso[…]"
// anywhere. It is the last line of defence: [Cell] also keeps a text from beginning a line of its own.
type Writer struct {
	To io.Writer
	// Escape returns what is printed for a character that must not be; nil for [EscapeText].
	Escape func(r rune) string

	mu     sync.Mutex
	held   []byte // the beginning of a character or a colour
	isText bool   // the line has more than white space
	colons int    // at its start
	hashes int    // before the letters that precede the next character
}

// EscapeText escapes characters of a text for people.
func EscapeText(r rune) string {
	if keep(r) < 0 {
		return ""
	}
	return `\` + string(r)
}

// EscapeJSON escapes characters in a string of JSON, which stays equal.
func EscapeJSON(r rune) string {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// EscapeXML escapes characters in text of XML, which stays equal except for characters that XML does not allow.
func EscapeXML(r rune) string {
	if r < ' ' {
		return ""
	}
	return fmt.Sprintf("&#%d;", r)
}

// Write passes text on.
func (w *Writer) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := slices.Concat(w.held, text)
	out := make([]byte, 0, len(rest))
	for len(rest) > 0 {
		colour, isCut := colourAt(rest)
		if isCut || !utf8.FullRune(rest) {
			break
		}
		if colour > 0 {
			out, rest = append(out, rest[:colour]...), rest[colour:]
			continue
		}
		r, size := utf8.DecodeRune(rest)
		if rest = rest[size:]; w.isSafe(r) {
			out = utf8.AppendRune(out, r)
		} else if w.Escape == nil {
			out = append(out, EscapeText(r)...)
		} else {
			out = append(out, w.Escape(r)...)
		}
	}
	w.held = bytes.Clone(rest)
	if _, err := w.To.Write(out); err != nil {
		return 0, err //nolint:wrapcheck // it is not the caller's concern that another writer is between
	}
	return len(text), nil
}

// isSafe reports whether a character may come next, and takes it for printed.
func (w *Writer) isSafe(r rune) bool {
	switch {
	case r == '\n':
		w.isText, w.colons, w.hashes = false, 0, 0
		return true
	case r == '\t':
		return true
	case keep(r) < 0:
		return false
	}
	isCommand := r == '[' && w.hashes > 1 || r == ':' && w.colons == 1 && !w.isText
	switch {
	case r == '#':
		w.hashes++
	case !unicode.IsLetter(r):
		w.hashes = 0
	}
	switch {
	case r == ':' && !w.isText && w.colons == 0:
		w.colons = 1
	case !unicode.IsSpace(r):
		w.isText = true
	}
	return !isCommand
}

// colourAt returns the length of the colour of a report at the start of text, 0 if there is none, and whether text may
// be cut inside of one.
func colourAt(text []byte) (length int, isCut bool) {
	for _, colour := range []string{"\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m"} {
		if bytes.HasPrefix(text, []byte(colour)) {
			return len(colour), false
		}
		isCut = isCut || bytes.HasPrefix([]byte(colour), text)
	}
	return 0, isCut
}
