package graders_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
)

func TestToolCalls(t *testing.T) {
	t.Parallel()
	call := func(name, arguments string) graders.ToolCall {
		return graders.ToolCall{Name: name, Arguments: arguments}
	}
	look := graders.ExpectedCall{Name: "look", Arguments: json.RawMessage(`{"day":"내일","n":1}`)}
	book := graders.ExpectedCall{Name: "book"}
	for name, tt := range map[string]struct {
		expected []graders.ExpectedCall
		got      []graders.ToolCall
		anyOrder bool
		value    float64
		reason   string
	}{
		"arguments in another order": {
			[]graders.ExpectedCall{look},
			[]graders.ToolCall{call("look", `{"n": 1, "day": "내일"}`)}, false, 1, "",
		},
		"other arguments": {
			[]graders.ExpectedCall{look},
			[]graders.ToolCall{call("look", `{"day":"모레","n":1}`)}, false, 0, "call 1: look has the arguments",
		},
		"no JSON": {
			[]graders.ExpectedCall{look},
			[]graders.ToolCall{call("look", `{"day": 내일`)}, false, 0, `the arguments of look are no JSON: {"day": 내일`,
		},
		"no arguments at all": {
			[]graders.ExpectedCall{{Name: "book", Arguments: json.RawMessage(`{}`)}},
			[]graders.ToolCall{call("book", "")}, false, 1, "",
		},
		"no name": {
			[]graders.ExpectedCall{book},
			[]graders.ToolCall{call("", "{}")}, false, 0, "calls a tool without a name, expected book",
		},
		"in order": {
			[]graders.ExpectedCall{book, look},
			[]graders.ToolCall{call("look", `{"day":"내일","n":1}`), call("book", `{}`)}, false, 0, "calls look, expected book",
		},
		"in any order": {
			[]graders.ExpectedCall{book, look},
			[]graders.ToolCall{call("look", `{"day":"내일","n":1}`), call("book", `{}`)}, true, 1, "",
		},
		"one too many": {
			[]graders.ExpectedCall{book},
			[]graders.ToolCall{call("book", `{}`), call("book", `{}`)}, true, 0, "calls book, book, expected book",
		},
		"none": {
			[]graders.ExpectedCall{book},
			nil, false, 0, "calls no tool, expected book",
		},
		"a check of no object": {
			[]graders.ExpectedCall{{Name: "book", Check: "args.n > 1"}},
			[]graders.ToolCall{call("book", `[2]`)}, false, 0, "no JSON object",
		},
		"a check": {
			[]graders.ExpectedCall{{Name: "book", Check: "args.n > 1"}},
			[]graders.ToolCall{call("book", `{"n":2}`)}, false, 1, "",
		},
		"a schema that does not hold": {
			[]graders.ExpectedCall{{Name: "book", Schema: json.RawMessage(`{"required":["n"]}`)}},
			[]graders.ToolCall{call("book", `{}`)}, false, 0, "the arguments of book",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := graders.Sample{Expect: graders.Expect{ToolCalls: tt.expected}, ToolCalls: tt.got}
			scores, err := graders.ToolCalls(tt.anyOrder).Grade(t.Context(), s)
			require.NoError(t, err)
			require.NotNil(t, scores[0].Value, scores[0].Unscored)
			require.InDelta(t, tt.value, *scores[0].Value, 0)
			require.Contains(t, scores[0].Reason, tt.reason)
		})
	}
}
