package search

import (
	"maps"
	"math"
	"slices"
)

// Means are the mean values of each slice, by its name; empty slices are left out.
func Means(v Values, slice []string) map[string]float64 {
	sum, n := map[string]float64{}, map[string]float64{}
	for i, x := range v {
		if !math.IsNaN(x) {
			sum[slice[i]] += x
			n[slice[i]]++
		}
	}
	for name := range sum {
		sum[name] /= n[name]
	}
	return sum
}

// Mean is over all cases that have a value; 0 where none has.
func Mean(v Values) float64 {
	sum, n := 0.0, 0
	for _, x := range v {
		if !math.IsNaN(x) {
			sum, n = sum+x, n+1
		}
	}
	return sum / float64(max(1, n))
}

// Complementary chooses at most so many of the candidates: first the best by its mean, then always the one that adds
// most to the best value of each slice, the slices weighing as much as they have cases. It returns their places, in the
// order chosen, and leaves out what adds nothing.
func Complementary(candidates []Values, slice []string, most int) (out []int) {
	if len(candidates) == 0 {
		return nil
	}
	weight := map[string]float64{}
	for _, name := range slice {
		weight[name]++
	}
	means := make([]map[string]float64, len(candidates))
	first := 0
	for i, v := range candidates {
		means[i] = Means(v, slice)
		if Mean(v) > Mean(candidates[first]) {
			first = i
		}
	}
	out = []int{first}
	reached := maps.Clone(means[first])
	for len(out) < most {
		next, gain := -1, 1e-9
		for i := range candidates {
			g := 0.0
			for _, name := range names(slice) {
				g += weight[name] * max(0, means[i][name]-reached[name])
			}
			if g > gain && !slices.Contains(out, i) {
				next, gain = i, g
			}
		}
		if next < 0 {
			break
		}
		out = append(out, next)
		for name, m := range means[next] {
			reached[name] = max(reached[name], m)
		}
	}
	return out
}

// Complement reports whether each of two candidates is better than the other on some slice.
func Complement(a, b Values, slice []string) bool {
	x, y := Means(a, slice), Means(b, slice)
	aBetter, bBetter := false, false
	for name := range x {
		aBetter, bBetter = aBetter || x[name] > y[name], bBetter || y[name] > x[name]
	}
	return aBetter && bBetter
}

// Best is the place of the candidate to compare with the base on other cases: the one with the highest mean of those
// that fall on no slice by more than the margin, else the one with the highest mean; -1 where there is none. IsBetter
// says whether its mean is above that of the base.
func Best(candidates []Values, base Values, slice []string, margin float64) (best int, isBetter bool) {
	best = -1
	fallsNowhere := false
	was := Means(base, slice)
	for i, v := range candidates {
		even := Mean(v) > Mean(base)
		for name, m := range Means(v, slice) {
			even = even && m >= was[name]-margin
		}
		if best < 0 || even && !fallsNowhere || even == fallsNowhere && Mean(v) > Mean(candidates[best]) {
			best, fallsNowhere = i, even
		}
	}
	return best, best >= 0 && Mean(candidates[best]) > Mean(base)
}
