package reply_test

import (
	"testing"

	"promptbench/graders/reply"
)

func TestReadXML(t *testing.T) {
	t.Parallel()
	two := []string{"치과 예약하기", "10시에 출발하기"}
	const lines = "\n1. 치과 예약하기\n2. 10시에 출발하기\n"
	const clean = "<subtodos type='answer'>" + lines + "</subtodos>"
	runCases(t, subtodoRules(), reply.XML, []readCase{
		{"clean", clean, "answer", two, nil},
		{"double quotes", `<subtodos type="answer">` + lines + `</subtodos>`, "answer", two, nil},
		{
			"prolog and comment", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- 답 -->\n" + clean + "\n<!-- 끝 -->",
			"answer", two, nil,
		},
		{"entities", `<subtodos type="answer">1. A&lt;B 확인 &amp; 제출</subtodos>`, "answer", []string{"A<B 확인 & 제출"}, nil},
		{"CDATA", `<subtodos type="answer"><![CDATA[1. A<B 확인]]></subtodos>`, "answer", []string{"A<B 확인"}, nil},
		{
			"CDATA in a broken document", `<subtodos type=answer><![CDATA[1. A<B 확인]]></subtodos>`, "answer",
			[]string{"A<B 확인"}, []reply.Code{reply.CodeQuotes},
		},
		{"self-closing", `<subtodos type="invalid"/>`, "invalid", nil, nil},
		{"refusal", "<subtodos type='invalid'>" + refusal + "</subtodos>", "invalid", nil, nil},
		{"marked refusal", "<subtodos type='invalid'>1. " + refusal + "</subtodos>", "invalid", nil, nil},
		{
			"refusal below an item", "<subtodos type='invalid'>1. 가기\n" + refusal + "</subtodos>", "invalid", []string{"가기"},
			nil,
		},
		{"one line", `<subtodos type="answer">1. 치과 예약하기 2. 10시에 출발하기</subtodos>`, "answer", two, nil},
		{"sibling elements", `<subtodos type="answer"><a>1. 치과 예약하기</a><a>2. 10시에 출발하기</a></subtodos>`, "answer", two, nil},
		{
			"title and select", `<subtodos type="answer"><title>1. 치과 예약하기</title><select>2. 10시에 출발하기</select></subtodos>`,
			"answer", two, nil,
		},
		{"bold in an item", `<subtodos type="answer">1. <b>치과</b>에 가기</subtodos>`, "answer", []string{"치과에 가기"}, nil},
		{
			"br", `<subtodos type="answer">1. 치과 예약하기<br>2. 10시에 출발하기</subtodos>`, "answer", two,
			[]reply.Code{reply.CodeRepaired},
		},
		{
			"curly single quotes", "<subtodos type=‘answer’>" + lines + "</subtodos>", "answer", two,
			[]reply.Code{reply.CodeQuotes},
		},
		{
			"curly double quotes", "<subtodos type=“answer”>" + lines + "</subtodos>", "answer", two,
			[]reply.Code{reply.CodeQuotes},
		},
		{"mixed quotes", "<subtodos type=\"answer”>" + lines + "</subtodos>", "answer", two, []reply.Code{reply.CodeQuotes}},
		{
			"quote not closed", "<subtodos type=\"answer>" + lines + "</subtodos>", "answer", two,
			[]reply.Code{reply.CodeQuotes},
		},
		{"no quotes", "<subtodos type=answer>" + lines + "</subtodos>", "answer", two, []reply.Code{reply.CodeQuotes}},
		{
			"quotes in quotes", "<subtodos type=\"‘answer’\">" + lines + "</subtodos>", "answer", two,
			[]reply.Code{reply.CodeTypeSpelling},
		},
		{
			"quotes as entities", "<subtodos type=&quot;answer&quot;>" + lines + "</subtodos>", "answer", two,
			[]reply.Code{reply.CodeQuotes, reply.CodeTypeSpelling},
		},
		{
			"all as entities", "&lt;subtodos type=&quot;answer&quot;&gt;" + lines + "&lt;/subtodos&gt;", "answer", two,
			[]reply.Code{reply.CodeQuotes},
		},
		{
			"as a JSON string", `"<subtodos type=\"answer\">\n1. 치과 예약하기\n2. 10시에 출발하기\n</subtodos>"`, "answer", two,
			[]reply.Code{reply.CodeQuotes, reply.CodeProseBefore, reply.CodeProseAfter},
		},
		{
			"other case", "<Subtodos Type='answer'>" + lines + "</Subtodos>", "answer", two,
			[]reply.Code{reply.CodeRepaired, reply.CodeRepaired},
		},
		{
			"type in other case", "<subtodos type='ANSWER'>" + lines + "</subtodos>", "answer", two,
			[]reply.Code{reply.CodeTypeSpelling},
		},
		{"unknown type", "<subtodos type='answers'>" + lines + "</subtodos>", "", two, []reply.Code{reply.CodeTypeUnknown}},
		{"no type", "<subtodos>" + lines + "</subtodos>", "", two, []reply.Code{reply.CodeTypeMissing}},
		{"blank type", "<subtodos type=''>" + lines + "</subtodos>", "", two, []reply.Code{reply.CodeTypeMissing}},
		{
			"truncated", "<subtodos type='answer'>\n1. 치과 예약하기\n2. 10시에 출", "answer", []string{"치과 예약하기", "10시에 출"},
			[]reply.Code{reply.CodeTruncated},
		},
		{
			"truncated in the closing tag", "<subtodos type='answer'>" + lines + "</subto", "answer",
			[]string{"치과 예약하기", "10시에 출발하기"}, []reply.Code{reply.CodeRepaired, reply.CodeTruncated},
		},
		{
			"truncated before >", "<subtodos type='answer'>" + lines + "</subtodos", "answer", two,
			[]reply.Code{reply.CodeRepaired},
		},
		{
			"truncated in a fence", "```xml\n<subtodos type='answer'>\n1. 치과 예약하기\n2. 10시에 출\n```", "answer",
			[]string{"치과 예약하기", "10시에 출"}, []reply.Code{reply.CodeTruncated, reply.CodeFence},
		},
		{"fence", "```xml\n" + clean + "\n```", "answer", two, []reply.Code{reply.CodeFence}},
		{
			"prose around", "네, 나눠 볼게요.\n" + clean + "\n이상입니다.", "answer", two,
			[]reply.Code{reply.CodeProseBefore, reply.CodeProseAfter},
		},
		{
			"attribute twice", "<subtodos type='answer' type='question'>" + lines + "</subtodos>", "answer", two,
			[]reply.Code{reply.CodeRepaired},
		},
		{
			"space before the name", "< subtodos type='answer'>" + lines + "</subtodos>", "answer", two,
			[]reply.Code{reply.CodeQuotes},
		},
		{"closed twice", clean + "</subtodos>", "answer", two, []reply.Code{reply.CodeRepaired}},
		{
			"open paragraphs", "<subtodos type='answer'><p>1. 치과 예약하기<p>2. 10시에 출발하기</subtodos>", "answer", two,
			[]reply.Code{reply.CodeRepaired},
		},
		{"wrapped", "<response>" + clean + "</response>", "answer", two, []reply.Code{reply.CodeWrapped}},
		{"tag named before", "`<subtodos>` 태그로 답합니다.\n" + clean, "answer", two, []reply.Code{reply.CodeProseBefore}},
		{
			"both tags named before", "`<subtodos>`로 열고 `</subtodos>`로 닫습니다.\n" + clean, "answer", two,
			[]reply.Code{reply.CodeProseBefore},
		},
		{"tag named behind", clean + "\n위 `<subtodos>` 태그를 보세요.", "answer", two, []reply.Code{reply.CodeProseAfter}},
		{
			"tag named inside", "<subtodos type='answer'>1. `<subtodos>` 태그 쓰기\n2. 나</subtodos>", "answer",
			[]string{"`<subtodos>` 태그 쓰기", "나"}, []reply.Code{reply.CodeRepaired},
		},
		{
			"two documents", "<subtodos type='question'>1. 언제?</subtodos>\n" + clean, "answer", two,
			[]reply.Code{reply.CodeSeveralDocuments, reply.CodeProseBefore},
		},
		{
			"bare less-than", "<subtodos type='answer'>\n1. A<B 확인\n2. A < B & C > D 확인\n</subtodos>", "answer",
			[]string{"A<B 확인", "A < B & C > D 확인"}, []reply.Code{reply.CodeRepaired, reply.CodeRepaired},
		},
		{
			"tag-like text", "<subtodos type='answer'>1. A<B 확인> 하기\n2. <회의> 참석 (R&D)</subtodos>", "answer",
			[]string{"A<B 확인> 하기", "<회의> 참석 (R&D)"}, []reply.Code{reply.CodeRepaired},
		},
		{
			"bare ampersand", "<subtodos type='answer'>1. R&D 회의 & 점심\n2. &copy 확인</subtodos>", "answer",
			[]string{"R&D 회의 & 점심", "&copy 확인"}, []reply.Code{reply.CodeRepaired},
		},
		{
			"HTML entity", "<subtodos type='answer'>1. 치과&nbsp;가기</subtodos>", "answer", []string{"치과\u00a0가기"},
			[]reply.Code{reply.CodeRepaired},
		},
		{
			"control character", "<subtodos type='answer'>1. 치과\x02 가기</subtodos>", "answer", []string{"치과 가기"},
			[]reply.Code{reply.CodeControlChars},
		},
		{
			"in JSON", `{"subtodos":{"type":"answer","content":[{"subtodoContent":"치과 예약하기"}]}}`, "answer", two[:1],
			[]reply.Code{reply.CodeOtherFormat},
		},
		{
			"in JSON, tag named",
			"`<subtodos>` 대신 JSON:\n" + `{"subtodos":{"type":"answer","content":[{"subtodoContent":"치과 예약하기"}]}}`, "answer",
			two[:1], []reply.Code{reply.CodeProseBefore, reply.CodeOtherFormat},
		},
		{"as text", "**유형: answer**\n\n1. 치과 예약하기\n2. 10시에 출발하기", "answer", two, []reply.Code{reply.CodeOtherFormat}},
		{"prose only", "모르겠습니다 <br> 네", "", nil, []reply.Code{reply.CodeNoDocument}},
	})
}

func TestReadXMLByChildElements(t *testing.T) {
	t.Parallel()
	rules := reply.Rules{
		Types: []string{"answer", "question"},
		XML:   reply.XMLRules{Type: "//type", Items: "//item"},
	}
	runCases(t, rules, reply.XML, []readCase{
		{"siblings", "<type>answer</type>\n<item>가</item>\n<item>나</item>", "answer", []string{"가", "나"}, nil},
		{
			"truncated", "<type>answer</type>\n<item>가</item>\n<item>나", "answer", []string{"가", "나"},
			[]reply.Code{reply.CodeTruncated},
		},
	})
	rules.XML = reply.XMLRules{Type: "/reply/type", Items: "/reply/items/item"}
	runCases(t, rules, reply.XML, []readCase{
		{
			"children", "<reply><type>answer</type><items><item>가</item><item>2. 나</item></items></reply>", "answer",
			[]string{"가", "나"}, nil,
		},
		{
			"truncated children", "<reply><type>answer</type><items><item>가</item><item>나", "answer", []string{"가", "나"},
			[]reply.Code{reply.CodeTruncated},
		},
	})
	rules.XML = reply.XMLRules{Type: "string(//reply/@type)", Items: "//reply/item/@text"}
	runCases(t, rules, reply.XML, []readCase{
		{
			"functions and attributes", "<reply type='answer'><item text='가'/><item text='나'/></reply>", "answer",
			[]string{"가", "나"}, nil,
		},
	})
}
