package search_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/search"
)

// raced are values of cases; a share of them passes, spread evenly.
func raced(share float64, cases int) search.Values {
	out := make(search.Values, cases)
	for i := range out {
		if float64(int(float64(i+1)*share)) > float64(i)*share {
			out[i] = 1
		}
	}
	return out
}

// A budget that ends the only race leaves its best candidate to meet the base, compared on the cases that both have.
func TestBudgetEndsTheRace(t *testing.T) {
	t.Parallel()
	types := make([]string, 96)
	s := search.New(raced(0.5, len(types)), types, search.Settings{Rounds: 2, Edits: 4, Keep: 2, Margin: 0.05})
	proposals := s.Propose()
	race := s.Race(len(proposals))
	in, from, to := race.Next()
	require.Equal(t, []int{0, 1, 2, 3}, in)
	race.See([]search.Values{raced(0.5, to-from), raced(0.6, to-from), raced(0.9, to-from), raced(0.55, to-from)})
	race.Narrow(1)
	in, _, _ = race.Next()
	require.Equal(t, []int{2}, in, "the best one goes on")
	race.Stop()
	in, _, _ = race.Next()
	require.Empty(t, in)
	require.Empty(t, race.Finished())
	s.Add(proposals, race)
	best, isBetter := s.Best()
	require.Equal(t, 3, best, "the third candidate, after the base")
	require.True(t, isBetter)
}

// A race that ends before its first case leaves nobody.
func TestRaceWithoutACase(t *testing.T) {
	t.Parallel()
	types := make([]string, 48)
	s := search.New(raced(0.5, len(types)), types, search.Settings{Rounds: 1, Edits: 2, Keep: 2})
	proposals := s.Propose()
	race := s.Race(len(proposals))
	race.Stop()
	s.Add(proposals, race)
	best, isBetter := s.Best()
	require.Zero(t, best)
	require.False(t, isBetter)
}
