package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// A SliceVerdict is what happened to a slice.
type SliceVerdict string

// MarshalJSON gives the verdict, or null.
func (v SliceVerdict) MarshalJSON() ([]byte, error) { return Method(v).MarshalJSON() }

// The verdicts on a slice.
const (
	SliceWorse  = "worse"
	SliceBetter = "better"
	SliceOpen   = "open"
)

// A TypeSlice is the difference of one grader within the cases of one expected
// type. A group of paraphrases that spans types counts in each with the cases of
// that type.
type TypeSlice struct {
	Grader     string       `json:"grader"`
	By         string       `json:"by"` // type
	Value      string       `json:"value"`
	Cases      int          `json:"cases"` // scored on both sides
	Units      int          `json:"units"`
	BaseMean   *float64     `json:"base_mean"`
	HeadMean   *float64     `json:"head_mean"`
	BasePassed int          `json:"base_passed"` // cases
	HeadPassed int          `json:"head_passed"`
	NewlyFail  int          `json:"newly_fail"` // cases
	NewlyPass  int          `json:"newly_pass"`
	Better     int          `json:"better"`  // units whose value rose
	Worse      int          `json:"worse"`   // units whose value fell
	P          *float64     `json:"p"`       // one-sided, in the direction in which more units went; exact or sampled
	Verdict    SliceVerdict `json:"verdict"` // empty and null where nothing is tested

	delta, margin float64
	worse, better float64 // both one-sided p
	failsGate     bool
}

// MinSliceUnits is how many units of a type a verdict on it needs.
const MinSliceUnits = 10

// FailsGate reports whether the slice would fail a gate by type: it is worse at half the level of [SliceWorse].
func (s *TypeSlice) FailsGate() bool { return s.failsGate }

const (
	fewestTypes = 2     // of so many units
	gateAlpha   = 0.025 // one-sided, of a gate by type
)

// typeSlices compares each gating grader within each expected type. A slice is
// named worse or better if the one-sided test says so, corrected by Tarone and
// Holm over all slices, and its mean changes by more than the margin.
func typeSlices(p *pairing, o Options) []TypeSlice {
	types, pairsOf := p.byType()
	found := make([][]TypeSlice, len(p.names))
	parallel(len(found), func(k int) {
		if !gating(p.names[k], o) {
			return
		}
		for _, name := range types {
			if s := p.typeSlice(k, pairsOf[name], o); s.Units >= MinSliceUnits {
				s.Value = name
				found[k] = append(found[k], s)
			}
		}
		if len(found[k]) < fewestTypes {
			found[k] = nil
		}
	})
	list := slices.Concat(found...)
	nameSlices(list)
	return joined(list)
}

// byType returns the expected types, as the suite lists them, and the numbers of the pairs of each.
func (p *pairing) byType() (types []string, pairsOf map[string][]int32) {
	pairsOf = map[string][]int32{}
	for i := range p.pairs {
		name := p.pairs[i].c.Expect.Type
		if name != "" && pairsOf[name] == nil {
			types = append(types, name)
		}
		pairsOf[name] = append(pairsOf[name], int32(i))
	}
	order := func(name string) int { // as the suite lists them, then the others
		if at := slices.Index(p.head.run.Header.Reply.Types, name); at >= 0 {
			return at
		}
		return math.MaxInt
	}
	slices.SortFunc(types, func(a, b string) int { return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a, b)) })
	return types, pairsOf
}

func (p *pairing) typeSlice(grader int, pairs []int32, o Options) TypeSlice {
	s, g := p.caseSlice(grader, pairs)
	s.By, s.Units, s.margin = byType, len(g.units), o.margin(s.Grader)
	if s.Units == 0 {
		return s
	}
	d := differenceOf(g)
	s.BaseMean, s.HeadMean, s.delta = summary.Number(d.baseMean), summary.Number(d.headMean), d.delta
	s.Better, s.Worse = d.better, d.worse
	s.worse, s.better = stats.SignFlipSides(d.diffs, stats.Options{Seed: o.Seed, Samples: o.Samples})
	s.P = summary.Number(s.worse)
	if s.Better > s.Worse {
		s.P = summary.Number(s.better)
	}
	return s
}

// caseSlice gathers the pairs with the given numbers, nil meaning all, and counts the
// cases that pass and flip.
func (p *pairing) caseSlice(grader int, pairs []int32) (TypeSlice, gathered) {
	g := p.gather(grader, pairs, false)
	s := TypeSlice{Grader: p.names[grader], Cases: g.cases}
	for i := range p.pairs {
		if pairs != nil {
			if i == len(pairs) {
				break
			}
			i = int(pairs[i])
		}
		base, head := p.cells(i, grader)
		if base.Scored == 0 || head.Scored == 0 {
			continue
		}
		switch basePass, headPass := base.Pass(), head.Pass(); {
		case basePass && headPass:
			s.BasePassed++
			s.HeadPassed++
		case basePass:
			s.BasePassed++
			s.NewlyFail++
		case headPass:
			s.HeadPassed++
			s.NewlyPass++
		}
	}
	return s, g
}

// nameSlices decides which slices are worse, which are better, and which would
// fail a gate.
func nameSlices(list []TypeSlice) {
	worse, better, least := make([]float64, len(list)), make([]float64, len(list)), make([]float64, len(list))
	for i, s := range list {
		worse[i], better[i], least[i] = s.worse, s.better, math.Exp2(float64(-s.Better-s.Worse))
	}
	isWorse, isBetter := stats.TaroneHolm(worse, least, alpha), stats.TaroneHolm(better, least, alpha)
	failsGate := stats.TaroneHolm(worse, least, gateAlpha)
	for i := range list {
		s := &list[i]
		s.Verdict = SliceOpen
		switch falls, rises := s.delta < -s.margin, s.delta > s.margin; {
		case falls && isWorse[i]:
			s.Verdict, s.failsGate = SliceWorse, failsGate[i]
		case rises && isBetter[i]:
			s.Verdict = SliceBetter
		}
	}
}

// byType is how gates and slices name the expected type.
const byType = "type"

// checkByType holds a grader to a gate by type.
func (c *Comparison) checkByType(grader string) summary.GateResult {
	r := summary.GateResult{Grader: grader, By: byType, Pass: true, Shortfall: c.options.Reliability[grader].Shortfall}
	tested := false
	for _, s := range c.Slices {
		if s.Grader == grader {
			tested = tested || s.P != nil
			if s.failsGate {
				r.Worse, r.Pass = append(r.Worse, s.Value), false
			}
		}
	}
	r.Unscored = c.pairs.unscoredTypes(grader)
	r.Pass = r.Pass && len(r.Unscored) == 0
	if !tested && len(r.Unscored) == 0 {
		r.Shortfall = cmp.Or(r.Shortfall, fmt.Sprintf("it takes two types with %d scored cases each", MinSliceUnits))
	}
	return r
}

// unscoredTypes are the expected types where a grader has scores on both sides for fewer than
// half of the cases that it applies to. Whether such a type got worse is unknown.
func (p *pairing) unscoredTypes(grader string) (out []string) {
	k := slices.Index(p.names, grader)
	if k < 0 {
		return nil
	}
	types, pairsOf := p.byType()
	for _, name := range types {
		scored := p.gather(k, pairsOf[name], false)
		if all := p.gather(k, pairsOf[name], true); all.cases >= MinSliceUnits && 2*scored.cases < all.cases {
			out = append(out, name)
		}
	}
	return out
}

// mix is the overall verdict: [Mixed] in place of a verdict that a worse slice
// contradicts.
func (c *Comparison) mix(v *Verdict) *Verdict {
	if v == nil || *v == Regressed || len(c.slicesThat(SliceWorse)) == 0 {
		return v
	}
	mixed := Mixed
	return &mixed
}

func (c *Comparison) slicesThat(verdict SliceVerdict) []TypeSlice {
	return slices.DeleteFunc(slices.Clone(c.Slices), func(s TypeSlice) bool { return s.Verdict != verdict })
}
