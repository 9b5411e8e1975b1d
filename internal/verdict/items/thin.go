package items

import (
	"cmp"
	"slices"

	"promptbench/internal/verdict/plan"
	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// TenPoints is the drop that a type or a tag with enough cases shows.
const TenPoints = 0.1

// The values of [Thin.By].
const (
	ByType = "type"
	ByTag  = "tag"
)

// A Thin is a type or a tag with too few cases to reliably show a drop of ten points, under the assumptions of package
// plan. Slices by type share a one-sided alpha among all gating graders and types; those by tag are taken alone.
type Thin struct {
	By    string   `json:"by"`
	Value string   `json:"value"`
	Units int      `json:"units"` // cases, each group of paraphrases once
	Drop  *float64 `json:"detectable_drop"`
	More  int      `json:"more_units"` // that a drop of ten points takes
}

// A Count is how many units expect a type.
type Count struct {
	Type  string `json:"type"`
	Units int    `json:"units"` // cases, each group of paraphrases once
}

// units counts the cases that are not sealed, each group once, and those of each type and tag.
func (c *Collector) units() (all int, counts map[Thin]int) {
	units := map[string]bool{}
	counts = map[Thin]int{} // by By and Value
	for _, name := range c.types {
		counts[Thin{By: ByType, Value: name}] = 0
	}
	seen := map[[3]string]bool{}
	for i := range c.cases {
		one := &c.cases[i]
		if one.Sealed {
			continue
		}
		unit := cmp.Or(one.Group, "\x00"+one.ID)
		units[unit] = true
		count := func(by, value string) {
			if key := [3]string{by, value, unit}; value != "" && !seen[key] {
				seen[key] = true
				counts[Thin{By: by, Value: value}]++
			}
		}
		count(ByType, one.Type)
		for _, tag := range one.Tags {
			count(ByTag, tag)
		}
	}
	return len(units), counts
}

func (c *Collector) thin(a *Analysis) {
	var counts map[Thin]int
	a.Units, counts = c.units()
	a.Types = []Count{}
	gating := 0
	for s, n := range counts {
		if s.By == ByType {
			a.Types = append(a.Types, Count{s.Value, n})
		}
	}
	slices.SortFunc(a.Types, func(x, y Count) int {
		return cmp.Or(cmp.Compare(y.Units, x.Units), cmp.Compare(x.Type, y.Type))
	})
	for _, name := range c.names {
		if c.gates(name) {
			gating++
		}
	}
	if len(c.names) == 0 { // no run has been graded
		gating = len(c.gating)
	}
	a.Tests = max(1, gating) * max(1, len(a.Types))
	byType, byTag := newPower(2*plan.Alpha/float64(a.Tests)), newPower(plan.Alpha)
	a.Thin = []Thin{}
	for s, n := range counts {
		p := byType
		if s.By == ByTag {
			p = byTag
		}
		if n >= p.enough {
			continue
		}
		s.Units, s.Drop, s.More = n, p.drop(n), p.enough-n
		a.Thin = append(a.Thin, s)
	}
	slices.SortFunc(a.Thin, func(x, y Thin) int {
		return cmp.Or(-cmp.Compare(x.By, y.By), cmp.Compare(y.Units, x.Units), cmp.Compare(x.Value, y.Value))
	})
}

// A power knows what so many units show at one alpha, two-sided.
type power struct {
	alpha  float64
	enough int // units that show a drop of ten points
	drops  map[int]*float64
}

func newPower(alpha float64) *power {
	alpha = min(alpha, plan.Alpha)
	lo, hi := 0, 1
	enough := func(n int) bool {
		return stats.Power(n, plan.ChanceOfRise+TenPoints, plan.ChanceOfRise, alpha) >= plan.Power
	}
	for !enough(hi) {
		lo, hi = hi, 2*hi
	}
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; enough(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return &power{alpha: alpha, enough: hi, drops: map[int]*float64{}}
}

func (p *power) drop(n int) *float64 {
	if _, known := p.drops[n]; !known {
		p.drops[n] = summary.Number(stats.DetectableDrop(n, plan.ChanceOfRise, plan.Power, p.alpha))
	}
	return p.drops[n]
}
