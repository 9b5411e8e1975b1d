package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/output/report"
	"promptbench/internal/verdict/plan"
)

// What the cases can show is said once, also where it is the drop that every plan is about.
func TestPlanSaysADropOnce(t *testing.T) {
	t.Parallel()
	for drop, want := range map[float64]int{0.05: 1, 0.049: 1, 0.03: 1, 0.12: 1} {
		var b strings.Builder
		p := plan.Plan{Cases: 900, Units: 900, Trials: 1, Graders: 1, Drop: &drop, MoreUnits: new(0)}
		require.NoError(t, report.PlanText(&b, p))
		require.Equal(t, want, strings.Count(b.String(), "a drop of 5 points"), b.String())
	}
}
