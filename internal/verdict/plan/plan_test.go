package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/params"
	"promptbench/internal/verdict/plan"
)

func TestEstimate(t *testing.T) {
	t.Parallel()
	seen := []plan.Sample{{Input: 1000, Output: 100}, {Input: 500, Output: 200}}
	price := &params.Price{Input: 1, Output: 10}

	r := plan.Revision{New: 10}
	r.Estimate(seen, price)
	require.Equal(t, &plan.Range{Low: 7000, High: 11000}, r.Tokens)
	require.InDelta(t, 0.02, r.Cost.Low, 1e-12)
	require.InDelta(t, 0.025, r.Cost.High, 1e-12)

	unpriced := plan.Revision{New: 10}
	unpriced.Estimate(seen, nil)
	require.Nil(t, unpriced.Cost, "an unknown price is an unknown cost, never 0")

	unknown := plan.Revision{New: 10}
	unknown.Estimate(nil, price)
	require.Nil(t, unknown.Tokens)

	replayed := plan.Revision{New: 0}
	replayed.Estimate(nil, nil)
	require.Equal(t, &plan.Range{}, replayed.Cost, "no call costs nothing, whatever the price")
}

func TestSensitivityGrowsWithTheSuite(t *testing.T) {
	t.Parallel()
	small, large := plan.Plan{Units: 150}, plan.Plan{Units: 600}
	small.Sensitivity(1)
	large.Sensitivity(1)
	require.Less(t, *large.Drop, *small.Drop)
	require.Less(t, *large.MoreUnits, *small.MoreUnits)

	strict := plan.Plan{Units: 150}
	strict.Sensitivity(4)
	require.Greater(t, *strict.Drop, *small.Drop, "more gating graders make each test stricter")

	none := plan.Plan{Units: 3}
	none.Sensitivity(1)
	require.Nil(t, none.Drop, "three units show nothing")
}
