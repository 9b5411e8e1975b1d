package reply_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

// A document is read wherever a careful person finds it.
func TestJSONShapes(t *testing.T) {
	t.Parallel()
	two := []string{"우유 사기", "빵 사기"}
	const content = `[{"subtodoContent": "우유 사기"}, {"subtodoContent": "빵 사기"}]`
	const escaped = `[{\"subtodoContent\": \"우유 사기\"}, {\"subtodoContent\": \"빵 사기\"}]`
	repaired, fence := []reply.Code{reply.CodeRepaired}, []reply.Code{reply.CodeFence}
	runCases(t, subtodoRules(), reply.JSON, []readCase{
		{"in a string", `{"subtodos": "{\"type\": \"answer\", \"content\": ` + escaped + `}"}`, "answer", two, repaired},
		{"no items in a string", `{"subtodos": "{\"type\": \"invalid\", \"content\": []}"}`, "invalid", nil, repaired},
		{"items in a string", `{"subtodos": {"type": "answer", "content": "` + escaped + `"}}`, "answer", two, repaired},
		{
			"each item in a string",
			`{"subtodos": {"type": "answer", "content": ["{\"subtodoContent\": \"우유 사기\"}", ` +
				`"{\"subtodoContent\": \"빵 사기\"}"]}}`,
			"answer", two, repaired,
		},
		{
			"a string", `"{\"subtodos\": {\"type\": \"answer\", \"content\": [{\"subtodoContent\": \"\\uc6b0\\uc720 사기\"}, ` +
				`{\"subtodoContent\": \"빵 사기\"}]}}"`,
			"answer", two, repaired,
		},
		{
			"in a string of another object", `{"result": "{\"subtodos\": {\"type\": \"answer\", \"content\": ` + escaped + `}}"}`,
			"answer", two, repaired,
		},
		{"prefill within a key", `": {"type": "answer", "content": ` + content + `}}`, "answer", two, repaired},
		{
			"an item that is JSON", `{"subtodos": {"type": "answer", "content": [{"subtodoContent": "[1]"}]}}`, "answer",
			[]string{"[1]"}, nil,
		},
		{"block quote", "> {\"subtodos\": {\"type\": \"answer\",\n>  \"content\": " + content + "}}", "answer", two, fence},
		{
			"block quote behind prose",
			"네:\n> ```json\n> {\"subtodos\": {\"type\": \"answer\",\n> \"content\": " + content + "}}\n> ```", "answer", two,
			[]reply.Code{reply.CodeFence, reply.CodeFence, reply.CodeProseBefore},
		},
		{"prefill of the object", `"subtodos": {"type": "answer", "content": ` + content + `}}`, "answer", two, repaired},
		{"prefill of a key's quote", `subtodos": {"type": "answer", "content": ` + content + `}}`, "answer", two, repaired},
		{"prefill of a key", `{"type": "answer", "content": ` + content + `}}`, "answer", two, repaired},
		{"prefill up to the type", `"type": "answer", "content": ` + content + `}}`, "answer", two, repaired},
		{"prefill of the type's quote", `type": "answer", "content": ` + content + `}}`, "answer", two, repaired},
		{"prefill of the type's key", `"answer", "content": ` + content + `}}`, "answer", two, repaired},
		{
			"prefill within the type", `answer", "content": ` + content + "}}\n```", "answer", two,
			[]reply.Code{reply.CodeRepaired, reply.CodeFence},
		},
		{
			"prefill, truncated", `"type": "answer", "content": [{"subtodoContent": "우유 사기"}, {"subtodoContent": "빵`, "answer",
			[]string{"우유 사기", "빵"}, []reply.Code{reply.CodeTruncated},
		},
		{"other keys", `{"type": "answer", "content": ` + content + `}`, "", nil, []reply.Code{reply.CodeNoDocument}},
	})
	got := newReader(t, subtodoRules()).Read(`{"result": {"kind": "answer"}, "ok": true}`, "", reply.JSON)
	require.Contains(t, got.Defects[0].Detail, `valid JSON under other keys ("ok", "result"): nothing is at $.subtodos.type`)
}

// White space that JSON does not have, and invisible characters, cost a defect.
func TestOddWhiteSpace(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	for _, space := range []string{
		"\u00a0", "\u3000", "\ufeff", "\u200b", "\u200e", "\u2003", "\u2028", "\u2060", "\u0085", "\v", "\n\u00a0 ",
	} {
		raw := strings.ReplaceAll(`{~"subtodos":~{~"type":~"answer"~,~"content":~[{"subtodoContent":~"우유\u00a0사기"},~`+
			`{"subtodoContent":"빵 사기"~}~]}~}`, "~", space)
		got := r.Read(raw, "", reply.JSON)
		require.Equal(t, "answer", got.Type, "%q", space)
		require.Equal(t, []string{"우유\u00a0사기", "빵 사기"}, got.Items, "%q", space)
		require.Equal(t, []reply.Code{reply.CodeRepaired}, codes(got), "%q", space)
	}
}
