package stats

import "math"

// An Agreement is how a judge did where a person's answer is known. TP counts what both passed, FP what only the judge
// passed, FN what only the person passed, TN what both failed.
type Agreement struct{ TP, FP, FN, TN int }

// Sensitivity is how often the judge passes what is good, NaN where nothing is.
func (a Agreement) Sensitivity() float64 { return float64(a.TP) / float64(a.TP+a.FN) }

// Specificity is how often the judge fails what is bad, NaN where nothing is.
func (a Agreement) Specificity() float64 { return float64(a.TN) / float64(a.TN+a.FP) }

// CorrectedRate corrects a judge's raw pass rate, over n units, for the judge's errors, as [RoganGladen] does, and
// bounds the result at the two-sided level. The interval takes in all that is uncertain: the rate, which rests on n
// units, and sensitivity and specificity, which rest on the labels in a. All three are cut to [0, 1].
//
// The interval is that of Lang and Reiczigel: with z the normal quantile, the rate is moved towards one half as if z²
// more units had been seen, and sensitivity and specificity as if there had been one more label of each kind; of the
// three the variance of the corrected rate follows by the delta method, and its centre is shifted for skewness. It
// holds its level for sensitivities and specificities from 0.7 up.
//
// It reports false, with zeros, where the judge tells nothing (sensitivity and specificity add up to 1 or less), where
// one kind of label is missing, and for arguments out of range.
//
// Source: Zs. Lang and J. Reiczigel, Preventive Veterinary Medicine 113 (2014) 13, equations 4, 6, 7, 16 and 17, with
// (1-p)² in equation 4, where (1+p)² is a misprint.
func CorrectedRate(rate float64, n int, a Agreement, level float64) (estimate, lo, hi float64, ok bool) {
	if n < 1 || a.TP < 0 || a.FP < 0 || a.FN < 0 || a.TN < 0 || a.TP+a.FN == 0 || a.TN+a.FP == 0 || !isProper(level) {
		return 0, 0, 0, false
	}
	estimate, ok = RoganGladen(rate, a.Sensitivity(), a.Specificity())
	if !ok {
		return 0, 0, 0, false
	}
	z := zFor(level)
	units, good, bad := float64(n), float64(a.TP+a.FN)+2, float64(a.TN+a.FP)+2
	sensitivity, specificity := (float64(a.TP)+1)/good, (float64(a.TN)+1)/bad
	seen := (units*rate + z*z/2) / (units + z*z)
	informed := sensitivity + specificity - 1
	if informed <= tieTolerance {
		return 0, 0, 0, false
	}
	p := (seen + specificity - 1) / informed
	ofSensitivity, ofSpecificity := sensitivity*(1-sensitivity)/good, specificity*(1-specificity)/bad
	shift := 2 * z * z * (p*ofSensitivity - (1-p)*ofSpecificity)
	deviation := math.Sqrt(seen*(1-seen)/(units+z*z)+p*p*ofSensitivity+(1-p)*(1-p)*ofSpecificity) / informed
	return estimate, clamp(p+shift-z*deviation, 0, 1), clamp(p+shift+z*deviation, 0, 1), true
}

// ClopperPearson returns the exact interval of one rate, x out of n, at the two-sided level. For wins among decided
// pairs it is the interval that belongs to the sign test. ClopperPearson(0, 0, level) is (0, 1).
//
// The limits are NaN unless 0 <= x <= n and 0 < level < 1.
//
// Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404.
func ClopperPearson(x, n int, level float64) (lo, hi float64) {
	side := (1 + level) / 2
	return 1 - ClopperPearsonUpper(n-x, n, side), ClopperPearsonUpper(x, n, side)
}
