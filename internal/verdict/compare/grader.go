package compare

import (
	"fmt"
	"math"

	"promptbench/internal/verdict/stats"
	"promptbench/internal/verdict/summary"
)

// A Method names how a p or an interval came about. In JSON an empty one is
// null.
type Method string

// The methods of p.
const (
	McNemar      Method = "mcnemar-exact"
	ExactFlips   Method = "sign-flip-exact"
	SampledFlips Method = "sign-flip-monte-carlo"
)

// The methods of intervals.
const (
	Tango     Method = "tango"
	Augmented Method = "augmented-t" // see [stats.AugmentedInterval]
)

// MarshalJSON gives the name, or null.
func (m Method) MarshalJSON() ([]byte, error) {
	if m == "" {
		return []byte("null"), nil
	}
	return []byte(`"` + m + `"`), nil
}

// A difference is the statistics of one grader over some units.
type difference struct {
	diffs                     []float64
	baseMean, headMean, delta float64
	better, worse, same       int
	lo, hi                    float64
	bounds                    Method
	p, stdErr                 float64
	method                    Method
}

// differenceOf measures how far the units differ. There must be at least one.
func differenceOf(g gathered) *difference {
	d := &difference{diffs: make([]float64, len(g.units))}
	for i, u := range g.units {
		d.baseMean += u.base
		d.headMean += u.head
		d.diffs[i] = snapToZero(u.head - u.base)
		switch {
		case d.diffs[i] > 0:
			d.better++
		case d.diffs[i] < 0:
			d.worse++
		default:
			d.same++
		}
	}
	n := float64(len(g.units))
	d.baseMean /= n
	d.headMean /= n
	d.delta = snapToZero(d.headMean - d.baseMean)
	return d
}

// plain reports whether McNemar's test and Tango's interval hold: every value
// is 0 or 1, each case was tried once and no cases are grouped.
func plain(g gathered, trials int) bool { return g.binary && !g.grouped && trials <= 1 }

// bound finds the 95% interval of the difference.
func (d *difference) bound(g gathered, trials int) {
	if plain(g, trials) {
		d.bounds = Tango
		d.lo, d.hi = stats.Tango(d.better, d.worse, len(d.diffs), level)
		return
	}
	d.bounds = Augmented
	d.lo, d.hi = stats.AugmentedInterval(d.diffs, level)
}

// test finds p.
func (d *difference) test(g gathered, trials int, o Options) {
	if plain(g, trials) {
		d.method = McNemar
		d.p = stats.McNemar(d.better, d.worse)
		return
	}
	flips := stats.SignFlip(d.diffs, stats.Options{Seed: o.Seed, Samples: o.Samples})
	d.method, d.p, d.stdErr = ExactFlips, flips.P, math.NaN()
	if !flips.Exact {
		d.method, d.stdErr = SampledFlips, flips.StdErr
	}
}

// snapToZero removes the rounding error of averaging from a difference of zero.
func snapToZero(d float64) float64 {
	if math.Abs(d) < 1e-12 {
		return 0
	}
	return d
}

// resultOf puts what was gathered to the statistics.
func resultOf(name string, g gathered, trials int, o Options) Grader {
	r := Grader{Grader: name, Cases: g.cases, Units: len(g.units), LeftOut: g.leftOut, Warnings: []string{}}
	if len(g.units) == 0 {
		if g.leftOut > 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("no case is scored on both sides; %d left out", g.leftOut))
		}
		return r
	}
	d := differenceOf(g)
	d.bound(g, trials)
	d.test(g, trials, o)
	r.BaseMean, r.HeadMean, r.Delta = summary.Number(d.baseMean), summary.Number(d.headMean), summary.Number(d.delta)
	r.CI, r.CIMethod = interval(d.lo, d.hi), d.bounds
	r.P, r.Method = summary.Number(d.p), d.method
	if d.method == SampledFlips {
		r.PStdErr = summary.Number(d.stdErr)
	}
	r.Better, r.Worse, r.Same = d.better, d.worse, d.same
	r.diffs = d.diffs
	for _, u := range g.units {
		if u.basePass {
			r.BasePass++
		}
		if u.headPass {
			r.HeadPass++
		}
	}
	return r
}

// IsSignificant reports whether the verdict rests on p.
func (g *Grader) IsSignificant() bool {
	return g.PAdjusted != nil && g.Verdict != nil && (*g.Verdict == Improved || *g.Verdict == Regressed)
}

// IntervalMisleads reports whether the interval, to two places, excludes 0, while the p that
// the verdict rests on, corrected for several tests, does not exclude chance.
func (g *Grader) IntervalMisleads() bool {
	return g.CI != nil && (g.CI[0] >= 0.005 || g.CI[1] <= -0.005) && g.adjusted != nil && *g.adjusted >= alpha
}

// interval keeps what is undefined out of every output.
func interval(lo, hi float64) *[2]float64 {
	if summary.Number(lo) == nil || summary.Number(hi) == nil {
		return nil
	}
	return &[2]float64{lo, hi}
}
