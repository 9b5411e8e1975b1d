//go:build simulation

package blame_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/blame"
	"promptbench/internal/verdict/stats"
)

// simulate blames in one world and returns the hunk with the smallest p, and which hunks are named. Of the cases 75%
// pass with the base, and a share of all replies turns out otherwise by chance. Fails says of a case that
// passes whether a variant makes it fail, by a number in [0,1) of its own.
func simulate(
	r *rand.Rand, cases, hunks, draws int, chance float64, fails func(own float64, in blame.Mask) bool,
) (first int, named []bool) {
	var rows []stats.Observation
	for i := range cases {
		passes, own := r.Float64() < 0.75, r.Float64()
		masks := append(blame.Halves(hunks, draws, r), blame.NewMask(hunks, false), blame.NewMask(hunks, true))
		for _, m := range masks {
			o := stats.Observation{Case: i, Unit: i, In: make([]bool, hunks)}
			for k := range o.In {
				o.In[k] = m.Has(k)
			}
			pass := passes && !fails(own, m)
			if r.Float64() < chance {
				pass = !pass
			}
			if pass {
				o.Value = 1
			}
			rows = append(rows, o)
		}
	}
	var ps []float64
	for _, e := range stats.Effects(rows, 0.95) {
		ps = append(ps, e.P)
	}
	for k, p := range stats.Holm(ps) {
		named = append(named, p < 0.05)
		if ps[k] < ps[first] {
			first = k
		}
	}
	return first, named
}

const (
	worlds = 200
	cases  = 168
)

// share is in how many of the worlds something holds.
func share(seed uint64, holds func(*rand.Rand) bool) float64 {
	n := 0
	for i := range worlds {
		if holds(rand.New(rand.NewPCG(seed, uint64(i)))) {
			n++
		}
	}
	return float64(n) / worlds
}

// chance is the share of replies that turn out otherwise: of two runs of one prompt, 2% of the cases flip.
const chance = 0.01

// harm makes a variant with one hunk fail so many of all cases more.
func harm(points float64, needs ...int) func(float64, blame.Mask) bool {
	return func(own float64, m blame.Mask) bool {
		for _, k := range needs {
			if !m.Has(k) {
				return false
			}
		}
		return own < points/0.75
	}
}

// TestSimulatedBlame holds blame to its power and its error: two calls a case, beside base and head.
func TestSimulatedBlame(t *testing.T) {
	t.Parallel()
	const hunks = 8
	for _, c := range []struct {
		draws  int
		chance float64
		least  float64
	}{{2, 0, 0.95}, {2, chance, 0.90}, {2, 0.05, 0.45}, {4, 0.05, 0.75}} {
		found := share(1, func(r *rand.Rand) bool {
			harmful := r.IntN(hunks)
			first, named := simulate(r, cases, hunks, c.draws, c.chance, harm(0.10, harmful))
			return first == harmful && named[first]
		})
		t.Logf("10 points, 8 hunks, %d draws, %v of replies by chance: named first in %.3f", c.draws, c.chance, found)
		require.GreaterOrEqual(t, found, c.least)
	}
}

// TestSimulatedFalseNames holds blame to its error where no hunk matters: with many hunks, few cases, and replies that
// are nothing but chance, too.
func TestSimulatedFalseNames(t *testing.T) {
	t.Parallel()
	const erring = 0.05 + 2*0.0155 // the error of 200 worlds
	for _, c := range []struct {
		cases, hunks int
		chance, most float64
	}{
		{cases, 4, 0.02, 0.05}, {cases, 8, 0, 0.05}, {cases, 8, chance, 0.05}, {cases, 8, 0.02, 0.05},
		{cases, 8, 0.05, erring}, {cases, 8, 0.5, erring}, // 0.043 and 0.052 in 2,000 worlds
		{cases, 21, 0.05, erring}, {cases, 21, 0.5, erring}, {75, 21, 0.05, erring}, {75, 21, 0.5, erring},
		{50, 3, 0.5, erring},
	} {
		t.Run(fmt.Sprintf("%d cases, %d hunks, %v", c.cases, c.hunks, c.chance), func(t *testing.T) {
			t.Parallel()
			falsely := share(2, func(r *rand.Rand) bool {
				first, named := simulate(r, c.cases, c.hunks, blame.DefaultDraws, c.chance, harm(0))
				return named[first]
			})
			t.Logf("no harm, %d cases, %d hunks, %v of replies by chance: a name in %.3f", c.cases, c.hunks, c.chance, falsely)
			require.LessOrEqual(t, falsely, c.most)
		})
	}
}

// TestSimulatedPartners says how often one of two hunks is named that do harm only together, and how often another.
func TestSimulatedPartners(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hunks         int
		points, least float64
	}{{4, 0.15, 0.90}, {8, 0.10, 0.55}} {
		other := 0.0
		either := share(3, func(r *rand.Rand) bool {
			pair := r.Perm(c.hunks)[:2]
			_, named := simulate(r, cases, c.hunks, blame.DefaultDraws, chance, harm(c.points, pair...))
			isFound := named[pair[0]] || named[pair[1]]
			named[pair[0]], named[pair[1]] = false, false
			if slices.Contains(named, true) {
				other += 1.0 / worlds
			}
			return isFound
		})
		t.Logf("%v points only with a partner, %d hunks: one of the two named in %.3f, another in %.3f",
			100*c.points, c.hunks, either, other)
		require.GreaterOrEqual(t, either, c.least)
		require.LessOrEqual(t, other, 0.07)
	}
}
