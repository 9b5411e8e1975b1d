package result_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/input/suite"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/result"
)

// A run that is older than the words of a check gets them, also in the reason of the rubric. A check that has changed
// since keeps its reason.
func TestReword(t *testing.T) {
	t.Parallel()
	s, probs := suite.Parse("s.yaml", []byte(`suite: s
reply: {types: [answer]}
graders:
  - rubric:
      criteria:
        - {id: some, check: len(items) > 0, says: has no item}
        - {id: few, check: len(items) < 3, says: has many items}
cases: [{id: a, input: b}]
`))
	require.NoError(t, probs.Err())
	zero := 0.0
	run := &runfile.Run{
		Header: runfile.Header{Suite: runfile.Suite{Name: "s"}, Graders: []graders.Spec{{
			Name: "rubric",
			Params: json.RawMessage(
				`{"criteria":[{"id":"some","check":"len(items) > 0"},{"id":"few","check":"len(items) < 9"}]}`),
		}}},
		Trials: []runfile.Trial{{Scores: []graders.Score{
			{Grader: "rubric", Value: &zero, Reason: "failed some (not so: len(items) > 0), few (len(items) < 9 is false)"},
			{Grader: "rubric/some", Value: &zero, Reason: "not so: len(items) > 0"},
			{Grader: "rubric/few", Value: &zero, Reason: "len(items) < 9 is false"},
		}}},
	}
	result.Reword(run, s)
	scores := run.Trials[0].Scores
	require.Equal(t, "failed some (has no item), few (len(items) < 9 is false)", scores[0].Reason)
	require.Equal(t, "has no item", scores[1].Reason)
	require.Equal(t, "len(items) < 9 is false", scores[2].Reason)
}
