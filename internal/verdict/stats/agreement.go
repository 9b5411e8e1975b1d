package stats

import "math"

// Kappa returns Cohen's kappa of a 2×2 table, the agreement beyond chance of a judge with a person, with its standard
// error and its two-sided interval at the level. tp counts what both passed, fp what only the judge passed, fn what
// only the person passed, tn what both failed. The result is the same if the two trade places.
//
// The standard error is the full large-sample one, which holds for any true kappa, not the shorter one that only tests
// kappa = 0. The interval is k ± z·se, cut to [-1, 1]; with perfect agreement se is 0, so with a small table look at
// its size too.
//
// All four are NaN where kappa is undefined: an empty table, or both raters giving one and the same answer throughout,
// so that no agreement beyond chance is possible; also for negative counts or a level outside (0,1).
//
// Source: J. Cohen, Educational and Psychological Measurement 20 (1960) 37; J. L. Fleiss, J. Cohen and B. S. Everitt,
// Psychological Bulletin 72 (1969) 323, equation 13.
func Kappa(tp, fp, fn, tn int, level float64) (k, se, lo, hi float64) {
	nan := math.NaN()
	if tp < 0 || fp < 0 || fn < 0 || tn < 0 || !isProper(level) {
		return nan, nan, nan, nan
	}
	// Both only ever said one thing: chance agreement is 1. Decided on counts, as rounded shares can miss it.
	if fp == 0 && fn == 0 && (tp == 0 || tn == 0) {
		return nan, nan, nan, nan
	}
	n := float64(tp) + float64(fp) + float64(fn) + float64(tn)
	both, judge, person, neither := float64(tp)/n, float64(fp)/n, float64(fn)/n, float64(tn)/n
	judgeYes, personYes := both+judge, both+person
	judgeNo, personNo := person+neither, judge+neither

	chanceDisagree := judgeYes*personNo + judgeNo*personYes // 1 - expected agreement
	disagree := judge + person                              // 1 - observed agreement
	k = 1 - disagree/chanceDisagree

	// The published variance is a mean of squares minus the square of a mean, which cancels where almost all cells agree.
	// This is the same number as the sum of squared distances from that mean. A disagreement is weighed by the marginals
	// crosswise: how often the judge gives the person's answer, and the person the judge's.
	rest := 1 - k
	centre := k - (1-chanceDisagree)*rest
	squares := 0.0
	for _, c := range []struct{ share, effect float64 }{
		{both, 1 - (judgeYes+personYes)*rest},
		{neither, 1 - (judgeNo+personNo)*rest},
		{judge, -(personYes + judgeNo) * rest},
		{person, -(personNo + judgeYes) * rest},
	} {
		squares += c.share * (c.effect - centre) * (c.effect - centre)
	}
	se = math.Sqrt(squares/n) / chanceDisagree
	z := zFor(level)
	return k, se, clamp(k-z*se, -1, 1), clamp(k+z*se, -1, 1)
}

// RoganGladen returns the pass rate that a judge's raw pass rate points to, given how often the judge passes what is
// good (sensitivity) and fails what is bad (specificity):
//
//	(rate + specificity - 1) / (sensitivity + specificity - 1)
//
// cut to [0, 1]. It reports false, with 0, where the judge tells nothing: its sensitivity and specificity add up to 1
// or less, so that it does no better than a coin. So it does for arguments outside [0,1].
//
// Source: W. J. Rogan and B. Gladen, American Journal of Epidemiology 107 (1978) 71.
func RoganGladen(rate, sensitivity, specificity float64) (float64, bool) {
	if !isShare(rate) || !isShare(sensitivity) || !isShare(specificity) {
		return 0, false
	}
	informed := sensitivity + specificity - 1
	if informed <= tieTolerance {
		return 0, false
	}
	return clamp((rate+specificity-1)/informed, 0, 1), true
}
