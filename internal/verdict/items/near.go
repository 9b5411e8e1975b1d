package items

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Two texts nearly equal each other if they share three of five trigrams or more: the Jaccard index of the sets of three
// letters in a row that they hold. Letters and digits alone count, in NFKC and lower case, and a Hangul syllable counts as
// the two or three letters it is written with, so that one slip of the finger in 낼 or a particle changes a part of a
// syllable only. Of texts with neither letters nor digits, such as emoji, all marks count.
const (
	nearShared = 3
	nearOf     = 5
)

// A Shown is an input that nearly equals a text in a prompt.
type Shown struct {
	Case       string  `json:"case"`
	Prompt     string  `json:"prompt"`
	Text       string  `json:"text"`
	Similarity float64 `json:"similarity"` // of the closest text, up to 1
}

// A Duplicate is cases whose inputs nearly equal each other and that are not all of one group.
type Duplicate struct {
	Cases      []string `json:"cases"`            // that are not sealed
	Sealed     int      `json:"sealed,omitempty"` // how many more are: a revision tried on the others has nearly seen them
	Similarity float64  `json:"similarity"`       // the least by which a case is in it
}

// mostHolders bounds how many texts that share a rare trigram one text is held against, the nearest in length first:
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

// alike finds the cases that nearly equal each other, and those that nearly equal an example.
func alike(cases []Case, examples []Example) ([]Duplicate, []Shown) {
	texts := make([]string, 0, len(cases)+len(examples))
	for i := range cases {
		texts = append(texts, cases[i].Input)
	}
	known := map[string]bool{}
	var distinct []Example
	for _, e := range examples {
		if !known[e.Text] {
			known[e.Text] = true
			distinct = append(distinct, e)
			texts = append(texts, e.Text)
		}
	}
	clusters := newClusters(len(cases))
	best := make([]Shown, len(cases))
	isPair := func(i, j int) bool {
		i, j = min(i, j), max(i, j)
		switch {
		case i >= len(cases):
			return false // two examples
		case j >= len(cases):
			return !cases[i].Sealed
		}
		return clusters.root(i) != clusters.root(j) && maps.Equal(cases[i].Vars, cases[j].Vars)
	}
	nearPairs(texts, isPair, func(i, j int, similarity float64) {
		i, j = min(i, j), max(i, j)
		if j < len(cases) {
			clusters.join(i, j, similarity)
			return
		}
		e := distinct[j-len(cases)]
		if s := &best[i]; cmp.Or(cmp.Compare(s.Similarity, similarity), cmp.Compare(len(e.Text), len(s.Text)),
			cmp.Compare(e.Prompt, s.Prompt), cmp.Compare(e.Text, s.Text)) < 0 {
			*s = Shown{cases[i].ID, e.Prompt, e.Text, similarity}
		}
	})
	best = slices.DeleteFunc(best, func(s Shown) bool { return s.Case == "" })
	if best == nil {
		best = []Shown{}
	}
	slices.SortStableFunc(best, func(a, b Shown) int { return cmp.Compare(b.Similarity, a.Similarity) })
	return clusters.duplicates(cases), best
}

// nearPairs visits the pairs of texts that nearly equal each other and that isPair wants to know of. Two texts can only
// share so many trigrams if they share one of their rarest, so each is held against those alone that do: the work grows
// with the number of texts and of pairs, and not with the square (Bayardo, Ma & Srikant, WWW 2007).
func nearPairs(texts []string, isPair func(i, j int) bool, visit func(i, j int, similarity float64)) {
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

// clusters are sets of cases that are linked by nearly equal inputs.
type clusters struct {
	parent []int
	least  []float64 // similarity of a link, by the root
}

func newClusters(n int) *clusters {
	c := &clusters{parent: make([]int, n), least: make([]float64, n)}
	for i := range n {
		c.parent[i], c.least[i] = i, 1
	}
	return c
}

func (c *clusters) root(i int) int {
	for c.parent[i] != i {
		c.parent[i] = c.parent[c.parent[i]]
		i = c.parent[i]
	}
	return i
}

func (c *clusters) join(i, j int, similarity float64) {
	i, j = c.root(i), c.root(j)
	i, j = min(i, j), max(i, j)
	c.parent[j] = i
	c.least[i] = min(c.least[i], c.least[j], similarity)
}

// duplicates are the clusters that are not one group of paraphrases.
func (c *clusters) duplicates(cases []Case) []Duplicate {
	members := map[int][]int{}
	for i := range cases {
		members[c.root(i)] = append(members[c.root(i)], i)
	}
	out := []Duplicate{}
	for i := range cases {
		if len(members[i]) < 2 {
			continue
		}
		group := cases[i].Group
		d := Duplicate{Similarity: c.least[i]}
		mixed := group == ""
		for _, k := range members[i] {
			if cases[k].Sealed {
				d.Sealed++
			} else {
				d.Cases = append(d.Cases, cases[k].ID)
			}
			mixed = mixed || cases[k].Group != group
		}
		if mixed && len(d.Cases) > 0 {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b Duplicate) int { return cmp.Compare(b.Similarity, a.Similarity) })
	return out
}
