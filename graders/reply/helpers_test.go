package reply_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

const refusal = "할 일을 입력해 주세요."

const subtodoSchema = `{
  "type": "object",
  "required": ["subtodos"],
  "properties": {"subtodos": {
    "type": "object",
    "required": ["type", "content"],
    "properties": {
      "type": {"enum": ["answer", "question", "invalid"]},
      "content": {"type": "array", "items": {
        "type": "object",
        "required": ["subtodoNumber", "subtodoContent"],
        "properties": {"subtodoNumber": {"type": "integer"}, "subtodoContent": {"type": "string"}}
      }}
    }
  }}
}`

func subtodoRules() reply.Rules {
	return reply.Rules{
		Types:   []string{"answer", "question", "invalid"},
		JSON:    reply.JSONRules{Type: "$.subtodos.type", Items: "$.subtodos.content[*].subtodoContent"},
		XML:     reply.XMLRules{Type: "//subtodos/@type", Items: "//subtodos"},
		Refusal: refusal,
	}
}

func newReader(tb testing.TB, rules reply.Rules) *reply.Reader {
	tb.Helper()
	r, err := reply.NewReader(rules)
	require.NoError(tb, err)
	return r
}

func codes(r reply.Reply) []reply.Code {
	var list []reply.Code
	for _, d := range r.Defects {
		list = append(list, d.Code)
	}
	return list
}

// A readCase is one raw reply and what must be read from it.
type readCase struct {
	name    string
	raw     string
	typ     string
	items   []string
	defects []reply.Code
}

func runCases(t *testing.T, rules reply.Rules, want reply.Format, cases []readCase) {
	t.Helper()
	r := newReader(t, rules)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := r.Read(c.raw, "", want)
			require.Equal(t, c.typ, got.Type, "type; defects %v", got.Defects)
			require.Equal(t, c.items, got.Items, "items; defects %v", got.Defects)
			require.Equal(t, c.defects, codes(got), "defects %v", got.Defects)
			require.Contains(t, got.Text, got.Document)
		})
	}
}
