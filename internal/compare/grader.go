package compare

import (
	"fmt"
	"math"

	"promptbench/internal/stats"
	"promptbench/internal/summary"
)

// The methods a p and an interval come from.
const (
	methodMcNemar    = "mcnemar-exact"
	methodExactFlip  = "sign-flip-exact"
	methodSampleFlip = "sign-flip-monte-carlo"

	methodTango          = "tango"
	methodBCa            = "bca"
	methodClopperPearson = "clopper-pearson"
)

// fewestForBCa is how many units must differ for a bootstrap interval: with
// fewer it claims more than the data hold.
const fewestForBCa = 10

// An estimate is the statistics of one grader over some units.
type estimate struct {
	baseMean, headMean, delta float64
	better, worse, same       int
	lo, hi                    float64
	intervalMethod            string
	p, stdErr                 float64
	sampled                   bool // p is a Monte-Carlo estimate
	method                    string
}

// estimateOf measures a difference. The assumption decides the method: exact
// McNemar and Tango hold only where every value is 0 or 1, each case was tried
// once and no cases are grouped. Units must not be empty.
func estimateOf(g gathered, trials int, o Options) estimate {
	e := estimate{}
	diffs := make([]float64, len(g.units))
	for i, u := range g.units {
		e.baseMean += u.base
		e.headMean += u.head
		diffs[i] = settle(u.head - u.base)
		switch {
		case diffs[i] > 0:
			e.better++
		case diffs[i] < 0:
			e.worse++
		default:
			e.same++
		}
	}
	n := len(g.units)
	e.baseMean /= float64(n)
	e.headMean /= float64(n)
	e.delta = settle(e.headMean - e.baseMean)

	options := stats.Options{Seed: o.Seed, Samples: o.Samples}
	if g.binary && !g.grouped && trials <= 1 {
		e.method, e.intervalMethod = methodMcNemar, methodTango
		e.p = stats.McNemar(e.better, e.worse)
		e.lo, e.hi = stats.Tango(e.better, e.worse, n, level)
		return e
	}
	flip := stats.SignFlip(diffs, options)
	e.p, e.stdErr, e.sampled = flip.P, flip.StdErr, !flip.Exact
	e.method = methodExactFlip
	if e.sampled {
		e.method = methodSampleFlip
	}
	if e.better+e.worse >= fewestForBCa {
		e.intervalMethod = methodBCa
		e.lo, e.hi = stats.BCa(diffs, level, options)
		return e
	}
	e.intervalMethod = methodClopperPearson
	e.lo, e.hi = stats.FlipInterval(e.better, e.worse, n, level)
	return e
}

// settle takes the rounding of averaging out of a difference that is zero.
func settle(d float64) float64 {
	if math.Abs(d) < 1e-12 {
		return 0
	}
	return d
}

// result fills the public form of an estimate.
func (e estimate) result(name string, g gathered) Grader {
	r := Grader{
		Grader: name, Cases: g.cases, Units: len(g.units), LeftOut: g.leftOut,
		BaseMean: summary.Number(e.baseMean), HeadMean: summary.Number(e.headMean), Delta: summary.Number(e.delta),
		CI: interval(e.lo, e.hi), CIMethod: e.intervalMethod, P: summary.Number(e.p), Method: e.method,
		Better: e.better, Worse: e.worse, Same: e.same, Warnings: []string{},
	}
	if e.sampled {
		r.PStdErr = summary.Number(e.stdErr)
	}
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

// empty is the public form where no unit has both sides.
func empty(name string, g gathered) Grader {
	r := Grader{Grader: name, LeftOut: g.leftOut, Warnings: []string{}}
	if g.leftOut > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("no case is scored on both sides: %d left out", g.leftOut))
	}
	return r
}

// interval keeps what is undefined out of every output.
func interval(lo, hi float64) *[2]float64 {
	if summary.Number(lo) == nil || summary.Number(hi) == nil {
		return nil
	}
	return &[2]float64{lo, hi}
}
