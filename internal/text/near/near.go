// Package near finds texts that nearly equal each other, such as an input and the same input with a typing error.
// [Pairs] gives every such pair, [Between] those of two lists, and [Groups] sorts texts into groups around one of them.
package near

import (
	"cmp"
	"math/bits"
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
// grows with the number of texts and of pairs, and not with the square (Bayardo, Ma & Srikant, WWW 2007). The first of
// the two is the longer one; among texts of one length, the later one.
func Pairs(texts []string, isPair func(i, j int) bool, visit func(i, j int, similarity float64)) {
	x := newIndex(rankedSets(texts))
	order := make([]int, len(texts)) // the shortest first
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(x.sets[a]), len(x.sets[b])) })
	for _, i := range order {
		x.probe(i, isPair, visit)
		x.add(i)
	}
}

// Between visits, like [Pairs], the pairs of a text of the first list and one of the second, by their places.
func Between(first, second []string, isPair func(i, j int) bool, visit func(i, j int, similarity float64)) {
	x := newIndex(rankedSets(slices.Concat(first, second)))
	n := len(first)
	for j := range second {
		x.add(n + j)
	}
	for i := range first {
		x.probe(i, func(i, j int) bool { return isPair(i, j-n) },
			func(i, j int, similarity float64) { visit(i, j-n, similarity) })
	}
}

// An index finds the texts near one by their rarest trigrams.
type index struct {
	sets    [][]int32       // of all texts, see [rankedSets]
	marks   []mark          // of the sets
	holders map[int32][]int // by trigram, the texts in the index that have it among their rarest
	tried   []int           // the probe that a text was last looked at in
	probes  int
}

// A mark has a bit for each trigram of a set, which several may share. Two sets differ by at least as many trigrams as
// their marks differ by bits.
type mark [4]uint64

func newIndex(sets [][]int32) *index {
	x := &index{
		sets: sets, marks: make([]mark, len(sets)), holders: map[int32][]int{}, tried: make([]int, len(sets)),
	}
	for i, set := range sets {
		for _, gram := range set {
			bit := uint32(gram) % 256
			x.marks[i][bit/64] |= 1 << (bit % 64)
		}
	}
	return x
}

// rarest are the rarest trigrams of a text, and how many of all that it shares with a near one at least. Two near texts
// have one of their rarest in common.
func (x *index) rarest(i int) (grams []int32, least int) {
	set := x.sets[i]
	least = (nearShared*len(set) + nearOf - 1) / nearOf
	return set[:len(set)-least+1], least
}

func (x *index) add(i int) {
	grams, _ := x.rarest(i)
	for _, gram := range grams {
		x.holders[gram] = append(x.holders[gram], i)
	}
}

// probe visits the texts in the index that are near one.
func (x *index) probe(i int, isPair func(i, j int) bool, visit func(i, j int, similarity float64)) {
	x.probes++
	grams, least := x.rarest(i)
	for _, gram := range grams {
		for _, j := range x.holders[gram][max(0, len(x.holders[gram])-mostHolders):] {
			if x.tried[j] == x.probes || len(x.sets[j]) < least {
				continue
			}
			x.tried[j] = x.probes
			both := len(x.sets[i]) + len(x.sets[j])
			shares := (nearShared*both + nearShared + nearOf - 1) / (nearShared + nearOf) // shared / (both - shared) >= 3/5
			if x.differ(i, j) > both-2*shares || !isPair(i, j) {
				continue
			}
			if shared := sharedBy(x.sets[i], x.sets[j], shares); shared >= shares {
				visit(i, j, float64(shared)/float64(both-shared))
			}
		}
	}
}

// differ is by how many trigrams two sets differ at least.
func (x *index) differ(i, j int) int {
	n := 0
	for k, word := range x.marks[i] {
		n += bits.OnesCount64(word ^ x.marks[j][k])
	}
	return n
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

// sharedBy counts the numbers that two ascending lists have in common. It stops where they can't have the least.
func sharedBy(a, b []int32, least int) int {
	shared := 0
	for len(a) > 0 && len(b) > 0 && shared+min(len(a), len(b)) >= least {
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

// mostNeighbours bounds how many texts near one are looked for in [Groups]: all of a large template are near.
const mostNeighbours = 200

// Groups sorts texts into groups around one of them, the middle, and returns the index of the middle for each
// text: its own where it is a middle or alone. Every text nearly equals the middle of its group. Texts of a
// template, which are linked only through others, stay apart. The texts with the most neighbours become middles.
func Groups(texts []string) []int {
	type neighbour struct {
		text       int32
		similarity float32
	}
	neighbours := make([][]neighbour, len(texts))
	found, of := 0, -1 // neighbours of the text that is looked at
	Pairs(texts, func(i, _ int) bool {
		if i != of {
			found, of = 0, i
		}
		return found < mostNeighbours
	}, func(i, j int, similarity float64) {
		found++
		neighbours[i] = append(neighbours[i], neighbour{int32(j), float32(similarity)})
		neighbours[j] = append(neighbours[j], neighbour{int32(i), float32(similarity)})
	})
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(neighbours[b]), len(neighbours[a])) })
	middle := make([]int, len(texts))
	isMiddle := make([]bool, len(texts))
	for _, i := range order {
		best := neighbour{text: int32(i)}
		for _, n := range neighbours[i] {
			if isMiddle[n.text] && (n.similarity > best.similarity || n.similarity == best.similarity && n.text < best.text) {
				best = n
			}
		}
		middle[i], isMiddle[i] = int(best.text), int(best.text) == i
	}
	return middle
}
