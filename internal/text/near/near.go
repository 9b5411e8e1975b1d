// Package near finds texts that nearly equal each other, such as an input and the same input with a typing error.
// [Pairs] gives every such pair, and [Groups] sorts texts into groups around one of them.
package near

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Two texts nearly equal each other if they share three of five trigrams or more: the Jaccard index of the sets of
// three letters in a row that they hold. Letters and digits alone count, in NFKC and lower case, and a Hangul
// syllable counts as the two or three letters it is written with, so that a typing error or a particle changes a
// part of a syllable only. Of texts with neither letters nor digits, such as emoji, all marks count.
const (
	nearShared = 3
	nearOf     = 5
)

// mostHolders bounds how many texts that share a rare trigram one text is compared with, the nearest in length first:
// inputs made from a template are linked all the same, from one to the next.
const mostHolders = 500

type trigram [3]rune

// trigrams returns the trigrams of a text, each once. A text of fewer than three letters has one, filled up.
func trigrams(text string) []trigram {
	text = norm.NFKC.String(text)
	letters := norm.NFD.String(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text))
	if letters == "" {
		letters = strings.Join(strings.Fields(text), "")
	}
	runes := []rune(letters)
	if len(runes) < 3 {
		var one trigram
		copy(one[:], runes)
		return []trigram{one}
	}
	seen := make(map[trigram]bool, len(runes))
	var out []trigram
	for i := range len(runes) - 2 {
		if one := trigram(runes[i : i+3]); !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	return out
}

// Pairs visits the pairs of texts that nearly equal each other and for which isPair is true. Two texts can only
// share so many trigrams if they share one of their rarest, so each is compared only with those that do: the work
// grows with the number of texts and of pairs, and not with the square (Bayardo, Ma & Srikant, WWW 2007).
func Pairs(texts []string, isPair func(i, j int) bool, visit func(i, j int, similarity float64)) {
	sets := rankedSets(texts)
	order := make([]int, len(texts)) // the shortest first
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(sets[a]), len(sets[b])) })
	holders := map[int32][]int{} // by trigram, the texts before that have it among their rarest
	tried := make([]int, len(texts))
	for turn, i := range order {
		set := sets[i]
		least := (nearShared*len(set) + nearOf - 1) / nearOf // that a near text shares at least
		for _, gram := range set[:len(set)-least+1] {
			for _, j := range holders[gram][max(0, len(holders[gram])-mostHolders):] {
				if tried[j] == turn+1 || len(sets[j]) < least {
					continue
				}
				tried[j] = turn + 1
				if !isPair(i, j) {
					continue
				}
				shared := sharedBy(set, sets[j])
				if all := len(set) + len(sets[j]) - shared; nearOf*shared >= nearShared*all {
					visit(i, j, float64(shared)/float64(all))
				}
			}
			holders[gram] = append(holders[gram], i)
		}
	}
}

// rankedSets numbers the trigrams of all texts from the rarest, and returns those of each text in ascending order.
func rankedSets(texts []string) [][]int32 {
	number := map[trigram]int32{}
	var counts []int
	sets := make([][]int32, len(texts))
	for i, text := range texts {
		for _, gram := range trigrams(text) {
			n, known := number[gram]
			if !known {
				n = int32(len(counts))
				number[gram] = n
				counts = append(counts, 0)
			}
			counts[n]++
			sets[i] = append(sets[i], n)
		}
	}
	byRarity := make([]int32, len(counts))
	for i := range byRarity {
		byRarity[i] = int32(i)
	}
	slices.SortStableFunc(byRarity, func(a, b int32) int { return cmp.Compare(counts[a], counts[b]) })
	rank := make([]int32, len(counts))
	for place, n := range byRarity {
		rank[n] = int32(place)
	}
	for _, set := range sets {
		for i, n := range set {
			set[i] = rank[n]
		}
		slices.Sort(set)
	}
	return sets
}

// sharedBy counts the numbers that two ascending lists have in common.
func sharedBy(a, b []int32) int {
	shared := 0
	for len(a) > 0 && len(b) > 0 {
		switch c := cmp.Compare(a[0], b[0]); {
		case c < 0:
			a = a[1:]
		case c > 0:
			b = b[1:]
		default:
			shared++
			a, b = a[1:], b[1:]
		}
	}
	return shared
}

// mostNeighbours bounds how many texts near one are kept for [Groups].
const mostNeighbours = 200

// Groups sorts texts into groups around one of them, the middle, and returns the index of the middle for each
// text: its own where it is a middle or alone. Every text nearly equals the middle of its group. Texts of a
// template, which are linked only through others, stay apart. The texts with the most neighbours become middles.
func Groups(texts []string) []int {
	type neighbour struct {
		text       int
		similarity float64
	}
	neighbours := make([][]neighbour, len(texts))
	Pairs(texts, func(i, j int) bool {
		return len(neighbours[i]) < mostNeighbours || len(neighbours[j]) < mostNeighbours
	}, func(i, j int, similarity float64) {
		neighbours[i] = append(neighbours[i], neighbour{j, similarity})
		neighbours[j] = append(neighbours[j], neighbour{i, similarity})
	})
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(neighbours[b]), len(neighbours[a])) })
	middle := make([]int, len(texts))
	isMiddle := make([]bool, len(texts))
	for _, i := range order {
		best := neighbour{text: i}
		for _, n := range neighbours[i] {
			if isMiddle[n.text] && (n.similarity > best.similarity || n.similarity == best.similarity && n.text < best.text) {
				best = n
			}
		}
		middle[i], isMiddle[i] = best.text, best.text == i
	}
	return middle
}
