package graders_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// TestSchemaAnywhere finds the JSON that fits among whatever else a reply has.
func TestSchemaAnywhere(t *testing.T) {
	t.Parallel()
	g, err := graders.New("json_schema", json.RawMessage(`{"anywhere":true,"schema":{"required":["a"],"type":"object"}}`), graders.Models{})
	require.NoError(t, err)
	for text, want := range map[string]struct {
		value  float64
		reason string
	}{
		`So: {"b":1} and {"a":2}, yes`:  {1, ""},
		`{"b":{"a":1}}`:                 {0, "missing property 'a'"},
		`half {"a":1`:                   {0, "no valid JSON object"},
		`{not json} [1, {"a": 1}] {"a"`: {1, ""},
		"```json\n{\"a\":1}\n```":       {1, ""},
	} {
		scores, err := g.Grade(t.Context(), graders.Sample{Reply: reply.Reply{Format: reply.Text, Untyped: true, Text: text}})
		require.NoError(t, err)
		require.InDelta(t, want.value, *scores[0].Value, 0, text)
		require.Contains(t, scores[0].Reason, want.reason, text)
	}
}

// TestVerbatimReplies reads space, thinking and nothing as text only where the rules say so.
func TestVerbatimReplies(t *testing.T) {
	t.Parallel()
	g, err := graders.NotContains([]string{"x"}, graders.TextOptions{})
	require.NoError(t, err)
	for rules, want := range map[*reply.Rules]float64{{}: 0, {Verbatim: true}: 1, {Verbatim: true, Types: []string{"a"}}: 0} {
		reader, err := reply.NewReader(*rules)
		require.NoError(t, err)
		scores, err := g.Grade(t.Context(), graders.Sample{Reply: reader.Read(" ", "", reply.Text)})
		require.NoError(t, err)
		require.InDelta(t, want, *scores[0].Value, 0, rules)
	}
	reader, err := reply.NewReader(reply.Rules{Verbatim: true})
	require.NoError(t, err)
	const raw = " <think>hm</think>\n{\"a\": 1} "
	for _, format := range []reply.Format{reply.Text, reply.JSON} {
		read := reader.Read(raw, "", format)
		require.Equal(t, raw, read.Text)
		require.Equal(t, format, read.Format)
	}
	require.Equal(t, raw, reader.Said(raw))
}
