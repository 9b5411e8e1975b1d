package worddiff

import "slices"

// anchors are the words that each text has exactly once, as far as both have
// them in the same order: patience diff, after Bram Cohen. They come as
// positions in the first and the second text.
func anchors(a, b []string) [][2]int {
	inB := once(b)
	var both [][2]int
	for word, i := range once(a) {
		if j, ok := inB[word]; ok {
			both = append(both, [2]int{i, j})
		}
	}
	slices.SortFunc(both, func(x, y [2]int) int { return x[0] - y[0] })
	return rising(both)
}

// once finds the words that stand in a text exactly once, and where.
func once(list []string) map[string]int {
	at := map[string]int{}
	for i, w := range list {
		if !isWord(w) {
			continue
		}
		if _, seen := at[w]; seen {
			at[w] = -1
			continue
		}
		at[w] = i
	}
	for w, i := range at {
		if i < 0 {
			delete(at, w)
		}
	}
	return at
}

// rising is a longest subsequence whose second positions rise.
func rising(pairs [][2]int) [][2]int {
	ends := []int{} // ends[n] is the pair that ends the best sequence of n+1
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n, _ := slices.BinarySearchFunc(ends, p[1], func(k, second int) int { return pairs[k][1] - second })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	if len(ends) == 0 {
		return nil
	}
	var out [][2]int
	for i := ends[len(ends)-1]; i >= 0; i = before[i] {
		out = append(out, pairs[i])
	}
	slices.Reverse(out)
	return out
}
