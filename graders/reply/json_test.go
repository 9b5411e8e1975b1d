package reply_test

import (
	"testing"

	"promptbench/graders/reply"
)

func TestReadJSON(t *testing.T) {
	t.Parallel()
	two := []string{"치과 예약하기", "10시에 출발하기"}
	const clean = `{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"치과 예약하기"},` +
		`{"subtodoNumber":2,"subtodoContent":"10시에 출발하기"}]}}`
	runCases(t, subtodoRules(), reply.JSON, []readCase{
		{"clean", clean, "answer", two, nil},
		{"clean with space around", "\n\n  " + clean + "\n", "answer", two, nil},
		{"clean invalid", `{"subtodos":{"type":"invalid","content":[]}}`, "invalid", nil, nil},
		{
			"refusal is no item",
			`{"subtodos":{"type":"invalid","content":[{"subtodoNumber":1,"subtodoContent":" “할 일을  입력해 주세요.” "}]}}`, "invalid",
			nil, nil,
		},
		{
			"emoji",
			`{"subtodos":{"type":"answer","content":[{"subtodoContent":"👨‍👩‍👧 가족 여행 ✈️"},{"subtodoContent":"ＡＢＣ 마트"}]}}`,
			"answer", []string{"👨‍👩‍👧 가족 여행 ✈️", "ＡＢＣ 마트"}, nil,
		},
		{
			"own thinking field", `{"thinking":"시간이 있다","subtodos":{"type":"answer","content":[{"subtodoContent":"가기"}]}}`,
			"answer", []string{"가기"}, nil,
		},
		{"fence", "```json\n" + clean + "\n```", "answer", two, []reply.Code{reply.CodeFence}},
		{
			"fence and prose", "다음과 같습니다:\n```json\n" + clean + "\n```\n도움이 되었나요?", "answer", two,
			[]reply.Code{reply.CodeFence, reply.CodeProseBefore, reply.CodeProseAfter},
		},
		{"prose with braces", "{중괄호}로 답합니다. {\"a\":1} " + clean, "answer", two, []reply.Code{reply.CodeProseBefore}},
		{"wrapped", `{"result":` + clean + `}`, "answer", two, []reply.Code{reply.CodeWrapped}},
		{"in an array", `[` + clean + `]`, "answer", two, []reply.Code{reply.CodeWrapped}},
		{
			"two documents", `{"subtodos":{"type":"question","content":[{"subtodoContent":"언제?"}]}}` + "\n" + clean, "answer",
			two, []reply.Code{reply.CodeSeveralDocuments, reply.CodeProseBefore},
		},
		{
			"type in other case", `{"subtodos":{"type":" Answer ","content":[]}}`, "answer", nil,
			[]reply.Code{reply.CodeTypeSpelling},
		},
		{
			"type quoted", `{"subtodos":{"type":"“'answer'”","content":[]}}`, "answer", nil,
			[]reply.Code{reply.CodeTypeSpelling},
		},
		{
			"type is no prefix", `{"subtodos":{"type":"answers","content":[{"subtodoContent":"가기"}]}}`, "", []string{"가기"},
			[]reply.Code{reply.CodeTypeUnknown},
		},
		{
			"type is a choice", `{"subtodos":{"type":"answer|question","content":[]}}`, "", nil,
			[]reply.Code{reply.CodeTypeUnknown},
		},
		{
			"type is a number", `{"subtodos":{"type":1,"content":[{"subtodoContent":"가기"}]}}`, "", []string{"가기"},
			[]reply.Code{reply.CodeTypeMissing},
		},
		{
			"numbers as items",
			`{"subtodos":{"type":"answer","content":[{"subtodoContent":10},{"subtodoContent":1.50},` +
				`{"subtodoContent":true},{"subtodoContent":{"a":"<나>"}},{"subtodoContent":null},{"subtodoContent":" "}]}}`,
			"answer", []string{"10", "1.50", "true", `{"a":"<나>"}`}, []reply.Code{reply.CodeItemNotText, reply.CodeItemBlank},
		},
		{
			"duplicate key", `{"subtodos":{"type":"question","type":"answer","content":[{"subtodoContent":"가"}]}}`, "answer",
			[]string{"가"}, []reply.Code{reply.CodeDuplicateKey},
		},
		{
			"trailing commas",
			`{"subtodos":{"type":"answer","content":[{"subtodoContent":"치과 예약하기",},{"subtodoContent":"10시에 출발하기"},],},}`,
			"answer", two, []reply.Code{reply.CodeRepaired},
		},
		{
			"trailing commas and prose",
			"네!\n{\"subtodos\":{\"type\":\"answer\",\"content\":[{\"subtodoContent\":\"치과 예약하기\"}," +
				"{\"subtodoContent\":\"10시에 출발하기\"},]}}\n좋은 하루 되세요.",
			"answer", two, []reply.Code{reply.CodeRepaired, reply.CodeProseBefore, reply.CodeProseAfter},
		},
		{
			"curly quotes",
			`{“subtodos”:{“type”:“answer”,“content”:[{“subtodoNumber”:1,“subtodoContent”:“치과 예약하기”},` +
				`{“subtodoContent”:“10시에 출발하기”}]}}`,
			"answer", two, []reply.Code{reply.CodeQuotes},
		},
		{
			"single quotes",
			`{'subtodos':{'type':'answer','content':[{'subtodoContent':'치과 예약하기'},{'subtodoContent':'10시에 출발하기'}]}}`, "answer",
			two, []reply.Code{reply.CodeQuotes},
		},
		{
			"unquoted keys", `{subtodos:{type:"answer",content:[{subtodoContent:"치과 예약하기"},{subtodoContent:"10시에 출발하기"}]}}`,
			"answer", two, []reply.Code{reply.CodeRepaired},
		},
		{
			"quotes inside", `{"subtodos":{"type":"answer","content":[{"subtodoContent":"책 "데미안" 읽기"}]}}`, "answer",
			[]string{`책 "데미안" 읽기`}, []reply.Code{reply.CodeRepaired},
		},
		{
			"quotes and brackets inside",
			`{"thinking":"음 {생각} "인용" 중","subtodos":{"type":"answer","content":[{"subtodoContent":"책 “데미안” 읽기"}]}}`, "answer",
			[]string{"책 “데미안” 읽기"}, []reply.Code{reply.CodeRepaired},
		},
		{"first bracket missing", clean[1:], "answer", two, []reply.Code{reply.CodeRepaired}},
		{
			"line break inside", "{\"subtodos\":{\"type\":\"answer\",\"content\":[{\"subtodoContent\":\"치과\n예약하기\"}]}}",
			"answer", []string{"치과\n예약하기"}, []reply.Code{reply.CodeRepaired},
		},
		{
			"comments",
			"{\"subtodos\":{\"type\":\"answer\", // 유형\n\"content\":[{\"subtodoContent\":\"치과 예약하기\"}," +
				"{\"subtodoContent\":\"10시에 출발하기\"}]}}",
			"answer", two, []reply.Code{reply.CodeRepaired},
		},
		{
			"missing comma",
			"{\"subtodos\":{\"type\":\"answer\"\n\"content\":[{\"subtodoContent\":\"치과 예약하기\"} " +
				"{\"subtodoContent\":\"10시에 출발하기\"}]}}",
			"answer", two, []reply.Code{reply.CodeQuotes},
		},
		{
			"missing bracket",
			`{"subtodos":{"type":"answer","content":[{"subtodoContent":"치과 예약하기"},{"subtodoContent":"10시에 출발하기"}}}`, "answer",
			two, []reply.Code{reply.CodeRepaired},
		},
		{"bracket too many", clean + "}", "answer", two, []reply.Code{reply.CodeRepaired}},
		{
			"escaped",
			`{\"subtodos\":{\"type\":\"answer\",\"content\":[{\"subtodoContent\":\"치과 예약하기\"},{\"subtodoContent\":\"10시에 ` +
				`출발하기\"}]}}`,
			"answer", two, []reply.Code{reply.CodeQuotes},
		},
		{
			"truncated in an item",
			`{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"치과 예약하기"},` +
				`{"subtodoNumber":2,"subtodoContent":"10시에 출`,
			"answer", []string{"치과 예약하기", "10시에 출"}, []reply.Code{reply.CodeTruncated},
		},
		{
			"truncated after an item",
			`{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"치과 예약하기"},`, "answer", two[:1],
			[]reply.Code{reply.CodeTruncated},
		},
		{
			"truncated in a key",
			`{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"치과 예약하기"},` +
				`{"subtodoNumber":2,"subtodoCo`,
			"answer", two[:1], []reply.Code{reply.CodeTruncated},
		},
		{
			"truncated at a colon",
			`{"subtodos":{"type":"answer","content":[{"subtodoNumber":1,"subtodoContent":"치과 예약하기"},` +
				`{"subtodoNumber":2,"subtodoContent":`,
			"answer", two[:1], []reply.Code{reply.CodeTruncated, reply.CodeItemBlank},
		},
		{
			"truncated in the type", `{"subtodos":{"type":"ans`, "", nil,
			[]reply.Code{reply.CodeTruncated, reply.CodeTypeUnknown},
		},
		{
			"truncated in a fence",
			"```json\n{\"subtodos\":{\"type\":\"answer\",\"content\":[{\"subtodoContent\":\"치과 예약하기\"}," +
				"{\"subtodoContent\":\"10시에 출\n```",
			"answer", []string{"치과 예약하기", "10시에 출"}, []reply.Code{reply.CodeTruncated, reply.CodeFence},
		},
		{
			"brackets missing before prose with braces",
			`{"subtodos":{"type":"answer","content":[{"subtodoContent":"치과 예약하기"},{"subtodoContent":"10시에 출발하기"}] 이상입니다. {끝}`,
			"answer", two, []reply.Code{reply.CodeRepaired, reply.CodeProseAfter},
		},
		{
			"control character", "{\"subtodos\":{\"type\":\"answer\",\"content\":[{\"subtodoContent\":\"치과\x01 예약하기\"}]}}",
			"answer", two[:1], []reply.Code{reply.CodeControlChars},
		},
		{"byte order mark", "\uFEFF" + clean, "answer", two, []reply.Code{reply.CodeProseBefore}},
		{
			"less-than stays", `{"subtodos":{"type":"answer","content":[{"subtodoContent":"A<B 확인 & 제출"},]}}`, "answer",
			[]string{"A<B 확인 & 제출"}, []reply.Code{reply.CodeRepaired},
		},
		{
			"bad UTF-8", "{\"subtodos\":{\"type\":\"answer\",\"content\":[{\"subtodoContent\":\"치과\xff\"}]}}", "answer",
			[]string{"치과\uFFFD"}, []reply.Code{reply.CodeInvalidUTF8},
		},
		{
			"example first, answer dirty",
			"예: {\"subtodos\": …}\n{\"subtodos\":{\"type\":\"answer\",\"content\":[{\"subtodoContent\":\"치과 예약하기\"},]}}",
			"answer", two[:1], []reply.Code{reply.CodeRepaired, reply.CodeProseBefore},
		},
		{
			"in XML", `<subtodos type="question">1. 누구와 만나나요?</subtodos>`, "question", []string{"누구와 만나나요?"},
			[]reply.Code{reply.CodeOtherFormat},
		},
		{"as text", "question\n1. 누구와 만나나요?", "question", []string{"누구와 만나나요?"}, []reply.Code{reply.CodeOtherFormat}},
		{"prose only", "죄송합니다. 도와드릴 수 없습니다.", "", nil, []reply.Code{reply.CodeNoDocument}},
		{"empty", " \n", "", nil, []reply.Code{reply.CodeNoDocument}},
		{"refusal only", refusal, "", nil, []reply.Code{reply.CodeNoDocument}},
	})
}
