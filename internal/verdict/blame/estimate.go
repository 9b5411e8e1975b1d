package blame

import (
	"maps"
	"math"
	"slices"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// effectsOn estimates what the hunks do to a grader.
func (c *Change) effectsOn(run *runfile.Run, grader string, at int) GraderEffects {
	out := GraderEffects{Grader: grader}
	units, counted := map[string]int{}, map[int]bool{}
	byType := map[string][]stats.Observation{}
	var rows []stats.Observation
	var diffs []float64
	for i, one := range run.Cases {
		name := "case " + one.Case
		if one.Group != "" {
			name = "group " + one.Group
		}
		unit, known := units[name]
		if !known {
			unit = len(units)
			units[name] = unit
		}
		means := map[Mask]float64{}
		for _, v := range variantsOf(run.TrialsOf(one.Case)) {
			cell := summary.CellOf(v.trials, grader, at)
			if cell.NotApplicable() {
				continue
			}
			if cell.Scored == 0 {
				out.leftOut++
				continue
			}
			means[v.mask] = cell.Mean()
			o := v.mask.observed(i, unit, cell.Mean())
			rows = append(rows, o)
			byType[one.Expect.Type] = append(byType[one.Expect.Type], o)
			counted[unit] = true
		}
		base, hasBase := means[NewMask(len(c.Hunks), false)]
		head, hasHead := means[NewMask(len(c.Hunks), true)]
		if hasBase && hasHead {
			diffs = append(diffs, head-base)
		}
	}
	out.units = len(counted)
	out.Delta = summary.Number(stats.Mean(diffs))
	out.Hunks = slices.Repeat([]Number{{Verdict: Open}}, len(c.Hunks))
	effects := stats.Effects(rows, level)
	ps := make([]float64, len(effects))
	for k, e := range effects {
		ps[k] = e.P
	}
	adjusted := stats.Holm(ps)
	for k, e := range effects {
		n := &out.Hunks[k]
		n.Effect, n.CI = summary.Number(e.Delta), interval(e)
		n.P, n.PAdjusted = summary.Number(e.P), summary.Number(adjusted[k])
		switch {
		case !(adjusted[k] < Alpha):
		case e.Delta < 0:
			n.Verdict = Worse
		default:
			n.Verdict = Better
		}
	}
	out.addSlices(byType)
	return out
}

// addSlices adds the effects in the cases of each expected type with enough units, if there are several types.
func (g *GraderEffects) addSlices(byType map[string][]stats.Observation) {
	for _, value := range slices.Sorted(maps.Keys(byType)) {
		units := map[int]bool{}
		for _, r := range byType[value] {
			units[r.Unit] = true
		}
		if value == "" || len(units) < leastOfSlice || len(byType) < 2 {
			continue
		}
		for k, e := range stats.Effects(byType[value], level) {
			g.Hunks[k].Slices = append(g.Hunks[k].Slices, Slice{
				By: "type", Value: value, Units: len(units), Effect: summary.Number(e.Delta), CI: interval(e),
			})
		}
	}
}

func (m Mask) observed(number, unit int, value float64) stats.Observation {
	o := stats.Observation{Case: number, Unit: unit, In: make([]bool, len(m)), Value: value}
	for k := range o.In {
		o.In[k] = m.Has(k)
	}
	return o
}

func interval(e stats.Effect) *[2]float64 {
	if math.IsNaN(e.Lo) || math.IsNaN(e.Hi) {
		return nil
	}
	return &[2]float64{e.Lo, e.Hi}
}

// A variant is the trials of a case with one variant.
type variant struct {
	mask   Mask
	trials []runfile.Trial
}

// variantsOf takes the trials of a case apart, which are in the order of the variants.
func variantsOf(trials []runfile.Trial) []variant {
	var out []variant
	for i := 0; i < len(trials); {
		end := i + 1
		for end < len(trials) && trials[end].Variant == trials[i].Variant {
			end++
		}
		out = append(out, variant{Mask(trials[i].Variant), trials[i:end]})
		i = end
	}
	return out
}

// tokens says by how many tokens of input and output each hunk makes a trial longer, which is one call, or those of a
// conversation; nil where the endpoint did not say.
func (c *Change) tokens(run *runfile.Run) (input, output []*float64) {
	input, output = make([]*float64, len(c.Hunks)), make([]*float64, len(c.Hunks))
	var in, out []stats.Observation
	for i, one := range run.Cases {
		for replies := range runfile.RepliesIn(run.CallsOf(one.Case)) {
			spent := summary.SpentOf(replies, nil)
			if spent.InputTokens == nil {
				continue
			}
			m := Mask(replies[0].Variant)
			in = append(in, m.observed(i, i, float64(*spent.InputTokens)))
			out = append(out, m.observed(i, i, float64(*spent.OutputTokens)))
		}
	}
	for k, e := range stats.Effects(in, level) {
		input[k] = summary.Number(e.Delta)
	}
	for k, e := range stats.Effects(out, level) {
		output[k] = summary.Number(e.Delta)
	}
	return input, output
}
