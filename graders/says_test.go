package graders_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
)

func TestCriteriaSayWhatAReplyDoes(t *testing.T) {
	t.Parallel()
	const params = `{"criteria":[
		{"id":"repeats","check":"len(uniq(items)) == len(items)","says":"repeats\n an item"},
		{"id":"short","check":"all(items, chars(#) <= 1)"},
		{"id":"half","check":"0.5","says":"is half right"}]}`
	g, err := graders.New("rubric", json.RawMessage(params), graders.Models{})
	require.NoError(t, err)
	scores := grade(t, g, answered("가나", "가나"))
	require.Equal(t, "repeats an item; is half right (0.50 of 1); failed short (all(items, chars(#) <= 1) is false)",
		scores[0].Reason)
	require.Equal(t, "repeats an item", scores[1].Reason)
	require.False(t, scores[0].Pass)
	require.Empty(t, grade(t, g, answered("가", "나"))[1].Reason)

	s := answered()
	s.Reply = reply.Reply{Raw: "?"}
	scores = grade(t, g, s)
	require.Equal(t, scores[1].Reason, scores[3].Reason)
	require.NotContains(t, scores[1].Reason, "repeats", "nothing could be read")
	require.Equal(t, scores[1].Reason+"; failed short ("+scores[2].Reason+")", scores[0].Reason, "said once")

	named, err := graders.New("expression",
		json.RawMessage(`{"name":"one","check":"len(items) == 1","says":"has several items"}`), graders.Models{})
	require.NoError(t, err)
	require.Equal(t, "has several items", grade(t, named, answered("가", "나"))[0].Reason)

	specs := []graders.Spec{{Name: "format"}, g.Spec(), named.Spec()}
	for _, spec := range specs {
		require.NotContains(t, string(spec.Params), "says", "it decides no score")
	}
	require.Equal(t, map[string]string{
		"rubric/repeats": "len(uniq(items)) == len(items)", "rubric/short": "all(items, chars(#) <= 1)",
		"rubric/half": "0.5", "one": "len(items) == 1",
	}, graders.Expressions(specs))
}

func TestWithoutSaysLeavesWhatDecides(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, with, without string }{
		{"rubric", `{"criteria":[{"id":"a","check":"true","says":"b","weight":1.50}]}`,
			`{"criteria":[{"check":"true","id":"a","weight":1.50}]}`},
		{"expression", `{"says":"b","name":"c"}`, `{"name":"c"}`},
		{"contains", `{"says":"b"}`, `{"says":"b"}`},
		{"rubric", `["says"]`, `["says"]`},
		{"rubric", `{`, `{`},
	} {
		require.Equal(t, c.without, string(graders.WithoutSays(c.name, json.RawMessage(c.with))))
	}
}
