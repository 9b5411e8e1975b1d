package compare

import (
	"maps"
	"slices"

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
}

// sliceSamples is how often a slice is resampled: there are many of them, and
// nothing is decided by their intervals.
const sliceSamples = 1000

// tagSlices gives counts and intervals by tag and gating grader. They carry no
// p: of so many, some would be small by chance.
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
	if o.Samples == 0 {
		o.Samples = sliceSamples
	}
	found := make([]*Slice, len(spots))
	parallel(len(spots), func(i int) {
		g := p.gather(spots[i].grader, byTag[spots[i].tag], false)
		if len(g.units) == 0 {
			return
		}
		e := differenceOf(g)
		e.bound(g, p.trials, o)
		found[i] = &Slice{
			Tag: spots[i].tag, Grader: p.names[spots[i].grader], Units: len(g.units),
			Delta: summary.Number(e.delta), CI: interval(e.lo, e.hi), Better: e.better, Worse: e.worse,
		}
	})
	list := []Slice{}
	for _, s := range found {
		if s != nil {
			list = append(list, *s)
		}
	}
	return list
}
