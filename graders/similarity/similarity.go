// Package similarity measures how near a text is to a reference text: ROUGE, BLEU, the edit distance and the
// cosine of two vectors.
//
// [Split] cuts a text into the parts that are compared, words or characters; the measures then work on any
// parts. Nothing here knows of replies or graders.
package similarity

import (
	"math"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"
	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/clipperhouse/uax29/v2/words"
	"golang.org/x/text/unicode/norm"
)

// MaxPairs is how many pairs of parts one measure looks at: about a tenth of a second. Two texts of 5,000 parts
// have as many.
const MaxPairs = 25_000_000

// Words cuts a text into its words, in its composed form (NFC): the segments of UAX #29 with a letter or a digit,
// in Korean the eojeol. With marks, punctuation is kept as parts of their own.
func Words(text string, marks bool) []string {
	var out []string
	for it := words.FromString(norm.NFC.String(text)); it.Next(); {
		part := it.Value()
		if isWord(part) || marks && strings.TrimSpace(part) != "" {
			out = append(out, part)
		}
	}
	return out
}

// Characters cuts a text into its characters as a reader counts them (UAX #29), in its composed form (NFC), without
// white space. A Hangul syllable is one, however it was typed. Without marks, punctuation is left out.
func Characters(text string, marks bool) []string {
	var out []string
	for it := graphemes.FromString(norm.NFC.String(text)); it.Next(); {
		part := it.Value()
		if isWord(part) || marks && strings.TrimSpace(part) != "" {
			out = append(out, part)
		}
	}
	return out
}

func isWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) >= 0
}

// An Overlap is what a text has in common with a reference, each from 0 to 1.
type Overlap struct {
	Precision float64 // the share of the text that is in the reference
	Recall    float64 // the share of the reference that is in the text
	F1        float64 // their harmonic mean
}

func newOverlap(common, text, reference int) Overlap {
	if common == 0 || text == 0 || reference == 0 {
		return Overlap{}
	}
	c, t, r := float64(common), float64(text), float64(reference)
	return Overlap{Precision: c / t, Recall: c / r, F1: 2 * c / (t + r)}
}

// RougeN is the overlap of n-grams, each counted as often as both have it. Its recall is ROUGE-N of Lin, "ROUGE: A
// Package for Automatic Evaluation of Summaries", 2004, section 2.
func RougeN(text, reference []string, n int) Overlap {
	ofText, ofReference := ngrams(text, n), ngrams(reference, n)
	return newOverlap(clipped(ofText, ofReference), total(ofText), total(ofReference))
}

// RougeL is the overlap by the longest common subsequence (Lin 2004, section 3.1, with β = 1). It is false where the
// two have more than [MaxPairs] pairs of parts.
func RougeL(text, reference []string) (Overlap, bool) {
	if tooLong(text, reference) {
		return Overlap{}, false
	}
	row := make([]int, len(reference)+1) // of lengths, for the parts of the text so far
	for _, part := range text {
		before := 0 // the length above and to the left
		for i, other := range reference {
			above := row[i+1]
			if part == other {
				row[i+1] = before + 1
			} else {
				row[i+1] = max(above, row[i])
			}
			before = above
		}
	}
	return newOverlap(row[len(reference)], len(text), len(reference)), true
}

// maxN is the longest n-gram of BLEU.
const maxN = 4

// Bleu is the BLEU of one text against all references, from 0 to 1: the geometric mean of the clipped precisions of
// 1-grams to 4-grams, times the brevity penalty (Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine
// Translation", 2002, section 2). A text is one sentence here, so a precision without a match is smoothed by method 3
// of Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", 2014, and a text that
// is shorter than an n-gram is measured by those it can have, as sacreBLEU does.
func Bleu(text []string, references [][]string) float64 {
	if len(text) == 0 || len(references) == 0 {
		return 0
	}
	logs, orders, smooth, matches := 0.0, 0, 1.0, 0
	for n := 1; n <= maxN && n <= len(text); n++ {
		most := map[string]int{}
		for _, r := range references {
			for gram, count := range ngrams(r, n) {
				most[gram] = max(most[gram], count)
			}
		}
		grams := ngrams(text, n)
		match, all := float64(clipped(grams, most)), float64(total(grams))
		matches += int(match)
		if match == 0 {
			smooth *= 2
			match = 1 / smooth
		}
		logs += math.Log(match / all)
		orders++
	}
	if matches == 0 {
		return 0
	}
	return brevity(len(text), references) * math.Exp(logs/float64(orders))
}

// brevity is the penalty of a text that is shorter than the reference of the nearest length; of two as near, the
// shorter one counts.
func brevity(text int, references [][]string) float64 {
	nearest := len(references[0])
	for _, r := range references[1:] {
		gap, best := distance(len(r), text), distance(nearest, text)
		if gap < best || gap == best && len(r) < nearest {
			nearest = len(r)
		}
	}
	if text >= nearest {
		return 1
	}
	return math.Exp(1 - float64(nearest)/float64(text))
}

func distance(a, b int) int { return max(a-b, b-a) }

// EditDistance is the least number of parts to insert, delete or replace to make one of the other (Levenshtein 1966).
// It is false where the two have more than [MaxPairs] pairs of parts.
func EditDistance(a, b []string) (int, bool) {
	if tooLong(a, b) {
		return 0, false
	}
	// The library compares runes, so that each distinct part becomes one, above those that it may treat in a way of
	// their own.
	const first = 0x10000
	runes := map[string]rune{}
	spell := func(parts []string) string {
		out := make([]rune, len(parts))
		for i, part := range parts {
			r, isKnown := runes[part]
			if !isKnown {
				r = rune(first + len(runes))
				runes[part] = r
			}
			out[i] = r
		}
		return string(out)
	}
	return levenshtein.ComputeDistance(spell(a), spell(b)), true
}

func tooLong(a, b []string) bool {
	const most = 0x100000 // distinct parts that have a rune
	return len(a)*len(b) > MaxPairs || len(a)+len(b) > most
}

// Cosine is the cosine of the angle between two vectors, from -1 to 1. It is false where they differ in length, are
// empty, or one has no direction.
func Cosine(a, b []float32) (float64, bool) {
	if len(a) != len(b) {
		return 0, false
	}
	var dot, lengthA, lengthB float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot, lengthA, lengthB = dot+x*y, lengthA+x*x, lengthB+y*y
	}
	out := dot / (math.Sqrt(lengthA) * math.Sqrt(lengthB))
	if math.IsNaN(out) || math.IsInf(out, 0) {
		return 0, false
	}
	return min(1, max(-1, out)), true
}

// ngrams counts the runs of n parts.
func ngrams(parts []string, n int) map[string]int {
	out := map[string]int{}
	for i := 0; i+n <= len(parts); i++ {
		out[strings.Join(parts[i:i+n], "\x00")]++
	}
	return out
}

func total(grams map[string]int) int {
	n := 0
	for _, count := range grams {
		n += count
	}
	return n
}

// clipped counts the n-grams that are in most, each at most as often as there.
func clipped(grams, most map[string]int) int {
	n := 0
	for gram, count := range grams {
		n += min(count, most[gram])
	}
	return n
}
