package stats

import (
	"math"
	"slices"
)

// ClusteredStdErr returns the standard error of the mean of the values where those that share a group number depend on
// each other, as paraphrases of one case do:
//
//	sqrt( sum over groups of (sum of the group's residuals)² ) / n
//
// It is the CR0 sandwich estimate, without a small-sample factor: with fewer than some thirty groups it is too small,
// and with a single group it is 0, which means nothing. If every value is its own group, it is the usual standard error
// times sqrt((n-1)/n). The numbers of the groups do not matter, only which are equal.
//
// It is NaN for no values, for slices of different length, and if a value is NaN or infinite.
//
// Source: K.-Y. Liang and S. L. Zeger, Biometrika 73 (1986) 13; for model evaluations, E. Miller, "Adding error bars to
// evals", arXiv:2411.00640 (2024).
func ClusteredStdErr(values []float64, groups []int) float64 {
	m := Mean(values)
	if len(values) != len(groups) || math.IsNaN(m) {
		return math.NaN()
	}
	members := map[int][]float64{}
	for i, v := range values {
		members[groups[i]] = append(members[groups[i]], v)
	}
	// Values and squares are added in ascending order, so that the order of neither the values nor the groups matters.
	squares := make([]float64, 0, len(members))
	for _, group := range members {
		slices.Sort(group)
		residual := 0.0
		for _, v := range group {
			residual += v - m
		}
		squares = append(squares, residual*residual)
	}
	slices.Sort(squares)
	total := 0.0
	for _, s := range squares {
		total += s
	}
	return math.Sqrt(total) / float64(len(values))
}
