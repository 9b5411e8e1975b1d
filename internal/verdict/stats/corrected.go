package stats

import (
	"maps"
	"math"
	"slices"
)

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

// JudgedRate returns the share of n replies that people would pass, and its interval at the two-sided level. A judge
// passes so many of them. It rests on labels of replies that were drawn at random from these n: of those labelled, tp
// were passed by both, fp by the judge alone, fn by the person alone, tn by neither. With r the judge's share,
//
//	rate = r·a + (1-r)·b,  a = (tp+1)/(tp+fp+2),  b = (fn+1)/(fn+tn+2)
//
// and rate ± t·sqrt(r²·a(1-a)/(tp+fp+2) + (1-r)²·b(1-b)/(fn+tn+2) + (a-b)²·r(1-r)/n), with Student's t at two fewer
// degrees of freedom than labels, cut to [0,1]. It corrects for any errors of the judge, however it errs on these
// replies; [CorrectedRate] assumes that it errs as it did on others.
//
// All three are NaN for fewer than three labels or more labels than replies of their kind, for counts that are out of
// range, and for a level outside (0,1).
//
// Source: A. N. Angelopoulos et al., "PPI++: efficient prediction-powered inference", arXiv:2311.01453 (2023), which at
// its best tuning parameter and for a judge that says yes or no is the poststratified rate; pseudo-counts after A.
// Agresti and B. A. Coull, The American Statistician 52 (1998) 119.
func JudgedRate(n, passes, tp, fp, fn, tn int, level float64) (rate, lo, hi float64) {
	labels := tp + fp + fn + tn
	if min(tp, fp, fn, tn) < 0 || labels < 3 || passes < tp+fp || n-passes < fn+tn || !isProper(level) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	all, passed, failed := float64(n), float64(tp+fp+2), float64(fn+tn+2)
	r, a, b := float64(passes)/all, float64(tp+1)/passed, float64(fn+1)/failed
	rate = r*a + (1-r)*b
	variance := r*r*a*(1-a)/passed + (1-r)*(1-r)*b*(1-b)/failed + (a-b)*(a-b)*r*(1-r)/all
	half := tQuantile(float64(labels-2), level) * math.Sqrt(variance)
	return rate, clamp(rate-half, 0, 1), clamp(rate+half, 0, 1)
}

// JudgedDifference returns the mean difference head - base that people would find over all units, and its interval at
// the two-sided level, from the judge's differences of all units and people's of some that were drawn at random: people
// has a unit's number and its difference, in [-1,1]. With d people's and g the judge's differences of the n labelled of
// N units,
//
//	Δ = λ·mean_N(g) + mean_n(d - λg),  λ = clip(cov(d,g)/var(g), 0, 1), 0 where var(g) is 0
//
// and Δ ± t·sqrt(s²(d - λg)·(1/n - 1/N) + s²(d)/N), with Student's t at n-1 degrees of freedom, cut to [-1,1].
//
// All three are NaN for fewer than two labelled units, a number that is no unit's, a difference that is NaN or
// infinite, and a level outside (0,1).
//
// Source: A. N. Angelopoulos et al., arXiv:2311.01453 (2023), with the correction for a finite population.
func JudgedDifference(judge []float64, people map[int]float64, level float64) (delta, lo, hi float64) {
	n, units := float64(len(people)), float64(len(judge))
	meanJudge := Mean(judge)
	if len(people) < 2 || math.IsNaN(meanJudge) || !isProper(level) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	d, g := make([]float64, 0, len(people)), make([]float64, 0, len(people))
	for _, unit := range slices.Sorted(maps.Keys(people)) {
		if unit < 0 || unit >= len(judge) {
			return math.NaN(), math.NaN(), math.NaN()
		}
		d, g = append(d, people[unit]), append(g, judge[unit])
	}
	lambda, meanD, meanG := 0.0, Mean(d), Mean(g)
	if v := variance(g); v > 0 {
		covariance := 0.0
		for i := range d {
			covariance += (d[i] - meanD) * (g[i] - meanG) / (n - 1)
		}
		lambda = clamp(covariance/v, 0, 1)
	}
	rest := make([]float64, len(d))
	for i := range d {
		rest[i] = d[i] - lambda*g[i]
	}
	delta = lambda*meanJudge + Mean(rest)
	half := tQuantile(n-1, level) * math.Sqrt(variance(rest)*(1/n-1/units)+variance(d)/units)
	return delta, clamp(delta-half, -1, 1), clamp(delta+half, -1, 1)
}

// LabelGain returns by how much the variance of [JudgedRate] falls with one more label: of a reply that the judge
// passes, and of one that it fails. The next label belongs where more is gained, drawn at random among those replies.
// Each is 0 where all such replies are labelled. Both are NaN where the counts are out of range.
//
// Source: the optimal allocation of J. Neyman, JRSS 97 (1934) 558, one unit at a time.
func LabelGain(n, passes, tp, fp, fn, tn int) (passed, failed float64) {
	if min(tp, fp, fn, tn) < 0 || n < 1 || passes < tp+fp || n-passes < fn+tn {
		return math.NaN(), math.NaN()
	}
	gain := func(replies, yes, no int) float64 {
		if replies == yes+no {
			return 0
		}
		share, labels := float64(replies)/float64(n), float64(yes+no+2)
		rate := float64(yes+1) / labels
		return share * share * rate * (1 - rate) * (1/labels - 1/(labels+1))
	}
	return gain(passes, tp, fp), gain(n-passes, fn, tn)
}
