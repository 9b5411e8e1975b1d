package reply_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

// One odd value costs a defect that quotes it, and nothing behind it.
func TestOddJSONValues(t *testing.T) {
	t.Parallel()
	const before = `{"subtodos": {"type": "answer", "content": [`
	const content = `[{"subtodoContent": "우유 사기"}, {"subtodoContent": "빵 사기"}]`
	r := newReader(t, subtodoRules())
	for _, value := range []string{
		"5,000", "1,234,567", "1,5", "1/3", "09:30", "18:00", "2026-11-30", "+1", ".5", "5.", "-.5", "0x1F", "007", "1_000",
		"₩5,000",
		"5,000원", "50%", "NaN", "-Infinity", "undefined", "TBD", "약 5분", "1~2", "(3)", "내일 오전", "1e", "３", "$5", "--",
	} {
		for name, doc := range map[string]string{
			"item": before + `{"x": V, "subtodoContent": "우유 사기"}, {"x": V, "subtodoContent": "빵 사기"}]}}`,
			"last": before + `{"subtodoContent": "우유 사기", "x": V}, {"subtodoContent": "빵 사기", "x": V}]}}`,
			"head": `{"subtodos": {"x": V, "type": "answer", "content": ` + content + `}}`,
			"fence": "네:\n```json\n" + `{"subtodos": {"x": V, "type": "answer",` + "\n" +
				`"content": ` + content + "}}\n```\n끝",
		} {
			raw := strings.ReplaceAll(doc, "V", value)
			got := r.Read(raw, "", reply.JSON)
			require.Equal(t, "answer", got.Type, raw)
			require.Equal(t, []string{"우유 사기", "빵 사기"}, got.Items, raw)
			require.Equal(t, reply.Inside, reply.Worst(got.Defects), raw)
			require.NotContains(t, got.Defects[0].Detail, "\uFFFD", name)
			require.Contains(t, got.Defects[0].Detail, value, name)
		}
	}
}

// Odd escapes, lost quotes, commas and colons cost no item.
func TestLostJSONMarks(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	two := []string{"우유 사기", "빵 사기"}
	for content, want := range map[string][]string{
		`{"C": "\u{1F95B} 우유 사기"}, {"C": "빵 사기"}`:            {"🥛 우유 사기", "빵 사기"},
		`{"C": "\underline{우유} 사기"}, {"C": "빵 사기"}`:          {`\underline{우유} 사기`, "빵 사기"},
		`{"C": "\alpha \(우유\) \$5"}, {"C": "\x41 D:\users"}`: {`\alpha \(우유\) \$5`, `A D:\users`},
		`{"C": "우유 사기"N": 1}, {"C": "빵 사기", "N": 2}`:         two,
		`{"C": "우유 사기" "N": 1}, {"C": "빵 사기", "N": 2}`:       two,
		`{"N": 1, "C": "우유, 빵 사기}, {"N": 2, "C": "빵 사기"}`:    {"우유, 빵 사기", "빵 사기"},
		`{"C": "우유 사기, "N": 1}, {"C": "빵 사기", "N": 2}`:       two,
		`{"N": 1, "C": "우유 사기"}, {"N": 2, "C": "빵 사기}`:       two,
		`{"N": 1, "C": 우유 사기"}, {"N": 2, "C": "빵 사기"}`:       two,
		`{"N": 1, "C": 우유 사기}, {"N": 2, "C": "빵 사기"}`:        two,
		`{"N": 1 "C": "우유 사기"} {"N": 2 "C": "빵 사기"}`:         two,
		`{"N" 1, "C" "우유 사기"}, {"N": 2, "C": "빵 사기"}`:        two,
		`{"N: 1, "C": "우유 사기"}, {"N": 2, "C": "빵 사기"}`:       two,
		`{N": 1, "C": "우유 사기"}, {"N": 2, "C": "빵 사기"}`:       two,
		`{"N":, "C": "우유 사기"}, {"N": 2, "C": "빵 사기"}`:        two,
	} {
		raw := `{"subtodos": {"type": "answer", "content": [` +
			strings.NewReplacer("N", "subtodoNumber", "C", "subtodoContent").Replace(content) + `]}}`
		got := r.Read(raw, "", reply.JSON)
		require.Equal(t, "answer", got.Type, raw)
		require.Equal(t, want, got.Items, raw)
		require.Equal(t, reply.Inside, reply.Worst(got.Defects), raw)
		require.NotContains(t, codes(got), reply.CodeTruncated, raw)
		require.Len(t, got.Defects, 1, "%s %v", raw, got.Defects)
	}
}

// Characters that an escape may write, and that no text has, are defects.
func TestEscapedCharacters(t *testing.T) {
	t.Parallel()
	one := func(text string) string {
		return `{"subtodos":{"type":"answer","content":[{"subtodoContent":"` + text + `"}]}}`
	}
	runCases(t, subtodoRules(), reply.JSON, []readCase{
		{"a half character", one(`우유 \ud83d 사기`), "answer", []string{"우유 사기"}, []reply.Code{reply.CodeInvalidUTF8}},
		{"the other half", one(`우유\uDE00 사기`), "answer", []string{"우유 사기"}, []reply.Code{reply.CodeInvalidUTF8}},
		{"halves in the wrong order", one(`\ude00\ud83d우유`), "answer", []string{"우유"}, []reply.Code{reply.CodeInvalidUTF8}},
		{"both halves", one(`우유 \ud83e\udd5b`), "answer", []string{"우유 🥛"}, nil},
		{
			"a command", one(`$\frac{1}{2}$컵 \beta`), "answer", []string{`$\frac{1}{2}$컵 \beta`},
			[]reply.Code{reply.CodeControlChars},
		},
		{"a backspace", one(`우유\b \u0007사기\u009b`), "answer", []string{"우유 사기"}, []reply.Code{reply.CodeControlChars}},
		{"line breaks", one(`우유\n\t사기`), "answer", []string{"우유\n\t사기"}, nil},
		{"a plain backslash", one(`C:\\ud83d \\b`), "answer", []string{`C:\ud83d \b`}, nil},
	})
}
