package summary

import (
	"math"

	"promptbench/internal/verdict/stats"
)

// level is that of every interval.
const level = 0.95

// The methods an interval comes from.
const (
	ciWilson    = "wilson"           // a rate: every value is 0 or 1, one trial a case, no groups
	ciEffective = "wilson-effective" // a mean, see [stats.WilsonEffective]
)

// A total gathers one grader over all cases.
type total struct {
	g       Grader
	sums    []float64 // per unit
	n       []float64
	groups  map[string]int
	allPass float64 // sum over the cases of the chance that all trials pass
	mixed   bool    // a value other than 0 and 1
	grouped bool
}

func (t *total) add(c *Cell, group string) {
	if c.NotApplicable() {
		t.g.NotApplicable++
		return
	}
	t.g.Applicable++
	t.g.Unscored += c.Undecided
	if c.Scored == 0 {
		return
	}
	t.g.Cases++
	if c.Pass() {
		t.g.Pass++
	} else {
		t.g.Fail++
	}
	if c.Flaky() {
		t.g.Flaky++
	}
	t.allPass += stats.PassHat(c.Scored, c.Passed, c.Scored)
	t.mixed = t.mixed || !c.Binary
	at, known := t.groups[group]
	if !known {
		at = len(t.sums)
		t.sums, t.n = append(t.sums, 0), append(t.n, 0)
		if group != "" {
			if t.groups == nil {
				t.groups = map[string]int{}
			}
			t.groups[group] = at
		}
	}
	t.grouped = t.grouped || known
	t.sums[at] += c.Mean()
	t.n[at]++
}

// grader is the total in its public form; trials is the most that a case has.
func (t *total) grader(name string, trials int) Grader {
	g := t.g
	g.Grader, g.Units = name, len(t.sums)
	if g.Units == 0 {
		return g
	}
	if trials > 1 {
		g.PassAll = Number(t.allPass / float64(g.Cases))
	}
	values := make([]float64, len(t.sums))
	for i := range values {
		values[i] = t.sums[i] / t.n[i]
	}
	g.Mean = Number(stats.Mean(values))
	var lo, hi float64
	lo, hi, g.CIMethod = meanInterval(values, !t.mixed && !t.grouped && trials <= 1, trials)
	if Number(lo) != nil && Number(hi) != nil {
		g.CI = &[2]float64{math.Max(0, lo), math.Min(1, hi)}
	}
	return g
}

// meanInterval is the interval of the mean of unit values in [0,1].
func meanInterval(values []float64, rate bool, trials int) (lo, hi float64, method string) {
	if !rate {
		lo, hi = stats.WilsonEffective(values, max(1, trials), level)
		return lo, hi, ciEffective
	}
	ones := 0
	for _, v := range values {
		ones += int(v)
	}
	lo, hi = stats.Wilson(ones, len(values), level)
	return lo, hi, ciWilson
}
