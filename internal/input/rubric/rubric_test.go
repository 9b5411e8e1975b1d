package rubric_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/input/rubric"
)

// none is a judge that is never asked.
type none struct{}

func (none) Ask(context.Context, graders.Sample, []graders.Question) ([]graders.Verdict, error) {
	return nil, errors.New("not to be asked")
}

func TestHash(t *testing.T) {
	t.Parallel()
	criteria := func() []graders.Criterion {
		return []graders.Criterion{
			{ID: "a", Question: "?", Options: []string{"yes", "no"}, Pass: []string{"yes"}, Weight: 1},
			{ID: "b", Question: "!", Options: []string{"yes", "no"}, Pass: []string{"yes"}, Weight: 1},
		}
	}
	usual := rubric.Hash(criteria())
	same := criteria()
	same[0].Weight, same[0].AppliesTo = 3, []string{"answer"}
	same[0], same[1] = same[1], same[0]
	require.Equal(t, usual, rubric.Hash(same))
	for name, change := range map[string]func(*graders.Criterion){
		"question": func(c *graders.Criterion) { c.Question = "??" },
		"options":  func(c *graders.Criterion) { c.Options = []string{"yes", "no", "unsure"} },
		"anchors":  func(c *graders.Criterion) { c.Anchors = map[string]string{"yes": "a", "no": "b"} },
		"pass":     func(c *graders.Criterion) { c.Pass = []string{"no"} },
	} {
		other := criteria()
		change(&other[0])
		require.NotEqual(t, usual, rubric.Hash(other), name)
		require.NotEqual(t, rubric.QuestionHash(criteria()[0]), rubric.QuestionHash(other[0]), name)
	}
	for name, change := range map[string]func(*graders.Criterion){
		"votes": func(c *graders.Criterion) { c.Votes = 3 },
		"batch": func(c *graders.Criterion) { c.Batch = true },
		"judge": func(c *graders.Criterion) { c.Judge = "strong" },
	} {
		other := criteria()
		change(&other[0])
		require.NotEqual(t, usual, rubric.Hash(other), name)
		require.Equal(
			t, rubric.QuestionHash(criteria()[0]), rubric.QuestionHash(other[0]), "a person's answer does not depend on %s",
			name,
		)
	}

	three := append(criteria(), graders.Criterion{ID: "c", Question: "?", AppliesTo: []string{"answer"}, Votes: 3})
	require.Equal(t, 5, rubric.Calls(three, graders.Expect{Type: "answer"}))
	require.Equal(t, 2, rubric.Calls(three, graders.Expect{Type: "invalid"}))
	for i := range three {
		three[i].Batch, three[i].Votes = true, 0
	}
	require.Equal(t, 1, rubric.Calls(three, graders.Expect{Type: "answer"}), "one for all")
	three[1].Votes = 3
	require.Equal(t, 4, rubric.Calls(three, graders.Expect{Type: "answer"}))

	g, err := graders.New(
		"rubric",
		json.RawMessage(
			`{"criteria":[{"id":"a","question":"?","options":["yes","no"]},{"id":"c","check":"true"},`+
				`{"id":"b","question":"!","options":["yes","no"]}]}`,
		),
		graders.Models{Judge: none{}},
	)
	require.NoError(t, err)
	require.Equal(t, usual, rubric.Hash(graders.Questions([]graders.Spec{{Name: "format"}, g.Spec()})))
}
