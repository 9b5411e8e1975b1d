package compare

import (
	"maps"
	"math"
	"slices"

	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// A Slice is the difference of one grader within the cases of one tag.
type Slice struct {
	Tag    string      `json:"tag"`
	Grader string      `json:"grader"`
	Units  int         `json:"units"`
	Delta  *float64    `json:"delta"`
	CI     *[2]float64 `json:"ci"` // 95%, of the delta
	Better int         `json:"better"`
	Worse  int         `json:"worse"`

	P *float64 `json:"p_adjusted"` // Benjamini-Hochberg over tags and graders; nil below six units that differ
}

// fewestForTag is how many units must differ for a p of a tag: fewer cannot be
// significant.
const fewestForTag = 6

// tagSlices gives counts, intervals and p by tag and gating grader. No verdict
// rests on them.
func tagSlices(p *pairing, o Options) []Slice {
	byTag := map[string][]int32{}
	for i := range p.pairs {
		for k, tag := range p.pairs[i].c.Tags {
			if !slices.Contains(p.pairs[i].c.Tags[:k], tag) {
				byTag[tag] = append(byTag[tag], int32(i))
			}
		}
	}
	type spot struct {
		tag    string
		grader int
	}
	var spots []spot
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		for k, name := range p.names {
			if gating(name, o) {
				spots = append(spots, spot{tag, k})
			}
		}
	}
	found := make([]*Slice, len(spots))
	raw := make([]float64, len(spots))
	parallel(len(spots), func(i int) {
		raw[i] = math.NaN()
		g := p.gather(spots[i].grader, byTag[spots[i].tag], false)
		if len(g.units) == 0 {
			return
		}
		e := differenceOf(g)
		e.bound(g, p.trials)
		if e.better+e.worse >= fewestForTag {
			e.test(g, p.trials, o)
			raw[i] = e.p
		}
		found[i] = &Slice{
			Tag: spots[i].tag, Grader: p.names[spots[i].grader], Units: len(g.units),
			Delta: summary.Number(e.delta), CI: interval(e.lo, e.hi), Better: e.better, Worse: e.worse,
		}
	})
	list := []Slice{}
	for i, adjusted := range stats.BenjaminiHochberg(raw) {
		if found[i] != nil {
			found[i].P = summary.Number(adjusted)
			list = append(list, *found[i])
		}
	}
	return list
}
