package graders

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/unicode/norm"
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

// oneLine puts a text of several lines on one.
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
	if len(candidates) == 0 {
		return ""
	}
	const longest = 64 // bytes; a longer word is no slip of the keyboard
	if len(word) <= longest {
		best, least := "", (len([]rune(word))+1)/3+1
		for _, c := range candidates {
			if d := distance(strings.ToLower(word), strings.ToLower(c)); d < least {
				best, least = c, d
			}
		}
		if best != "" {
			return "did you mean " + best + "?"
		}
	}
	return "known are " + strings.Join(candidates, ", ")
}

// distance counts the insertions, deletions, replacements and swaps of two
// neighbours that turn one word into the other (optimal string alignment), in
// characters.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			replaced := d[i-1][j-1]
			if x[i-1] != y[j-1] {
				replaced++
			}
			d[i][j] = min(replaced, d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
