package reply_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
)

func TestReadText(t *testing.T) {
	t.Parallel()
	two := []string{"치과 예약하기", "10시에 출발하기"}
	const lines = "\n1. 치과 예약하기\n2. 10시에 출발하기"
	runCases(t, subtodoRules(), reply.Text, []readCase{
		{"type line", "answer" + lines, "answer", two, nil},
		{"label", "type: answer" + lines, "answer", two, nil},
		{"Korean label", "유형： answer\n" + lines, "answer", two, nil},
		{"bracket", "[answer]" + lines, "answer", two, nil},
		{"bracket with text behind", "[question] 1. 언제인가요?", "question", []string{"언제인가요?"}, nil},
		{"label with bracket", "유형: [answer]" + lines, "answer", two, nil},
		{"items on the type's line", "answer: 1. 치과 예약하기 2. 10시에 출발하기", "answer", two, nil},
		{"heading and bold", "## **answer**:" + lines, "answer", two, nil},
		{"only the type", "invalid", "invalid", nil, nil},
		{"refusal", "invalid\n" + refusal, "invalid", nil, nil},
		{"other case", "Answer" + lines, "answer", two, []reply.Code{reply.CodeTypeSpelling}},
		{"fence", "```\nanswer" + lines + "\n```", "answer", two, []reply.Code{reply.CodeFence}},
		{"no prefix", "answers" + lines, "", nil, []reply.Code{reply.CodeTypeMissing}},
		{"type in a sentence", "This is an answer." + lines, "", nil, []reply.Code{reply.CodeTypeMissing}},
		{
			"JSON instead", `{"subtodos":{"type":"answer","content":[{"subtodoContent":"가기"}]}}`, "answer", []string{"가기"},
			[]reply.Code{reply.CodeOtherFormat},
		},
		{"blank items", "answer\n1.\n2. 나\n3. ", "answer", []string{"나"}, []reply.Code{reply.CodeItemBlank}},
	})
}

func TestReadWithoutTypes(t *testing.T) {
	t.Parallel()
	r := newReader(t, reply.Rules{})
	for _, want := range []reply.Format{"", reply.Text} {
		got := r.Read("1. 치과\n2. 출발", "", want)
		require.True(t, got.Readable())
		require.Empty(t, got.Type)
		require.Equal(t, reply.Text, got.Format)
		require.Equal(t, []string{"치과", "출발"}, got.Items)
		require.Empty(t, got.Defects)
	}
	got := r.Read(`{"a": 1}`, "", reply.JSON)
	require.True(t, got.Readable())
	require.Equal(t, reply.JSON, got.Format)
	require.Empty(t, got.Defects)

	got = r.Read(`<a><b/></a>`, "", reply.XML)
	require.Equal(t, reply.XML, got.Format)
	require.Empty(t, got.Defects)

	got = r.Read("no object", "", reply.JSON)
	require.Equal(t, reply.Text, got.Format)
	require.Equal(t, []reply.Code{reply.CodeOtherFormat}, codes(got))

	got = r.Read("  ", "", reply.Text)
	require.False(t, got.Readable())
}

// Items of a marked list read the same in XML and in text.
func TestMarks(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, body string
		items      []string
	}{
		{"dots", "1. 가방\n2. 나무", []string{"가방", "나무"}},
		{"dots without space", "1.우유\n2.빵", []string{"우유", "빵"}},
		{"a decimal is no mark", "1. 우유\n1.5리터 짜리", []string{"우유 1.5리터 짜리"}},
		{"a date is no mark", "1. 회의\n2026.11.23 오전\n11.23 오후", []string{"회의 2026.11.23 오전 11.23 오후"}},
		{"parentheses", "1) 가방\n(2) 나무", []string{"가방", "나무"}},
		{"amount behind a parenthesis", "1)5개 사기", []string{"5개 사기"}},
		{"circled", "① 가방\n②나무\n❸ 셋", []string{"가방", "나무", "셋"}},
		{"letters", "가. 가방\n나) 나무\n(다) 다리", []string{"가방", "나무", "다리"}},
		{"other syllables are no marks", "1. 가방\n주) 회사\n(주) 회사", []string{"가방 주) 회사 (주) 회사"}},
		{"bullets", "- 가방\n* 나무\n• 다리\n·라면\n–  마차", []string{"가방", "나무", "다리", "라면", "마차"}},
		{"bullets need a space", "- 가방\n-5도 확인\n*중요*", []string{"가방 -5도 확인 *중요*"}},
		{"a dash before a letter", "-가방\n–나무\n-5도 확인", []string{"가방", "나무 -5도 확인"}},
		{"an asterisk that is no emphasis", "*가방\n*나무\n*중요* 표시", []string{"가방", "나무 *중요* 표시"}},
		{
			"italic and bold italic marks", "*1.* 가방\n_2._ 나무\n***3.*** 다리\n*4. 라면*\n***5. 마차***",
			[]string{"가방", "나무", "다리", "라면", "마차"},
		},
		{"full-width", "１．가방\n２）나무\n（３）다리\n１０．\u3000라면", []string{"가방", "나무", "다리", "라면"}},
		{"full-width decimal", "1. 우유\n１．５리터", []string{"우유 １．５리터"}},
		{"bold mark", "**1.** 가방\n**2)** 나무", []string{"가방", "나무"}},
		{"bold line", "**1. 가방**: 챙기기\n__2. 나무__", []string{"가방: 챙기기", "나무"}},
		{"bold text stays", "1. **가방** 챙기기", []string{"**가방** 챙기기"}},
		{"keycaps", "1️⃣ 가방\n2️⃣ 나무\n🔟 다리", []string{"가방", "나무", "다리"}},
		{"headings and quotes", "### 1. 가방\n> 2. 나무", []string{"가방", "나무"}},
		{"double marks", "- 1. 가방\n- [ ] 나무\n- [x] 다리", []string{"가방", "나무", "다리"}},
		{"escaped", "1\\. 가방", []string{"가방"}},
		{"continuation", "1. 가방\n   큰 것\n\n   파란 것\n2. 나무", []string{"가방 큰 것 파란 것", "나무"}},
		{"rules are no text", "1. 가방\n---\n2. 나무\n***", []string{"가방", "나무"}},
		{"Windows line ends", "1. 가방\r\n2. 나무\r\n", []string{"가방", "나무"}},
		{"one line", "1. 가방 2. 나무 3. 다리", []string{"가방", "나무", "다리"}},
		{"one circled line", "① 가방 ② 나무", []string{"가방", "나무"}},
		{"one circled line without spaces", "①가방②나무③다리", []string{"가방", "나무", "다리"}},
		{"a circled number that does not count on", "① 가방③나무", []string{"가방③나무"}},
		{"one line of another style", "1. 가방 2) 나무", []string{"가방 2) 나무"}},
		{"one line that skips", "1. 가방 3. 나무", []string{"가방 3. 나무"}},
		{"a number the next line has", "1. 건물 2. 층\n2. 나무", []string{"건물 2. 층", "나무"}},
		{"a version inside", "1. 파이썬 2.7 설치", []string{"파이썬 2.7 설치"}},
		{"emoji", "1. 👨‍👩‍👧 사진 📷\n2. ＡＢＣ", []string{"👨‍👩‍👧 사진 📷", "ＡＢＣ"}},
		{"ellipsis", "1. 가방\n가... 그리고", []string{"가방 가... 그리고"}},
		{"refusal", "1. 가방\n2. " + refusal, []string{"가방"}},
		{"decomposed refusal", "1. \u1112\u1161\u11af \u110b\u1175\u11af\u110b\u1173\u11af  입력해 주세요.", nil},
	}
	r := newReader(t, subtodoRules())
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := r.Read("answer\n"+c.body, "", reply.Text)
			require.Equal(t, c.items, got.Items, "text")
			got = r.Read("<subtodos type='answer'>\n"+c.body+"\n</subtodos>", "", reply.XML)
			require.Equal(t, c.items, got.Items, "xml")
			require.Empty(t, got.Defects)
		})
	}
}
