package stats

import (
	"math"
	"math/rand/v2"
)

const (
	// mostCells is how many distinct values a large resample keeps apart.
	mostCells = 32
	// drawOnes is the largest number of values resampled one by one.
	drawOnes = 2048
	// binomialCost is how many single draws take as long as one binomial draw.
	binomialCost = 40
)

// resampledMeans returns the means of resamples, each of as many values as the tallies hold, drawn with replacement. A
// resample is either drawn value by value or, where few values are distinct, as the multinomial counts of those.
func resampledMeans(ts []tally, samples int, rng *rand.Rand) []float64 {
	n := size(ts)
	switch {
	case len(ts)*binomialCost <= n && len(ts) <= mostCells:
		return countedMeans(cellsOf(ts), n, samples, rng)
	case n <= drawOnes:
		return drawnMeans(ts, n, samples, rng)
	}
	return countedMeans(grouped(ts), n, samples, rng)
}

func drawnMeans(ts []tally, n, samples int, rng *rand.Rand) []float64 {
	values := make([]float64, 0, n)
	for _, t := range ts {
		for range t.count {
			values = append(values, t.value)
		}
	}
	means := make([]float64, samples)
	for i := range means {
		total := 0.0
		for range n {
			total += values[rng.IntN(n)]
		}
		means[i] = total / float64(n)
	}
	return means
}

// A cell is a group of neighbouring values: how many, their mean and variance.
type cell struct {
	count          int
	mean, variance float64
}

func cellsOf(ts []tally) []cell {
	cells := make([]cell, len(ts))
	for i, t := range ts {
		cells[i] = cell{count: t.count, mean: t.value}
	}
	return cells
}

// grouped cuts the range of the values into cells of equal width and returns those that are not empty.
func grouped(ts []tally) []cell {
	low := ts[0].value
	width := (ts[len(ts)-1].value - low) / mostCells
	var cells []cell
	for start := 0; start < len(ts); {
		number := math.Floor((ts[start].value - low) / width)
		end := start + 1
		for end < len(ts) && math.Floor((ts[end].value-low)/width) == number {
			end++
		}
		cells = append(cells, cellOf(ts[start:end]))
		start = end
	}
	return cells
}

func cellOf(ts []tally) cell {
	c := cell{count: size(ts), mean: mean(ts)}
	for _, t := range ts {
		c.variance += float64(t.count) * (t.value - c.mean) * (t.value - c.mean)
	}
	c.variance /= float64(c.count)
	return c
}

// countedMeans draws how often each cell is hit, one conditional binomial after the other, and adds the cells up. What
// the values within the cells add is close to normal, with the variance of as many draws.
func countedMeans(cells []cell, n, samples int, rng *rand.Rand) []float64 {
	means := make([]float64, samples)
	for i := range means {
		total, variance := 0.0, 0.0
		draws, rest := n, n
		for _, c := range cells {
			hit := draws
			if c.count < rest {
				hit = binomial{draws, float64(c.count) / float64(rest)}.draw(rng)
			}
			total += c.mean * float64(hit)
			variance += c.variance * float64(hit)
			draws -= hit
			rest -= c.count
			if draws == 0 {
				break
			}
		}
		if variance > 0 {
			total += math.Sqrt(variance) * rng.NormFloat64()
		}
		means[i] = total / float64(n)
	}
	return means
}
