//go:build simulation

// What a whole search claims, and what it finds. It takes seconds and is no step of .ci/run:
//
//	go test -tags simulation -v -run Search ./internal/verdict/search

package search_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/search"
	"promptbench/internal/verdict/stats"
)

// A world has cases that pass or fail by a number of their own, in three types; a share of all replies turns out
// otherwise by chance.
type world struct {
	r      *rand.Rand
	own    []float64
	slice  []string
	chance float64
	asked  int
}

func newWorld(seed uint64, cases int, chance float64) *world {
	w := &world{r: rand.New(rand.NewPCG(seed, 7)), chance: chance}
	for i := range cases {
		w.own, w.slice = append(w.own, w.r.Float64()), append(w.slice, []string{"answer", "question", "invalid"}[i%3])
	}
	return w
}

// ask returns the values of a prompt whose share of passing cases is given, but for chance.
func (w *world) ask(share float64, from, to int) (out search.Values) {
	for _, own := range w.own[from:to] {
		pass := own < share
		if w.r.Float64() < w.chance {
			pass = !pass
		}
		out = append(out, map[bool]float64{true: 1, false: 0}[pass])
	}
	w.asked += to - from
	return out
}

// A setting is of a search: of its cases, the last are sealed, and one edit in so many helps by 15 points.
type setting struct {
	cases, sealed, oneIn int
	chance               float64
	settings             search.Settings
}

const baseShare, help = 0.6, 0.15

// run searches in one world and returns whether the best candidate is improved on the sealed cases, if it was asked at
// all, and the replies that the search took.
func (s setting) run(seed uint64) (improved bool, asked int) {
	w := newWorld(seed, s.cases, s.chance)
	open := s.cases - s.sealed
	share := []float64{baseShare}
	base := w.ask(baseShare, 0, open)
	found := search.New(base, w.slice[:open], s.settings)
	for {
		proposals := found.Propose()
		if proposals == nil {
			break
		}
		race := found.Race(len(proposals))
		first := len(share)
		for _, p := range proposals {
			of := 0.0
			for _, i := range p.Of {
				of = max(of, share[i])
			}
			if s.oneIn > 0 && len(p.Of) == 1 && w.r.IntN(s.oneIn) == 0 {
				of = min(1, of+help)
			}
			share = append(share, of)
		}
		for {
			in, from, to := race.Next()
			if in == nil {
				break
			}
			var values []search.Values
			for _, i := range in {
				values = append(values, w.ask(share[first+i], from, to))
			}
			race.See(values)
		}
		found.Add(proposals, race)
	}
	best, isBetter := found.Best()
	if !isBetter {
		return false, w.asked
	}
	before, after := w.ask(baseShare, open, s.cases), w.ask(share[best], open, s.cases)
	better, worse := 0, 0
	for i := range before {
		switch {
		case after[i] > before[i]:
			better++
		case after[i] < before[i]:
			worse++
		}
	}
	return better > worse && stats.McNemar(better, worse) < 0.05, w.asked
}

func (s setting) share(t *testing.T, runs int) float64 {
	t.Helper()
	n, asked := 0, 0
	for seed := range runs {
		improved, replies := s.run(uint64(seed))
		if asked += replies; improved {
			n++
		}
	}
	share := float64(n) / float64(runs)
	t.Logf("%d cases, %d of them sealed, %.0f%% of replies by chance: improved in %.3f of %d searches, %d replies each",
		s.cases, s.sealed, 100*s.chance, share, runs, asked/runs)
	return share
}

func thirty() search.Settings { return search.Settings{Rounds: 3, Edits: 10, Keep: 3, Margin: 0.05} }

// Thirty edits that change nothing: whatever looks best is improved by chance alone.
func TestSearchAmongEqualCandidates(t *testing.T) {
	t.Parallel()
	for _, cases := range []int{168, 300, 500} {
		for _, chance := range []float64{0.02, 0.1} {
			s := setting{cases: cases, sealed: cases * 3 / 10, chance: chance, settings: thirty()}
			require.LessOrEqual(t, s.share(t, 200), 0.05)
		}
	}
}

// One edit in ten helps by 15 points: the search finds and confirms it where the sealed cases can show so much.
func TestSearchFindsWhatHelps(t *testing.T) {
	t.Parallel()
	for _, chance := range []float64{0.02, 0.05, 0.1} {
		for _, cases := range []int{168, 300, 500} {
			s := setting{cases: cases, sealed: cases * 3 / 10, oneIn: 10, chance: chance, settings: thirty()}
			if share := s.share(t, 100); cases >= 300 && chance <= 0.05 {
				require.GreaterOrEqual(t, share, 0.8)
			}
		}
	}
}
