package items

import (
	"cmp"
	"maps"
	"slices"

	"promptbench/internal/text/near"
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
	near.Pairs(texts, isPair, func(i, j int, similarity float64) {
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
