package graders_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
)

func contains(t *testing.T, texts string) graders.Grader {
	t.Helper()
	g, err := graders.New("contains", json.RawMessage(texts), graders.Models{})
	require.NoError(t, err)
	return g
}

func TestByCase(t *testing.T) {
	t.Parallel()
	g := graders.ByCase("contains", map[string]graders.Grader{"치과": contains(t, `["예약"]`), "b": contains(t, `["x"]`)})
	score := func(id string) graders.Score {
		list, err := g.Grade(t.Context(), graders.Sample{Case: id, Reply: reply.Reply{Text: "예약하기"}})
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, "contains", list[0].Grader)
		return list[0]
	}
	require.True(t, score("치과").Pass)
	require.False(t, score("b").Pass)
	require.Equal(t, "the case does not name this grader", score("c").NotApplicable)

	same := graders.ByCase("contains", map[string]graders.Grader{"b": contains(t, `["x"]`), "치과": contains(t, `["예약"]`)})
	require.Equal(t, g.Spec(), same.Spec())
	for _, other := range []map[string]graders.Grader{
		{"치과": contains(t, `["예약"]`)}, {"치과": contains(t, `["예약"]`), "b": contains(t, `["y"]`)},
		{"치과": contains(t, `["예약"]`), "c": contains(t, `["x"]`)},
	} {
		require.NotEqual(t, g.Spec(), graders.ByCase("contains", other).Spec())
	}
}
