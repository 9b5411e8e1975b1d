package stats

import "math"

// PassAt returns pass@k: the chance that at least one of k trials passes, estimated without bias from n trials with c
// passes: 1 - C(n-c,k)/C(n,k). The estimate 1-(1-c/n)^k would be biased downwards.
//
// It is NaN unless 0 <= c <= n and 1 <= k <= n: n trials say nothing unbiased about more than n.
//
// Source: M. Chen et al., "Evaluating large language models trained on code", arXiv:2107.03374 (2021), equation 1.
func PassAt(n, c, k int) float64 {
	if !areTrials(n, c, k) {
		return math.NaN()
	}
	return 1 - chooseRatio(n-c, n, k)
}

// PassHat returns pass^k: the chance that all of k trials pass, estimated without bias from n trials with c passes:
// C(c,k)/C(n,k).
//
// It is NaN unless 0 <= c <= n and 1 <= k <= n.
//
// Source: S. Yao et al., "τ-bench: a benchmark for tool-agent-user interaction in real-world domains", arXiv:2406.12045
// (2024).
func PassHat(n, c, k int) float64 {
	if !areTrials(n, c, k) {
		return math.NaN()
	}
	return chooseRatio(c, n, k)
}

func areTrials(n, c, k int) bool {
	return c >= 0 && c <= n && k >= 1 && k <= n
}

// maxFactors bounds the work of one estimate; no run has as many trials.
const maxFactors = 1 << 20

// chooseRatio returns C(a,k)/C(n,k) for 0 <= a <= n and 1 <= k <= n, by whichever of two equal products is shorter;
// neither can overflow.
func chooseRatio(a, n, k int) float64 {
	if a < k {
		return 0
	}
	// C(a,k)/C(n,k) = C(n-k,n-a)/C(n,n-a): the roles of k and n-a may be traded.
	if n-a < k {
		a, k = n-k, n-a
	}
	if k > maxFactors {
		// All factors are near their middle one, since n is far larger than k wherever the product is not 0 anyway.
		return math.Exp(float64(k) * math.Log1p(-float64(n-a)/(float64(n)-float64(k-1)/2)))
	}
	ratio := 1.0
	for i := range k {
		ratio *= float64(a-i) / float64(n-i)
		if ratio == 0 {
			break
		}
	}
	return ratio
}
