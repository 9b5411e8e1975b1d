package graders_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// must is for constructors whose arguments are known to be good.
func must(g graders.Grader, err error) graders.Grader {
	if err != nil {
		panic(err)
	}
	return g
}

// only grades with a grader that gives a single score.
func only(t *testing.T, g graders.Grader, s graders.Sample) graders.Score {
	t.Helper()
	scores := grade(t, g, s)
	require.Len(t, scores, 1)
	requireSound(t, scores[0])
	require.Equal(t, g.Spec().Name, scores[0].Grader)
	return scores[0]
}

// said is a reply in which only the text matters. A blank one can't be read.
func said(text string) graders.Sample {
	if strings.TrimSpace(text) == "" {
		return graders.Sample{Reply: reply.Reply{Raw: text, Text: text}}
	}
	return graders.Sample{Reply: reply.Reply{Raw: text, Text: text, Document: text, Format: reply.Text, Untyped: true}}
}

func unreadableReply() reply.Reply {
	return reply.Reply{
		Raw: "네!", Text: "네!", Defects: []reply.Defect{{Code: reply.CodeNoDocument, Detail: "no document in line 1"}},
	}
}

func requireValue(t *testing.T, want float64, s graders.Score) {
	t.Helper()
	require.NotNil(t, s.Value, "%+v", s)
	require.InDelta(t, want, *s.Value, 1e-12, s.Reason)
	require.Equal(t, want == 1, s.Pass, s.Reason)
}

func TestCaseType(t *testing.T) {
	t.Parallel()
	s := answered("가", "나", "다")
	got := only(t, graders.CaseType(), s)
	requireValue(t, 1, got)
	require.Equal(t, "answer", got.Answer)

	s.Expect.Type = "question"
	got = only(t, graders.CaseType(), s)
	requireValue(t, 0, got)
	require.Equal(t, "answer", got.Answer)
	require.Equal(t, "expected question, the reply is answer with 3 items", got.Reason)

	s.Reply = unreadableReply()
	got = only(t, graders.CaseType(), s)
	requireValue(t, 0, got)
	require.Equal(t, "unread", got.Answer)
	require.Contains(t, got.Reason, "no document in line 1")

	s.Expect.Type = ""
	require.NotEmpty(t, only(t, graders.CaseType(), s).NotApplicable)
}

func TestSubtodoCount(t *testing.T) {
	t.Parallel()
	g := must(graders.SubtodoCount(map[string]graders.Range{
		"answer": {Min: new(2), Max: new(5)}, "invalid": {Max: new(0)},
	}))
	for _, tt := range []struct {
		name   string
		expect graders.Expect
		read   string
		items  int
		want   float64
		reason string
	}{
		{"lower bound", graders.Expect{Type: "answer"}, "answer", 2, 1, "2 items, expected 2 to 5 for answer"},
		{"upper bound", graders.Expect{Type: "answer"}, "answer", 5, 1, "5 items"},
		{"under", graders.Expect{Type: "answer"}, "answer", 1, 0, "1 item, expected 2 to 5"},
		{"over", graders.Expect{Type: "answer"}, "answer", 6, 0, "6 items"},
		{"by the expected type, not the one read", graders.Expect{Type: "invalid"}, "answer", 3, 0, "at most 0 for invalid"},
		{"none asked, none given", graders.Expect{Type: "invalid"}, "invalid", 0, 1, "0 items"},
		{
			"the case's own count", graders.Expect{Type: "answer", Count: &graders.Range{Min: new(7)}}, "answer", 7, 1,
			"at least 7 for this case",
		},
		{
			"a count without a type", graders.Expect{Count: &graders.Range{Min: new(1), Max: new(1)}}, "answer", 2, 0,
			"exactly 1",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := answered(make([]string, tt.items)...)
			s.Expect, s.Reply.Type = tt.expect, tt.read
			got := only(t, g, s)
			requireValue(t, tt.want, got)
			require.Contains(t, got.Reason, tt.reason)
		})
	}
	s := answered("가", "나")
	require.Equal(t, "2", only(t, g, s).Answer)
	s.Reply = unreadableReply()
	got := only(t, g, s)
	requireValue(t, 0, got)
	require.Contains(t, got.Reason, "can't be read")
	s.Expect.Type = "question"
	require.Contains(t, only(t, g, s).NotApplicable, "question")
	s.Expect.Type = ""
	require.NotEmpty(t, only(t, g, s).NotApplicable)
}

func TestFormat(t *testing.T) {
	t.Parallel()
	with := func(codes ...reply.Code) graders.Sample {
		s := answered("가")
		for _, c := range codes {
			s.Reply.Defects = append(s.Reply.Defects, reply.Defect{Code: c, Detail: "found " + string(c)})
		}
		return s
	}
	for _, tt := range []struct {
		codes []reply.Code
		want  float64
	}{
		{nil, 1},
		{[]reply.Code{reply.CodeFence, reply.CodeThinking}, 0.75},
		{[]reply.Code{reply.CodeFence, reply.CodeSchema, reply.CodeSchema}, 0.5},
		{[]reply.Code{reply.CodeTruncated, reply.CodeProseAfter}, 0.25},
		{[]reply.Code{reply.CodeTypeUnknown}, 0},
	} {
		got := only(t, graders.Format(), with(tt.codes...))
		requireValue(t, tt.want, got)
		for _, c := range tt.codes {
			require.Contains(t, got.Reason, "found "+string(c))
		}
	}

	s := with()
	s.Format = reply.XML
	got := only(t, graders.Format(), s)
	requireValue(t, 0.5, got)
	require.Equal(t, "the reply is json, xml was asked for", got.Reason)
	require.Equal(t, "json", got.Answer)
	require.Empty(t, s.Reply.Defects, "the sample stays as it was")

	s.Reply = unreadableReply()
	got = only(t, graders.Format(), s)
	requireValue(t, 0, got)
	require.Equal(t, "unread", got.Answer)

	requireValue(t, 1, only(t, graders.Format(), said("안녕하세요")))
	requireValue(t, 0, only(t, graders.Format(), said(" \n")))
}

func TestTextGraders(t *testing.T) {
	t.Parallel()
	anyOf, fold := graders.TextOptions{Any: true}, graders.TextOptions{IgnoreCase: true}
	const nfd = "\u110e\u1175\u1100\u116a" // 치과 as macOS types it
	for name, tt := range map[string]struct {
		g      graders.Grader
		expect graders.Expect
		text   string
		want   float64
		reason string
	}{
		"contains all": {
			must(graders.Contains([]string{"치과", "예약"}, graders.TextOptions{})), graders.Expect{}, "치과에 예약", 1, "has",
		},
		"contains one of all": {
			must(graders.Contains([]string{"치과", "예약"}, graders.TextOptions{})), graders.Expect{}, "치과", 0,
			`has "치과" and has not "예약"`,
		},
		"contains any":         {must(graders.Contains([]string{"치과", "예약"}, anyOf)), graders.Expect{}, "치과", 1, ""},
		"contains none of any": {must(graders.Contains([]string{"치과", "예약"}, anyOf)), graders.Expect{}, "안과", 0, ""},
		"contains, decomposed": {
			must(graders.Contains([]string{"치과"}, graders.TextOptions{})), graders.Expect{}, nfd + " 가기", 1, "",
		},
		"contains, of the case": {
			must(graders.Contains(nil, graders.TextOptions{})), graders.Expect{Contains: []string{"🎉"}}, "축하 🎉", 1, "",
		},
		"contains, of both": {
			must(graders.Contains([]string{"축하"}, graders.TextOptions{})), graders.Expect{Contains: []string{"🎂"}}, "축하 🎉", 0,
			"🎂",
		},
		"contains, case matters": {
			must(graders.Contains([]string{"JSON"}, graders.TextOptions{})), graders.Expect{}, "json", 0, "",
		},
		"contains, case ignored": {
			must(graders.Contains([]string{"JSON", "straße"}, fold)), graders.Expect{}, "json STRASSE", 1, "",
		},
		"contains, empty reply": {
			must(graders.Contains([]string{"a"}, graders.TextOptions{})), graders.Expect{}, " ", 0, "empty",
		},
		"not_contains": {
			must(graders.NotContains([]string{"죄송", "sorry"}, graders.TextOptions{})), graders.Expect{}, "네", 1, "",
		},
		"not_contains found": {
			must(graders.NotContains([]string{"죄송", "sorry"}, graders.TextOptions{})), graders.Expect{}, "sorry", 0,
			`has "sorry"`,
		},
		"not_contains any": {
			must(graders.NotContains([]string{"죄송", "sorry"}, anyOf)), graders.Expect{}, "sorry", 1, "",
		},
		"not_contains any, both": {
			must(graders.NotContains([]string{"죄송", "sorry"}, anyOf)), graders.Expect{}, "sorry 죄송", 0, "",
		},
		"not_contains, of the case": {
			must(graders.NotContains(nil, fold)), graders.Expect{NotContains: []string{"ERROR"}}, "Error", 0, "",
		},
		"not_contains, empty reply": {
			must(graders.NotContains([]string{"a"}, graders.TextOptions{})), graders.Expect{}, "", 0, "empty",
		},
		"equals one": {
			must(graders.Equals([]string{"예", "네"}, graders.TextOptions{})), graders.Expect{}, " 네\n", 1, "",
		},
		"equals, of the case": {
			must(graders.Equals([]string{"예"}, graders.TextOptions{})), graders.Expect{Equals: []string{nfd}}, "치과", 1, "",
		},
		"equals none": {
			must(graders.Equals([]string{"예", "네"}, graders.TextOptions{})), graders.Expect{}, "네.", 0,
			`the reply is "네.", expected "예" or "네"`,
		},
		"equals, case ignored": {must(graders.Equals([]string{"Yes"}, fold)), graders.Expect{}, "YES", 1, ""},
		"equals, full width": {
			must(graders.Equals([]string{"Ａ"}, graders.TextOptions{})), graders.Expect{}, "A", 0, "",
		},
		"regex":              {must(graders.Regex(`\d+시`)), graders.Expect{}, "10시에", 1, ""},
		"regex misses":       {must(graders.Regex(`^\d+시`)), graders.Expect{}, "오전 10시에", 0, `no match for ^\d+시`},
		"regex, of the case": {must(graders.Regex("")), graders.Expect{Regex: `\p{Hangul}{2}`}, "치과", 1, ""},
		"regex, of both":     {must(graders.Regex("치")), graders.Expect{Regex: "안"}, "치과", 0, "no match for 안"},
		"regex, empty reply": {must(graders.Regex(".*")), graders.Expect{}, "", 0, "empty"},
		"characters": {
			must(graders.Length(graders.Range{Max: new(4)}, "")), graders.Expect{}, "가족 👨‍👩‍👧", 1,
			"4 characters, expected at most 4",
		},
		"characters, decomposed": {
			must(graders.Length(graders.Range{Min: new(2), Max: new(2)}, graders.Characters)), graders.Expect{}, nfd, 1, "",
		},
		"words": {
			must(graders.Length(graders.Range{Min: new(4)}, graders.Words)), graders.Expect{}, "오전 10시에\n치과", 0,
			"3 words, expected at least 4",
		},
		"length, empty reply": {
			must(graders.Length(graders.Range{Max: new(4)}, "")), graders.Expect{}, "\n", 0, "empty",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := said(tt.text)
			s.Expect = tt.expect
			got := only(t, tt.g, s)
			requireValue(t, tt.want, got)
			require.Contains(t, got.Reason, tt.reason)
		})
	}
	for _, g := range []graders.Grader{
		must(graders.Contains(nil, graders.TextOptions{})), must(graders.NotContains(nil, graders.TextOptions{})),
		must(graders.Equals(nil, graders.TextOptions{})), must(graders.Regex("")),
	} {
		require.NotEmpty(t, only(t, g, said("치과")).NotApplicable)
	}
	s := said("치과")
	s.Expect.Regex = "("
	require.Contains(t, only(t, must(graders.Regex("")), s).Unscored, "missing closing )")
}

func TestJSONSchema(t *testing.T) {
	t.Parallel()
	g := must(graders.JSONSchema([]byte(`{"type":"object","required":["할일"],"properties":{
		"할일":{"type":"array","maxItems":1,"items":{"type":"string"}}}}`)))
	requireValue(t, 1, only(t, g, said(`{"할일":["치과"]}`)))

	got := only(t, g, said(`{"할일":["치과",2]}`))
	requireValue(t, 0, got)
	require.Contains(t, got.Reason, "/할일: ")
	require.Contains(t, got.Reason, "/할일/1: ", "every failure is named")

	got = only(t, g, said(`네, {"할일":[]}`))
	requireValue(t, 0, got)
	require.Equal(t, "the reply is no valid JSON: invalid character '네' looking for beginning of value", got.Reason)

	s := said("```json\n{\"할일\":[]}\n```")
	s.Reply.Format, s.Reply.Document = reply.JSON, `{"할일":[]}`
	requireValue(t, 1, only(t, g, s))
	s.Reply.Document = `{"할일":[`
	requireValue(t, 0, only(t, g, s))
	requireValue(t, 0, only(t, g, said("")))
	requireValue(t, 0, only(t, g, said(strings.Repeat("[", 200_000))))
	got = only(t, g, said(`{"할일":[`+strings.Repeat("1,", 5_000)+`2]}`))
	requireValue(t, 0, got)
	require.Contains(t, got.Reason, "and 4952 more")

	numbers := must(graders.JSONSchema([]byte(`{"items":{"type":"integer","minimum":1,"multipleOf":3}}`)))
	requireValue(t, 1, only(t, numbers, said(`[3, 9.0, 3e2]`)))
	requireValue(t, 0, only(t, numbers, said(`[1e999999999, -1e-999999999]`)))

	own := must(graders.JSONSchema(nil))
	require.NotEmpty(t, only(t, own, said(`{}`)).NotApplicable)
	expecting := said(`{}`)
	expecting.Expect.JSONSchema = []byte(`{"minProperties":1}`)
	requireValue(t, 0, only(t, own, expecting))
	require.Contains(
		t, only(t, must(graders.JSONSchema([]byte(`{"required":["a"]}`))), expecting).Reason,
		"missing property 'a'; /: minProperties",
	)

	for _, bad := range []string{
		`null`, `"x"`, `{"type":"objekt"}`, `{"$ref":"file:///etc/passwd"}`, `{"$ref":"https://example.com/s.json"}`, `{`,
	} {
		_, err := graders.JSONSchema([]byte(bad))
		require.Len(t, graders.ParamErrors(err), 1, bad)
		require.NotContains(t, err.Error(), "\n")
	}
}
