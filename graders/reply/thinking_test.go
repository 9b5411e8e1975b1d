package reply_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

// A model's draft in any wrapper is thinking, and no document.
func TestThinkingWrappers(t *testing.T) {
	t.Parallel()
	const draft = `초안: {"subtodos":{"type":"answer","content":[{"subtodoContent":"우유 사기"}]}} <b>아니다`
	const doc = `{"subtodos":{"type":"question","content":[{"subtodoContent":"언제 가나요?"}]}}`
	r := newReader(t, subtodoRules())
	for _, wrapper := range []string{
		"<think>…</think>", "<Thinking>…</thinking>", "<thought>…</thought>", "<thoughts>…</thoughts>",
		"<reasoning a=\"b\">…</reasoning>", "<seed:think>…</seed:think>", "[THINK]…[/THINK]", "[THINKING]…[/THINKING]",
		"◁think▷…◁/think▷", "<|begin_of_thought|>…<|end_of_thought|>", "<|START_THINKING|>…<|END_THINKING|>",
		"<|channel>thought\n…<channel|>", "…</think>", "\n…\n</thought>", "…[/THINK]", "…◁/think▷", "…<|END_THINKING|>",
		"<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>",
		"<|start|>assistant<|channel|>analysis<|message|>…<|channel|>final<|message|>",
		"<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>",
		"analysis…assistantfinal", "<scratchpad>…</scratchpad>", "<mm:think>…</mm:think>", "&lt;think&gt;…&lt;/think&gt;",
		"<|thinking|>…<|/thinking|>", "<|think_start|>…<|think_end|>", "<|inner_prefix|>…<|inner_suffix|>",
		"[think]…[/think]", "<think>…</thinking>", "…</think> ",
	} {
		t.Run(wrapper, func(t *testing.T) {
			t.Parallel()
			before, after, _ := strings.Cut(wrapper, "…")
			for _, answer := range []string{doc, "\n\n" + doc + "\n"} {
				got := r.Read(before+draft+after+answer, "", reply.JSON)
				require.Equal(t, draft, got.Thinking)
				require.Equal(t, []string{doc, doc}, []string{got.Text, r.Said(before + draft + after + answer)})
				require.Equal(t, "question", got.Type)
				require.Equal(t, []reply.Code{reply.CodeThinking}, codes(got), "%v", got.Defects)
			}
			got := r.Read(before+draft+after+"\n\n죄송하지만 도와드릴 수 없어요.", "", reply.JSON)
			require.False(t, got.Readable(), "the draft is no reply")
			require.Equal(t, draft, got.Thinking)
		})
	}
}

// A model may close its thinking twice, and its config may name its own marks.
func TestOtherThinking(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	got := r.Read("<think>하나</think>question\n1. 둘?</think>\nanswer\n1. 셋", "", reply.Text)
	require.Equal(t, "answer", got.Type)
	require.Equal(t, []string{"셋"}, got.Items)

	const granite = "Here is my thought process: question\n1. 둘? Here is my response:\nanswer\n1. 셋"
	own := r.WithThinking([][2]string{{"Here is my thought process:", "Here is my response:"}, {"(생각)", "(끝)"}})
	for _, raw := range []string{granite, "(생각)question\n1. 둘?(끝)\nanswer\n1. 셋", "<think>음</think>answer\n1. 셋"} {
		got := own.Read(raw, "", reply.Text)
		require.Equal(t, "answer", got.Type, raw)
		require.Equal(t, []string{"셋"}, got.Items)
		require.Equal(t, []reply.Code{reply.CodeThinking}, codes(got))
	}
	require.Empty(t, r.Read(granite, "", reply.Text).Thinking)
}

// Harmony's marks around the answer are no text of it.
func TestHarmonyMarksAroundTheAnswer(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	for _, raw := range []string{
		"<|channel|>final<|message|>question\n1. 언제?<|return|>",
		"<|channel|>analysis<|message|>음<|end|><|channel|>commentary<|message|>흠<|end|>" +
			"<|start|>assistant<|channel|>final<|message|>question\n1. 언제?<|end|>",
	} {
		got := r.Read(raw, "", reply.Text)
		require.Equal(t, "question", got.Type)
		require.Equal(t, []string{"언제?"}, got.Items)
	}
}

// A closing tag that closes no block of the prompt takes nothing off the reply.
func TestClosingThinkingTagsInText(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	for raw, items := range map[string][]string{
		`{"subtodos":{"type":"answer","content":[{"subtodoContent":"</think>태그 지우기"}]}}`: {"</think>태그 지우기"},
		"<subtodos type='answer'>\n1. </think> 지우기\n2. 가기\n</subtodos>":                  {"</think> 지우기", "가기"},
		"<subtodos type='answer'>\n1. 끝[/THINK]\n2. 가기\n</subtodos>":                     {"끝[/THINK]", "가기"},
		"answer\n1. 태그 </think> 지우기\n2. 가기":                                              {"태그 </think> 지우기", "가기"},
		"answer\n1. 우유 <|end|> 사기\n2. 가기</think>":                                        {"우유 <|end|> 사기", "가기</think>"},
		"answer\n1. 우유 analysis\n2. assistantfinal":                                      {"우유 analysis", "assistantfinal"},
	} {
		got := r.Read(raw, "", "")
		require.Equal(t, "answer", got.Type, raw)
		require.Equal(t, items, got.Items, raw)
		require.Empty(t, got.Thinking, raw)
	}
}
