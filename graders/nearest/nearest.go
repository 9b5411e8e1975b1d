// Package nearest finds the word that a mistyped one was meant to be.
package nearest

import "strings"

// Word returns the known word with the fewest typing mistakes from word, ignoring
// case, or nothing if none is near. Of equally near words it returns the first.
func Word(word string, known []string) string {
	w := []rune(strings.ToLower(word))
	if len(w) == 0 || len(w) > 100 {
		return ""
	}
	best, bestDist := "", 0
	for _, k := range known {
		kr := []rune(strings.ToLower(k))
		limit := max(len(w), len(kr), 3) / 3 // a third of the letters may be wrong
		// A word of one or two letters is near too many others.
		if len(w) <= 2 && len(kr) <= 2 {
			limit = 0
		}
		if d := distance(w, kr); d <= limit && (best == "" || d < bestDist) {
			best, bestDist = k, d
		}
	}
	return best
}

// distance counts the insertions, deletions, substitutions and swaps of
// neighbours between two words (optimal string alignment).
func distance(a, b []rune) int {
	prev2 := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
