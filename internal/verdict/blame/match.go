package blame

// Limits of comparing: beyond them the parts of two texts count as unlike, and a difference is cut less finely.
const (
	mostPairs = 4_000_000 // of equal parts that are looked for
	mostAlike = 10_000    // of parts whose likeness is computed
	longest   = 20_000    // bytes of a text whose likeness is computed
)

// alike is the least likeness of two parts that are versions of one another.
const alike = 0.5

// A step of an alignment: the positions of two parts that belong together, or of one part, the other being -1.
type step struct{ base, head int }

// align pairs the parts of two lists in their order: as many equal ones as possible, and between them those whose
// weight is highest in sum. A weight of 0 means that two parts do not belong together.
func align(bases, heads int, isEqual func(i, j int) bool, weight func(i, j int) float64) []step {
	equal := best(bases, heads, mostPairs, func(i, j int) float64 {
		if isEqual(i, j) {
			return 1
		}
		return 0
	})
	var out []step
	i, j := 0, 0
	for _, s := range append(equal, step{bases, heads}) {
		fromBase, fromHead := i, j
		inner := best(s.base-i, s.head-j, mostAlike, func(a, b int) float64 { return weight(fromBase+a, fromHead+b) })
		for _, p := range append(inner, step{s.base - fromBase, s.head - fromHead}) {
			for ; i < fromBase+p.base; i++ {
				out = append(out, step{i, -1})
			}
			for ; j < fromHead+p.head; j++ {
				out = append(out, step{-1, j})
			}
			if i < s.base || j < s.head {
				out = append(out, step{i, j})
				i, j = i+1, j+1
			}
		}
		if i < bases || j < heads {
			out = append(out, step{i, j})
			i, j = i+1, j+1
		}
	}
	return out
}

// best is the pairing of two lists in their order whose weights add up to most, by dynamic programming; none where
// there are more than so many pairs.
func best(n, m, most int, weight func(i, j int) float64) []step {
	if n == 0 || m == 0 || n > most/m {
		return nil
	}
	sums := make([][]float64, n+1)
	sums[n] = make([]float64, m+1)
	weights := make([][]float64, n)
	for i := n - 1; i >= 0; i-- {
		sums[i], weights[i] = make([]float64, m+1), make([]float64, m)
		for j := m - 1; j >= 0; j-- {
			w := weight(i, j)
			weights[i][j] = w
			sums[i][j] = max(sums[i+1][j], sums[i][j+1])
			if w > 0 {
				sums[i][j] = max(sums[i][j], w+sums[i+1][j+1])
			}
		}
	}
	var out []step
	for i, j := 0, 0; i < n && j < m; {
		switch w := weights[i][j]; {
		case w > 0 && sums[i][j] == w+sums[i+1][j+1]:
			out = append(out, step{i, j})
			i, j = i+1, j+1
		case sums[i][j] == sums[i+1][j]:
			i++
		default:
			j++
		}
	}
	return out
}

// likeness is the share of pairs of neighbouring letters that two texts have in common, 0 to 1, after L. R. Dice,
// Ecology 26 (1945) 297.
func likeness(a, b string) float64 {
	if len(a) > longest || len(b) > longest {
		return 0
	}
	counts, n := map[[2]rune]int{}, 0
	eachPair(a, func(p [2]rune) { counts[p]++; n++ })
	both := 0
	eachPair(b, func(p [2]rune) {
		n++
		if counts[p] > 0 {
			counts[p]--
			both++
		}
	})
	return 2 * float64(both) / float64(max(1, n))
}

func eachPair(s string, do func([2]rune)) {
	before := rune(-1)
	for _, r := range s {
		if before >= 0 {
			do([2]rune{before, r})
		}
		before = r
	}
}
