package reply_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

// A thinking tag that is only spoken of, or is an item's text, takes nothing
// off the reply.
func TestThinkingTagsInText(t *testing.T) {
	t.Parallel()
	const doc = `{"subtodos":{"type":"answer","content":[{"subtodoContent":"가기"}]}}`
	around := []reply.Code{reply.CodeProseBefore, reply.CodeProseAfter}
	cases := []struct {
		name, raw string
		thinking  string
		items     []string
		defects   []reply.Code
	}{
		{
			"a block in an item", strings.Replace(doc, "가기", "<think>태그</think> 정리하기", 1), "",
			[]string{"<think>태그</think> 정리하기"}, nil,
		},
		{"a tag in an item", strings.Replace(doc, "가기", "<think> 태그 정리하기", 1), "", []string{"<think> 태그 정리하기"}, nil},
		{
			"behind a real block", "<think>{\"a\":1} 음</think>" + strings.Replace(doc, "가기", "<think>태그</think> 정리하기", 1),
			`{"a":1} 음`, []string{"<think>태그</think> 정리하기"}, []reply.Code{reply.CodeThinking},
		},
		{
			"behind an open one", "<think>음 " + strings.Replace(doc, "가기", "<think>태그</think> 정리하기", 1), "",
			[]string{"<think>태그</think> 정리하기"}, []reply.Code{reply.CodeThinking, reply.CodeProseBefore},
		},
		{
			"an object in a block is no document",
			`<think>{"a":"<b>"} ` + doc + "</think>" + strings.Replace(doc, "가기", "오기", 1), `{"a":"<b>"} ` + doc,
			[]string{"오기"}, []reply.Code{reply.CodeThinking},
		},
		{"tags named before and behind", "`<think>` 태그는 안 씁니다. " + doc + " `</think>`도.", "", []string{"가기"}, around},
		{
			"a closing tag quoted in a block", `<think>"</think>" 라고 쓰면</think>` + doc, `"</think>" 라고 쓰면`, []string{"가기"},
			[]reply.Code{reply.CodeThinking},
		},
	}
	r := newReader(t, subtodoRules())
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := r.Read(c.raw, "", reply.JSON)
			require.Equal(t, "answer", got.Type, "%v", got.Defects)
			require.Equal(t, c.items, got.Items)
			require.Equal(t, c.thinking, got.Thinking)
			require.Equal(t, c.defects, codes(got), "%v", got.Defects)
		})
	}
}

// A tag and a brace again and again cost no more than a long reply does.
func TestThinkingTagsAndBracesAreLinear(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	unit := `{"a":<think></think>`
	begun := time.Now()
	r.Read(strings.Repeat(unit, reply.MaxBytes/len(unit)), "", reply.JSON)
	require.Less(t, time.Since(begun), 3*time.Minute)
}
