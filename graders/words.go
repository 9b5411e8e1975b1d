package graders

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/unicode/norm"

	"promptbench/graders/nearest"
)

// chars counts what a reader sees as characters: grapheme clusters (UAX #29),
// so that a joined emoji and a decomposed Hangul syllable count as one.
func chars(s string) int {
	n := 0
	for it := graphemes.FromString(s); it.Next(); {
		n++
	}
	return n
}

// hangul is the share of letters that are Hangul, 0 where there is no letter.
// Decomposed syllables are composed first, or they would count threefold.
func hangul(s string) float64 {
	letters, korean := 0, 0
	for _, r := range norm.NFC.String(s) {
		if unicode.IsLetter(r) {
			letters++
			if unicode.Is(unicode.Hangul, r) {
				korean++
			}
		}
	}
	if letters == 0 {
		return 0
	}
	return float64(korean) / float64(letters)
}

func quote(s string) string { return `"` + shorten(s, 60) + `"` }

// shorten keeps reasons readable: one line of at most so many characters, cut
// between grapheme clusters.
func shorten(s string, most int) string {
	s = oneLine(s)
	if len(s) <= most {
		return s
	}
	n := 0
	for it := graphemes.FromString(s); it.Next(); n++ {
		if n == most {
			return s[:it.Start()] + "…"
		}
	}
	return s
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// joinFindings makes a reason of findings. A reply can be wrong in a hundred
// thousand places, so the end of a long list is only counted.
func joinFindings(findings []string) string {
	const most, longest = 50, 300
	parts := make([]string, 0, min(len(findings), most)+1)
	for i, f := range findings {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(findings)-most))
			break
		}
		parts = append(parts, shorten(f, longest))
	}
	return strings.Join(parts, "; ")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// String says the range in words: "2 to 4", "at least 2", "at most 4", "any
// number".
func (r Range) String() string {
	switch {
	case r.Min != nil && r.Max != nil && *r.Min == *r.Max:
		return fmt.Sprintf("exactly %d", *r.Min)
	case r.Min != nil && r.Max != nil:
		return fmt.Sprintf("%d to %d", *r.Min, *r.Max)
	case r.Min != nil:
		return fmt.Sprintf("at least %d", *r.Min)
	case r.Max != nil:
		return fmt.Sprintf("at most %d", *r.Max)
	}
	return "any number"
}

// Has reports whether n lies in the range, bounds included.
func (r Range) Has(n int) bool {
	return (r.Min == nil || n >= *r.Min) && (r.Max == nil || n <= *r.Max)
}

// suggest names the candidate nearest to a mistyped word, else all of them.
func suggest(word string, candidates []string) string {
	near := nearest.Word(word, candidates)
	switch {
	case len(candidates) == 0:
		return ""
	case near != "":
		return "did you mean " + near + "?"
	}
	return "known are " + strings.Join(candidates, ", ")
}
