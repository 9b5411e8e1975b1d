package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/plan"
)

// The shares are those that docs/statistics.md states for 500 cases and one grader, but
// for what 100 worlds leave to chance.
func TestExpect(t *testing.T) {
	t.Parallel()
	var e, again plan.Early
	e.Expect(500, 1, 0.05, compare.Stopping{})
	require.Len(t, e.Shares, 3)
	for i, want := range []float64{0.80, 0.54, 0.23} {
		require.InDelta(t, want, e.Shares[i].Share, 0.05, "a drop of %v", e.Shares[i].Drop)
	}

	e.Expect(500, 1, 0.05, compare.Stopping{GateOnly: true})
	require.InDelta(t, 0.45, e.Shares[0].Share, 0.05)

	e.Expect(30, 3, 0.05, compare.Stopping{})
	require.InDelta(t, 1, e.Shares[0].Share, 0, "too few cases to stop early")
	again.Expect(30, 3, 0.05, compare.Stopping{})
	require.Equal(t, e, again, "the seed is fixed")

	e.Expect(40, 1, 0.05, compare.Stopping{GateOnly: true, NeedsAll: true})
	require.InDelta(t, 1, e.Shares[0].Share, 0, "only a regression may stop it")
}
