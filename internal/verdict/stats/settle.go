package stats

import (
	"math"
	"sort"
)

// A Rule is what a verdict on one grader is held to.
type Rule struct {
	Margin float64 // the largest drop that still counts as no worse, in [0,1]
	Level  float64 // of the two-sided interval, such as 0.95
	Alpha  float64 // below which p is significant; divide it by the number of graders to plan for Holm
}

func (r Rule) valid() bool {
	return isShare(r.Margin) && isProper(r.Level) && isProper(r.Alpha)
}

// CasesForMargin returns how many units a suite needs so that a comparison without any flip shows that nothing got
// worse by more than the margin: the smallest n whose [Tango] interval of no flips, ±z²/(n+z²), stays within it. It is
// 73 for a margin of 0.05 at level 0.95.
//
// It is 0 unless 0 < margin <= 1 and 0 < level < 1, and also where more than 100 million would be needed.
func CasesForMargin(margin, level float64) int {
	if !isShare(margin) || margin == 0 || !isProper(level) {
		return 0
	}
	z := zFor(level)
	n := math.Ceil(z * z * (1 - margin) / margin)
	if n > maxUnits {
		return 0
	}
	return max(1, int(n))
}

// SettleChance returns the probability that a comparison over n units ends in a verdict other than inconclusive, if
// each unit gets worse and better with the given probabilities: p < Alpha by exact [McNemar], in either direction, or
// the lower limit of [Tango] not below -Margin. Holding that limit against the margin is a score test at -Margin, which
// is what is summed here over all outcomes.
//
// It is NaN for arguments that [Power] rejects, and for a rule without a margin in [0,1] or a level in (0,1).
func SettleChance(n int, worse, better float64, r Rule) float64 {
	if n < 0 || n > maxUnits || !areFlipRates(worse, better) || !r.valid() {
		return math.NaN()
	}
	if n == 0 {
		return 0
	}
	flip := flipRate(worse, better)
	first, weights := window(n, flip)
	share := 0.0
	if flip > 0 {
		share = better / flip
	}
	reject := newRejection(first, r.Alpha)
	low := newTail(first, reject.limit(), share)
	s := settling{n: n, m: first, margin: r.Margin, z: zFor(r.Level)}
	s.rises = sort.Search(first+1, s.shown)
	high := newTail(first, s.rises-1, share)
	chance := 0.0
	for i, w := range weights {
		if i > 0 {
			reject.grow()
			low.grow()
			high.grow()
			s.grow()
		}
		limit := reject.limit()
		low.to(limit)
		// From either of the two on, the verdict is no worse or improved.
		enough := min(s.rises, low.m-limit)
		high.to(enough - 1)
		if enough <= limit+1 {
			chance += w
			continue
		}
		chance += w * (low.cdf + 1 - high.cdf)
	}
	return clamp(chance, 0, 1)
}

// settling follows, over m flips of n, the smallest number of rises among them at which the drop is shown to lie within
// the margin; m+1 if there is none.
type settling struct {
	n, m, rises int
	margin, z   float64
}

func (s *settling) shown(rises int) bool {
	b, w := float64(rises), float64(s.m-rises)
	if s.margin == 0 && b <= w {
		return false // the statistic is 0/0 without any flip, and the limit below 0
	}
	n := float64(s.n)
	return b-w+n*s.margin >= s.z*tangoStdErr(b, w, n, -s.margin)
}

func (s *settling) grow() {
	s.m++
	for s.rises <= s.m && !s.shown(s.rises) {
		s.rises++
	}
	for s.rises > 0 && s.shown(s.rises-1) {
		s.rises--
	}
}

// CasesToSettle returns how many units a suite needs for a verdict other than inconclusive with at least the given
// chance (0.8 is usual), if the flip probabilities are what was seen: the shares of units that got worse and better.
// With no flip at all it is [CasesForMargin]. Since both shares are estimates from a suite that was too small, it is a
// rough guide.
//
// It reports false if more than a million would be needed, and for arguments that [SettleChance] rejects or a chance
// outside (0,1).
func CasesToSettle(worse, better float64, r Rule, chance float64) (int, bool) {
	const most = 1_000_000
	if !areFlipRates(worse, better) || !r.valid() || !isProper(chance) {
		return 0, false
	}
	settled := func(n int) bool { return SettleChance(n, worse, better, r) >= chance }
	hi := 1
	for !settled(hi) {
		if hi == most {
			return 0, false
		}
		hi = min(2*hi, most)
	}
	lo := hi / 2
	return lo + 1 + sort.Search(hi-lo-1, func(i int) bool { return settled(lo + 1 + i) }), true
}
