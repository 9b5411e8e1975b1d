package reply_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"promptbench/graders/reply"
)

// Whatever a person takes for the mark of an item is one, and is not in its text.
func TestOtherMarks(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	want := []string{"우유 사기", "빵 사기"}
	for _, marks := range []string{
		"1번. |2번. ", "1번: |2번: ", "1번째, |2번째, ", "1단계: |2단계: ", "1단계 - |2단계 - ", "**1단계:** |**2단계:** ",
		"**1단계**: |**2단계**: ", "### 1단계. |### 2단계. ", "제1단계: |제2단계: ", "단계 1: |단계 2: ", "할 일 1: |할 일 2: ",
		"Step 1: |Step 2: ", "STEP 1. |STEP 2. ", "No. 1: |No. 2: ", "Q1. |Q2. ", "1st, |2nd, ", "#1 |#2 ", "#1: |#2: ",
		"첫째, |둘째, ", "첫째로, |둘째로, ", "첫 번째: |두 번째: ", "첫번째. |두번째. ", "**첫째**, |**둘째**, ",
		"First, |Second, ", "Firstly: |Secondly: ", "[1] |[2] ", "【1】|【2】", "[가] |[나] ", "[1]. |[2]. ",
		"1: |2: ", "1 : |2 : ", "1：|2：", "1、|2、", "1/ |2/ ", "1.) |2.) ", "1 - |2 - ", "1 |2 ", "1번 |2번 ",
		"가. |나. ", "a. |b. ", "A) |B) ", "(a) |(b) ", "ㄱ. |ㄴ. ", "ㄱ) |ㄴ) ", "(ㄱ) |(ㄴ) ", "i. |ii. ", "I. |II. ", "Ⅰ. |Ⅱ. ", "一、|二、",
		"㉠ |㉡ ", "㉮ |㉯ ", "ⓐ |ⓑ ", "Ⓐ |Ⓑ ", "⒜ |⒝ ", "㊱ |㊲ ", "✅ |✅ ", "✅|✅", "✔️ |✔️ ", "☑ |☐ ", "[ ] |[ ] ", "[] |[] ",
		"[x] |[ ] ", "→ |→ ", "➡️ |➡️ ", "▶ |▶ ", "− |− ", "‑ |‑ ", "⁃ |⁃ ", "~ |~ ", "» |» ", "-> |-> ", "--> |--> ", "=> |=> ", "├─ |└─ ", "◆ |◆ ",
		"★ |★ ", "👉 |👉 ", "🔹|🔹",
		"§ |§ ", "- 1단계: |- 2단계: ", "1. [ ] |2. [x] ", "\u200b1. |\u200b2. ", "\ufeff1. |2. ",
		"\u00ad- |\u2060- ", "\u3164① |② ",
	} {
		first, second, _ := strings.Cut(marks, "|")
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			body := form.String(first) + want[0] + "\n" + form.String(second) + want[1]
			got := r.Read("<subtodos type='answer'>\n"+body+"\n</subtodos>", "", reply.XML)
			require.Equal(t, want, got.Items, body)
			require.Empty(t, got.Defects, body)
			got = r.Read("answer\n"+body, "", reply.Text)
			require.Equal(t, want, got.Items, body)
		}
	}
}

// Prose, times and amounts that begin like a rarer mark are text.
func TestNoOtherMarks(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	for body, want := range map[string][]string{
		"1:30에 만나기\n2:30에 나가기":                  {"1:30에 만나기", "2:30에 나가기"},
		"1/3컵 붓기\n2/3컵 붓기":                      {"1/3컵 붓기", "2/3컵 붓기"},
		"e.g. 우유\ni.e. 빵":                       {"e.g. 우유", "i.e. 빵"},
		"No. 3 버스 타기\n내리기":                      {"No. 3 버스 타기", "내리기"},
		"1. 가방\n→ 큰 것\na. 파란 것":                 {"가방 → 큰 것 a. 파란 것"},
		"−5도 확인\n−6도 확인":                        {"−5도 확인", "−6도 확인"},
		"🥛 우유 사기\n🍞 빵 사기":                       {"🥛 우유 사기", "🍞 빵 사기"},
		"1번 버스 타기\n서울역에서 내리기":                   {"1번 버스 타기", "서울역에서 내리기"},
		"- ⭐ 우유\n- [중] 빵":                       {"⭐ 우유", "[중] 빵"},
		`1. C:\new 폴더 정리` + "\n" + `2. \neq 쓰기`: {`C:\new 폴더 정리`, `\neq 쓰기`},
	} {
		got := r.Read("<subtodos type='answer'>\n"+body+"\n</subtodos>", "", reply.XML)
		require.Equal(t, want, got.Items, body)
		require.Empty(t, got.Defects, body)
	}
}

// Elements, line breaks written as \n, and lines without marks are items; what is
// none is a defect, unless it is the refusal.
func TestXMLLists(t *testing.T) {
	t.Parallel()
	two := []string{"우유 사기", "빵 사기"}
	dropped := []reply.Code{reply.CodeDroppedText}
	var cases []readCase
	for _, c := range []readCase{
		{"item", "<item>우유 사기</item>\n<item>빵 사기</item>", "", two, nil},
		{"one item", "<item>우유 사기</item>", "", two[:1], nil},
		{"text in an attribute", `<item text="우유 사기"/><item text="빵 사기"></item>`, "", nil, dropped},
		{"numbers in attributes", `<item no="1">우유 사기</item><item no="2">빵 사기</item><item no="3"/>`, "", two, nil},
		{"li", "<ul><li>우유 사기</li><li>빵 사기</li></ul>", "", two, nil},
		{"open li", "<li>우유 사기<li>빵 사기", "", two, []reply.Code{reply.CodeRepaired}},
		{"parts of an item", "<item><b>우유</b> 사기</item><item><what>빵</what> 사기</item>", "", two, nil},
		{"an item with a mark", "<item>1. 우유 사기</item><item>빵 사기</item>", "", two, nil},
		{"numbers in elements", "<n>1.</n><t>우유 사기</t><n>2.</n><t>빵 사기</t>", "", two, nil},
		{"a list in one element", "<content>우유 사기\n빵 사기</content>", "", two, nil},
		{"a message in one element", "<message>모르겠어요</message>", "", nil, dropped},
		{`\n`, `\n1. 우유 사기\n2. 빵 사기\n`, "", two, []reply.Code{reply.CodeRepaired}},
		{`\n without marks`, `우유 사기\n빵 사기`, "", two, []reply.Code{reply.CodeRepaired}},
		{"lines", "우유 사기\n빵 사기", "", two, nil},
		{"lines behind a heading", "할 일:\n우유 사기\n빵 사기", "", two, dropped},
		{"one line", "우유 사기", "", nil, dropped},
		{"a decimal", "1.5리터 우유", "", nil, dropped},
		{"text before the first mark", "다음과 같습니다\n1. 우유 사기\n2. 빵 사기", "", two, dropped},
		{"the refusal", refusal, "", nil, nil},
		{"the refusal in two lines", strings.Replace(refusal, " ", "\n", 1), "", nil, nil},
		{"the refusal before", refusal + "\n1. 우유 사기\n2. 빵 사기", "", two, nil},
		{"the refusal in an element", "<item>" + refusal + "</item>", "", nil, nil},
		{"invisible lines", "\u3164\n\u2800", "", nil, nil},
		{"invisible items", "1. \u3164\n2. \u200b\u2800", "", nil, []reply.Code{reply.CodeItemBlank}},
		{"nothing", "", "", nil, nil},
	} {
		c.raw, c.typ = "<subtodos type='answer'>\n"+c.raw+"\n</subtodos>", "answer"
		cases = append(cases, c)
	}
	runCases(t, subtodoRules(), reply.XML, cases)

	rules := subtodoRules()
	rules.XML.Type = "//subtodos/type"
	runCases(t, rules, reply.XML, []readCase{
		{
			"a type beside the items", "<subtodos><type>answer</type><item>우유 사기</item><item>빵 사기</item></subtodos>",
			"answer", two, nil,
		},
		{"a type before the lines", "<subtodos><type>answer</type>\n우유 사기\n빵 사기</subtodos>", "answer", two, nil},
	})
}

func TestInvisibleCharacters(t *testing.T) {
	t.Parallel()
	runCases(t, subtodoRules(), reply.JSON, []readCase{
		{
			"in the type", "{\"subtodos\":{\"type\":\"answer\u200b\",\"content\":[]}}", "answer", nil,
			[]reply.Code{reply.CodeTypeSpelling},
		},
		{
			"instead of items",
			"{\"subtodos\":{\"type\":\"answer\",\"content\":[{\"subtodoContent\":\"\u3164\"}," +
				"{\"subtodoContent\":\"\u2800\u00ad\"},{\"subtodoContent\":\"\ufeff✈️\u200b\"}]}}",
			"answer", []string{"✈️"}, []reply.Code{reply.CodeItemBlank},
		},
	})
}

func TestTooManyItems(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	var items, lines []string
	for i := range reply.MaxItems + 1 {
		items = append(items, fmt.Sprintf(`{"subtodoContent":"%d번째"}`, i))
		lines = append(lines, fmt.Sprintf("- %d번째", i))
	}
	for format, raw := range map[reply.Format]string{
		reply.JSON: `{"subtodos":{"type":"answer","content":[` + strings.Join(items, ",") + `]}}`,
		reply.XML:  "<subtodos type='answer'>" + strings.Join(lines, "\n") + "</subtodos>",
		reply.Text: "answer\n" + strings.Join(lines, "\n"),
	} {
		got := r.Read(raw, "", format)
		require.Len(t, got.Items, reply.MaxItems)
		require.Equal(t, []reply.Code{reply.CodeTooManyItems}, codes(got))
	}
}

// Elements in a text are items, and no part of a tag is.
func TestTextElements(t *testing.T) {
	t.Parallel()
	r := newReader(t, subtodoRules())
	two := []string{"우유 사기", "빵 사기"}
	for body, want := range map[string][]string{
		"<item>우유 사기</item><item>빵 사기</item>":           two,
		"<ul>\n<li>우유 사기</li>\n<li>빵 사기</li>\n</ul>":    two,
		"<li>우유 사기\n<li>빵 사기":                           two,
		"<todo no='1'>우유 사기</todo>\n<todo>빵 사기</todo>":  two,
		"<할일>우유 사기</할일>\n<할일>빵 사기</할일>":                 two,
		"1. 우유 사기<br/>2. 빵 사기":                          two,
		"우유 사기<br>빵 사기":                                 two,
		"<p>우유 사기</p><p>빵 A<B & C 사기</p>":               {"우유 사기", "빵 A<B & C 사기"},
		"&bull; 우유 사기\n&bull; 빵 사기":                     two,
		"<item>우유 사기</item></reply-body><item>빵</item>": nil,
	} {
		got := r.Read("answer\n"+body, "", reply.Text)
		require.Equal(t, "answer", got.Type, body)
		if want == nil {
			require.NotEmpty(t, got.Defects, body)
			continue
		}
		require.Equal(t, want, got.Items, body)
		require.Equal(t, []reply.Code{reply.CodeRepaired}, codes(got), body)
	}
	for _, body := range []string{"1. 우유 <b>사기</b>\n2. A<B & C", "<b>우유</b> 사기\n<b>빵</b> 사기", "&c 우유\n&c 빵", "5 < 6 우유\n<- 빵"} {
		got := r.Read("answer\n"+body, "", reply.Text)
		require.Len(t, got.Items, 2, body)
		require.Contains(t, strings.ReplaceAll(body, "\n", " "), got.Items[0], body)
		require.Empty(t, got.Defects, body)
	}
}
