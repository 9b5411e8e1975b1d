package compare_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/stats"
)

func TestDecideEarly(t *testing.T) {
	t.Parallel()
	at := func(units, seen, better, worse int) compare.Look {
		return compare.Look{Early: stats.Early{Units: units, Seen: seen, Better: better, Worse: worse}, Margin: 0.05}
	}
	leftOut := at(500, 450, 0, 0)
	leftOut.LeftOut = 1
	for _, tt := range []struct {
		name             string
		graders          []compare.Look
		gateOnly, byType bool
		want             compare.Verdict // empty: go on
		rule             int
	}{
		{"a clear drop", []compare.Look{at(500, 100, 1, 30)}, false, false, compare.Regressed, 1},
		{"a clear drop of one of two", []compare.Look{at(500, 100, 0, 0), at(500, 100, 1, 30)}, false, true, compare.Regressed, 1},
		{"nothing flips", []compare.Look{at(500, 450, 0, 0)}, false, false, compare.NoWorse, 1},
		{"left out", []compare.Look{leftOut}, false, false, "", 0},
		{"a gate by type", []compare.Look{at(500, 450, 0, 0)}, true, true, "", 0},
		{"better", []compare.Look{at(500, 250, 60, 2)}, false, false, compare.Improved, 1},
		{"better, and no worse elsewhere", []compare.Look{at(500, 450, 60, 2), at(500, 450, 0, 0)}, false, false, compare.Improved, 1},
		{"better, and open elsewhere", []compare.Look{at(500, 250, 60, 2), at(500, 250, 6, 7)}, false, false, "", 0},
		{"too early", []compare.Look{at(500, 50, 1, 2)}, false, false, "", 0},
		{"hardly regressed", []compare.Look{at(168, 150, 15, 20)}, true, false, compare.Inconclusive, 2},
		{"hardly regressed, without --gate-only", []compare.Look{at(168, 150, 15, 20)}, false, false, "", 0},
		{"no grader", nil, true, false, "", 0},
	} {
		d, ok := compare.DecideEarly(tt.graders, compare.Stopping{GateOnly: tt.gateOnly, NeedsAll: tt.byType})
		require.Equal(t, tt.want != "", ok, tt.name)
		require.Equal(t, string(tt.want), d.Verdict, tt.name)
		require.Equal(t, tt.rule, d.Rule, tt.name)
	}
	// Regressed rests on the comparison of its own head, except among variants.
	for _, tt := range []struct {
		heads int
		are   bool
		want  bool
	}{{1, false, true}, {20, false, true}, {20, true, false}} {
		seen := []compare.Look{at(200, 120, 0, 17)}
		d, ok := compare.DecideEarly(seen, compare.Stopping{Heads: tt.heads, Variants: tt.are})
		require.Equal(t, tt.want, ok, "%+v", tt)
		require.Equal(t, tt.want, d.Verdict == string(compare.Regressed), "%+v", tt)
	}
	out, err := json.Marshal(runfile.Decided{Verdict: string(compare.Regressed), Share: 0.3, Look: 5, Rule: 1, Cases: 150})
	require.NoError(t, err)
	require.JSONEq(t, `{"verdict":"regressed","share":0.3,"look":5,"rule":1,"cases":150}`, string(out))

	looks := compare.Looks(500)
	require.Len(t, looks, 18)
	require.Equal(t, []int{50, 75, 100}, looks[:3])
	require.Equal(t, 150, looks[4], "the fifth look is at 30%")
	require.Equal(t, []int{1, 2, 3}, compare.Looks(4))
	require.Empty(t, compare.Looks(1))
}
