package compare_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/verdict/compare"
	"promptbench/internal/verdict/summary"
)

// A gate on a regression that is scored for few of its cases shows nothing, and is missed.
func TestRegressionGateRestsOnHalfOfItsCases(t *testing.T) {
	t.Parallel()
	cases := map[string][]trial{}
	for i := range 10 {
		cases[fmt.Sprintf("case-%d", i)] = []trial{{1, 1}}
	}
	for unscored, want := range map[int]string{
		5: "",
		6: "gate missed: tone is scored on both sides in 4 of 10 applicable cases (fewer than half)",
	} {
		base := made{graders: []string{"tone", "format"}, cases: cases}.run("v1")
		head := made{graders: []string{"tone", "format"}, cases: cases}.run("v2")
		for i := range unscored {
			head.Trials[i].Scores[0] = graders.Unscored("unsure")
			head.Trials[i].Scores[0].Grader = "tone"
		}
		c, err := compare.Compare(base, head, compare.Options{Gating: []string{"tone", "format"}})
		require.NoError(t, err)
		require.Equal(t, want != "", summary.Missed(c.Gates))
		for _, g := range c.Gates {
			require.Equal(t, want, g.String())
		}
		c, err = compare.Compare(base, head, compare.Options{})
		require.NoError(t, err)
		require.Empty(t, c.Gates, "no gate names it")
	}
}
