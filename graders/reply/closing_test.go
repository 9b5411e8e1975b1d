package reply_test

import (
	"testing"

	"promptbench/graders/reply"
)

// Closing tags that are misspelled end the document all the same, and those
// that nothing opened stay where they are an item's words.
func TestReadXMLOddClosingTags(t *testing.T) {
	t.Parallel()
	one := []string{"치과"}
	repaired := []reply.Code{reply.CodeRepaired}
	runCases(t, subtodoRules(), reply.XML, []readCase{
		{"with the attribute", "<subtodos type='answer'>1. 치과</subtodos type='answer'>", "answer", one, repaired},
		{
			"with prose behind", "<subtodos type='answer'>1. 치과</subtodos type=answer>\n끝", "answer", one,
			[]reply.Code{reply.CodeRepaired, reply.CodeProseAfter},
		},
		{"wrong slash", `<subtodos type='answer'>1. 치과<\subtodos>`, "answer", one, repaired},
		{"escaped slash", `<subtodos type='answer'>1. 치과<\/subtodos>`, "answer", one, repaired},
		{
			"in the words of an item", "<subtodos type='answer'>\n1. </body> 앞에 넣기\n2. C:<\\새폴더> 정리</subtodos>", "answer",
			[]string{"</body> 앞에 넣기", `C:<\새폴더> 정리`}, repaired,
		},
		{
			"left over at the end of a line", "<subtodos type='answer'>\n1. 치과</b>\n2. 가기</subtodo>\n</subtodos>", "answer",
			[]string{"치과", "가기"}, repaired,
		},
		{"cut", "<subtodos type='answer'>1. 치과\n</", "answer", one, []reply.Code{reply.CodeTruncated}},
	})
}

func TestReadXMLFullWidth(t *testing.T) {
	t.Parallel()
	two := []string{"치과 A<B", "가기"}
	runCases(t, subtodoRules(), reply.XML, []readCase{
		{
			"brackets", "＜subtodos type='answer'＞\n1. 치과 A＜B\n2. 가기\n＜/subtodos＞", "answer", two,
			[]reply.Code{reply.CodeQuotes, reply.CodeRepaired},
		},
		{
			"brackets, quotes and spaces", "＜Subtodos　type＝＂answer＂＞\n１．치과 A<B\n２．가기\n＜／subtodos＞ 끝", "answer", two,
			[]reply.Code{reply.CodeQuotes, reply.CodeRepaired, reply.CodeQuotes, reply.CodeRepaired, reply.CodeProseAfter},
		},
		{
			"truncated", "＜subtodos type='answer'＞\n1. 치과 A<B\n2. 가기", "answer", two,
			[]reply.Code{reply.CodeQuotes, reply.CodeRepaired, reply.CodeTruncated},
		},
	})
}
