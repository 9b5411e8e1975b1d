package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// moments returns mean, standard deviation and skewness.
func moments(values []float64) (m, sd, skew float64) {
	for _, v := range values {
		m += v
	}
	n := float64(len(values))
	m /= n
	squares, cubes := 0.0, 0.0
	for _, v := range values {
		u := v - m
		squares += u * u
		cubes += u * u * u
	}
	sd = math.Sqrt(squares / n)
	return m, sd, cubes / n / (sd * sd * sd)
}

// Means of n draws have the mean of the values, their standard deviation over
// sqrt(n), and their skewness over sqrt(n). Every way of drawing must show all
// three, the skewness above all: the acceleration of the interval is about it.
func TestEveryWayOfResamplingKeepsTheMoments(t *testing.T) {
	t.Parallel()
	const n, samples = 600, 20_000
	rng := rand.New(rand.NewPCG(4, 4))
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Exp(rng.NormFloat64()) // long tail to the right
	}
	rounded := make([]float64, n)
	for i, v := range values {
		rounded[i] = math.Round(v)
	}
	continuous, _ := tallies(values)
	few, _ := tallies(rounded)

	for name, c := range map[string]struct {
		values []float64
		means  []float64
	}{
		"one by one":      {values, drawnMeans(continuous, n, samples, rng)},
		"distinct values": {rounded, countedMeans(cellsOf(few), n, samples, rng)},
		"cells":           {values, countedMeans(grouped(continuous), n, samples, rng)},
	} {
		m, sd, skew := moments(c.values)
		gotMean, gotSD, gotSkew := moments(c.means)
		stdErr := sd / math.Sqrt(n)
		require.InDelta(t, m, gotMean, 5*stdErr/math.Sqrt(samples), name)
		require.InEpsilon(t, stdErr, gotSD, 0.03, name)
		require.InDelta(t, skew/math.Sqrt(n), gotSkew, 0.08, name)
		require.Greater(t, skew/math.Sqrt(n), 0.1, "the values are skewed enough to tell")
	}
}

func TestGroupedKeepsEveryValue(t *testing.T) {
	t.Parallel()
	ts, _ := tallies([]float64{0, 0, 0.001, 0.5, 0.51, 0.52, 1, 1, -1})
	cells := grouped(ts)
	count, total := 0, 0.0
	for _, c := range cells {
		count += c.count
		total += c.mean * float64(c.count)
		require.GreaterOrEqual(t, c.variance, 0.0)
	}
	require.Equal(t, 9, count)
	require.InDelta(t, sum(ts), total, 1e-12)
	require.Less(t, len(cells), len(ts))
	require.LessOrEqual(t, len(cells), mostCells+1)
}

func TestHeadsAreBinomial(t *testing.T) {
	t.Parallel()
	src := rand.NewPCG(2, 2)
	for _, n := range []int{fewAlike, 63, 64, 65, 1000, manyAlike - 1, manyAlike, 100_000} {
		draws := make([]float64, 20_000)
		for i := range draws {
			draws[i] = float64(heads(n, src))
		}
		m, sd, _ := moments(draws)
		want := math.Sqrt(float64(n)) / 2
		require.InDelta(t, float64(n)/2, m, 5*want/math.Sqrt(20_000), "%d", n)
		require.InEpsilon(t, want, sd, 0.03, "%d", n)
		require.GreaterOrEqual(t, slices.Min(draws), 0.0)
		require.LessOrEqual(t, slices.Max(draws), float64(n))
	}
}

func TestRandomSumsHaveTheRightSpread(t *testing.T) {
	t.Parallel()
	// 10 of one size, drawn at once, and 11 others, in blocks of eight and three.
	mags := []tally{{1, 10}}
	squares := 10.0
	for i := range 11 {
		v := 0.9 - 0.05*float64(i)
		mags = append(mags, tally{v, 1})
		squares += v * v
	}
	m, sd, skew := moments(randomSums(mags, 50_000, rand.NewPCG(6, 6)))
	require.InDelta(t, 0, m, 5*math.Sqrt(squares/50_000))
	require.InEpsilon(t, math.Sqrt(squares), sd, 0.02)
	require.InDelta(t, 0, skew, 0.06)
}

// A tail that walked must be the tail computed on the spot.
func TestTailWalks(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 8))
	for _, q := range []float64{0, 1e-12, 0.03, 0.5, 0.9, 1} {
		at := newTail(0, -1, q)
		for range 3000 {
			if rng.IntN(3) > 0 {
				at.grow()
			}
			at.to(min(at.m+1, max(-1, at.c+rng.IntN(4)-1)))
			fresh := newTail(at.m, at.c, q)
			require.InDelta(t, fresh.cdf, at.cdf, 1e-10, "P(X <= %d), %d trials at %g", at.c, at.m, q)
			require.InDelta(t, fresh.pmf, at.pmf, 1e-10, "P(X = %d), %d trials at %g", at.c, at.m, q)
		}
	}
}

func TestRejectionWalks(t *testing.T) {
	t.Parallel()
	for _, alpha := range []float64{1e-30, 0.001, 0.05, 0.0625, 0.999} {
		r := newRejection(0, alpha)
		for m := range 2000 {
			if m > 0 {
				r.grow()
			}
			fresh := newRejection(m, alpha)
			require.Equal(t, fresh.limit(), r.limit(), "%d flips at %g", m, alpha)
		}
	}
}

// Each way of drawing gives every count as often as its probability says: the sum
// of squared standardised deviations is close to the number of counts.
func TestDrawsFollowTheBinomialDistribution(t *testing.T) {
	t.Parallel()
	const draws = 20_000
	for name, b := range map[string]binomial{
		"few trials":     {24, 0.3},
		"mostly passes":  {20, 0.9},
		"rare":           {5000, 0.0001},
		"rejection":      {1000, 0.02},
		"rejected fails": {400, 0.97},
	} {
		rng := rand.New(rand.NewPCG(5, 5))
		seen := make([]int, b.n+1)
		for range draws {
			seen[b.draw(rng)]++
		}
		chiSquare, counts, total := 0.0, 0.0, 0.0
		for x, n := range seen {
			p := b.pmf(x)
			total += p
			require.InDelta(t, min(total, 1), b.cdf(x), 1e-9, "%s: %d", name, x)
			if want := p * draws; want >= 5 {
				chiSquare += (float64(n) - want) * (float64(n) - want) / want
				counts++
			}
		}
		require.Less(t, chiSquare, counts+4*math.Sqrt(2*counts), name)
	}
}
