package compare_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
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

// A gate by type is missed where one type is hardly scored, however many cases the others have.
func TestGateByTypeRestsOnHalfOfEachType(t *testing.T) {
	t.Parallel()
	for lost, want := range map[int]string{
		10: "gate met: no expected type is worse at case_type with the certainty of a gate (2.5%)",
		11: "gate missed: fewer than half of the `question` cases are scored on both sides at case_type",
		20: "gate missed: fewer than half of the `question` cases are scored on both sides at case_type",
	} {
		base, head := one("case_type"), one("case_type")
		questions := map[string]bool{}
		for i := range 100 {
			base.cases[caseID(i)], head.cases[caseID(i)] = []trial{{1}}, []trial{{1}}
			if questions[caseID(i)] = i < 20; i < lost {
				head.cases[caseID(i)] = []trial{{failed}}
			}
		}
		byType := func(c *runfile.Case) {
			if questions[c.Case] {
				c.Expect.Type = "question"
			}
		}
		base.change, head.change = byType, byType
		c := hold(t, base, head, compare.Options{GatingByType: []string{"case_type"}})
		require.Equal(t, want, c.Gates[0].String())
		require.Equal(t, lost > 10, summary.Missed(c.Gates))
	}
}
