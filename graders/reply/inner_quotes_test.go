package reply_test

import (
	"strings"
	"testing"

	"promptbench/graders/reply"
)

// Quotes that a model forgot to escape in an item don't end it, whatever follows
// them.
func TestReadJSONInnerQuotes(t *testing.T) {
	t.Parallel()
	doc := func(items ...string) string {
		for i, item := range items {
			items[i] = `{"subtodoNumber":1,"subtodoContent":"` + item + `"}`
		}
		return `{"subtodos":{"type":"answer","content":[` + strings.Join(items, ",") + `]}}`
	}
	repaired := []reply.Code{reply.CodeRepaired}
	cases := []readCase{
		{
			"C: is a drive", `{"subtodos":{"type":"answer","content":[{"subtodoContent":"그는 "C": 드라이브, "D": 파일"}]}}`, "answer",
			[]string{`그는 "C": 드라이브, "D": 파일`}, repaired,
		},
		{
			"cut off", strings.TrimSuffix(doc(`책 "데미안", 영화`), `"}]}}`), "answer", []string{`책 "데미안", 영화`},
			[]reply.Code{reply.CodeRepaired, reply.CodeTruncated},
		},
	}
	for _, item := range []string{
		`책 "데미안", 영화 보기`, `책 "데미안", "파우스트" 읽기`, `책 "데미안", 3권 읽기`, `그는 "안녕" "잘가" 하고 감`,
		`"데미안" 읽기`, `읽기 "데미안"`, `"데미안", 영화`, `"a": 나`, `책 "데미안",영화`,
	} {
		cases = append(cases, readCase{item, doc(item, "나"), "answer", []string{item, "나"}, repaired})
	}
	runCases(t, subtodoRules(), reply.JSON, cases)
}

func TestReadJSONFullWidth(t *testing.T) {
	t.Parallel()
	const clean = `{"subtodos":{"type":"answer","content":[{"subtodoContent":"우유，빵：둘"},{"subtodoContent":"가기"}]}}`
	two := []string{"우유，빵：둘", "가기"}
	wide := strings.NewReplacer(`":`, `"：`, `",`, `"，`, `},`, `}，`, `{`, `｛`, `}`, `｝`, `[`, `［`, `]`, `］`)
	runCases(t, subtodoRules(), reply.JSON, []readCase{
		{"colons", strings.ReplaceAll(clean, `":`, `"：`), "answer", two, []reply.Code{reply.CodeRepaired}},
		{"all marks", wide.Replace(clean), "answer", two, []reply.Code{reply.CodeRepaired}},
		{
			"quotes as well", strings.ReplaceAll(wide.Replace(clean), `"`, `＂`), "answer", two,
			[]reply.Code{reply.CodeRepaired},
		},
		{
			"in prose", "네! " + wide.Replace(clean) + " 끝", "answer", two,
			[]reply.Code{reply.CodeRepaired, reply.CodeProseBefore, reply.CodeProseAfter},
		},
	})
}
