package graders_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// TestTransformExpression tells a reply that is at fault from a text, whatever the expression gives.
func TestTransformExpression(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]struct{ text, fault string }{
		`fromJSON(text).a.b`:                 {"<1>", ""},
		`fromJSON(text).list`:                {`[1,{"x":null}]`, ""},
		`fromJSON(text).n`:                   {"12", ""},
		`fromJSON(text).a?.c?.d`:             {"", "it gives nothing"},
		`fromJSON(text).a.c.d`:               {"", "cannot fetch d from <nil>"},
		`fromJSON(text).list[7]`:             {"", "index out of range"},
		`fromJSON("x")`:                      {"", "it is no JSON: invalid character 'x'"},
		`fromJSON("[내일]")`:                   {"", "it is no JSON: invalid character '내' looking for"},
		`upper(vars.name) + "!"`:             {"KIM!", ""},
		`split(text, ",")[9]`:                {"", "index out of range"},
		`join(map(tool_calls, #.name), " ")`: {"look", ""},
		`replace(trim(text), text, "")`:      {"", ""},
	} {
		transform, err := graders.TransformExpression(src)
		require.NoError(t, err, src)
		text, err := transform.Transform(t.Context(), graders.Sample{
			Vars: map[string]string{"name": "kim"}, ToolCalls: []graders.ToolCall{{Name: "look"}},
			Reply: reply.Reply{Text: `{"a":{"b":"<1>"},"n":12,"list":[1,{"x":null}]}`},
		})
		require.Equal(t, want.text, text, src)
		if want.fault == "" {
			require.NoError(t, err, src)
			continue
		}
		var fault *graders.TransformError
		require.ErrorAs(t, err, &fault, src)
		require.Contains(t, fault.Reason, want.fault, src)
		require.False(t, fault.Broken, src)
	}
	_, err := graders.TransformExpression("txt")
	require.ErrorContains(t, err, "unknown name txt")
}

// TestChecksOfJSON holds a check of JSON that a reply does not have to fail: the reply is at fault.
func TestChecksOfJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{`{"a":{"n":2}}`: 1, `{"a":{"n":3}}`: 0, `{"a":3}`: 0, `no JSON`: 0} {
		g, err := graders.Checks([]string{"fromJSON(text).a.n == 2"})
		require.NoError(t, err)
		scores, err := g.Grade(t.Context(), graders.Sample{
			Reply: reply.Reply{Format: reply.Text, Untyped: true, Text: text},
		})
		require.NoError(t, err)
		require.NotNil(t, scores[0].Value, text)
		require.InDelta(t, want, *scores[0].Value, 0, text)
	}
}
