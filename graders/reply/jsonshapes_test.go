package reply_test

import (
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
