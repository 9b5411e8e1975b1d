package reply_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

// Whichever bracket or comma is missing, wrong or too many, every item that stands in the text is read.
func TestBrokenBracketsDropNoItem(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	const one, two = `{"subtodoNumber":1,"subtodoContent":"치과 예약하기"}`, `{"subtodoNumber":2,"subtodoContent":"10시에 출발하기"}`
	for _, rest := range []string{
		`"content":[` + one + `;` + two + `]}}`,
		`"content":[` + one + ` and ` + two + `]}}`,
		`"content":[` + one + `},` + two + `]}}`,
		`"content":[` + one + `],` + two + `]}}`,
		`"content":[` + one + `]},` + two + `]}}`,
		`"content":[` + strings.TrimSuffix(one, "}") + `]},` + two + `]}}`,
		`"content":[` + strings.TrimSuffix(one, "}") + `,` + two + `]}}`,
		`"content":[` + one + `,` + strings.TrimPrefix(two, "{") + `]}}`,
		`"content":[` + strings.TrimPrefix(one, "{") + `,` + two + `]}}`,
		`"content":[{` + one + `,` + two + `]}}`,
		`"content":[[` + one + `,` + two + `]}}`,
		`"content":` + one + `,` + two + `]}}`,
		`"content":(` + one + `,` + two + `)}}`,
		`"content":[` + one + `,` + strings.TrimSuffix(two, "}") + `]}}`,
	} {
		got := r.Read(`{"subtodos":{"type":"answer",`+rest, "", reply.JSON)
		require.Equal(t, "answer", got.Type, rest)
		require.Equal(t, []string{"치과 예약하기", "10시에 출발하기"}, got.Items, rest)
		require.Contains(t, codes(got), reply.CodeRepaired, rest)
		require.NotContains(t, codes(got), reply.CodeProseAfter, rest)
	}
	got := r.Read(`{"subtodos":{"type":"answer";"content":[`+one+`,`+two+`]}}`, "", reply.JSON)
	require.Equal(t, "answer", got.Type)
	require.Len(t, got.Items, 2)
	got = r.Read(`{"subtodos":{"type":"answer","content":[{"subtodoContent":{{input}}},`+two+`]}}`, "", reply.JSON)
	require.Equal(t, []string{"{{input}}", "10시에 출발하기"}, got.Items)
}

// What is no item stays none: an item with quotes in it, an example in the thinking, a document that is sound.
func TestSoundBracketsKeepTheirItems(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	for raw, want := range map[string][]string{
		`{"subtodos":{"type":"answer","content":[{"subtodoContent":"책 "데미안" 읽기"},]}}`: {`책 "데미안" 읽기`},
		`{"thinking":"예: \"subtodoContent\":\"가\"","subtodos":{"type":"answer","content":[{"subtodoContent":"나 하기"},]}}`: {
			"나 하기",
		},
		`{"note":{"subtodoContent":"메모"},"subtodos":{"type":"answer","content":[{"subtodoContent":"나 하기"}]}}`: {"나 하기"},
		`{"subtodos":{"type":"invalid","content":[{"subtodoContent":"할 일을 입력해 주세요."};]}}`:                     nil,
	} {
		require.Equal(t, want, r.Read(raw, "", reply.JSON).Items, raw)
	}
}
