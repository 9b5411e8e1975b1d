package graders_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// gradeText grades a reply that was read as it is, by one built-in.
func gradeText(t *testing.T, name, params, text string, expect graders.Expect) graders.Score {
	t.Helper()
	g, err := graders.New(name, json.RawMessage(params), graders.Models{})
	require.NoError(t, err)
	scores, err := g.Grade(t.Context(), graders.Sample{Expect: expect, Reply: reply.Reply{Text: text}})
	require.NoError(t, err)
	require.Len(t, scores, 1)
	require.Equal(t, name, scores[0].Grader)
	return scores[0]
}

func TestGradersWithReferences(t *testing.T) {
	t.Parallel()
	of := func(texts ...string) graders.Expect { return graders.Expect{Reference: texts} }
	for _, test := range []struct {
		name, params, text string
		expect             graders.Expect
		value              float64
		pass               bool
		answer, reason     string
	}{
		{
			"rouge", `{"min":0.7}`, "내일 치과 가기", of("내일 오전 치과 가기"), 6. / 7, true, "",
			"rouge-l f1 0.8571, expected at least 0.7",
		},
		{
			"rouge", `{"min":0.8,"of":"recall","measure":"rouge-1"}`, "내일, 치과 가기!", of("내일 오전 치과 가기"), .75, false, "",
			"rouge-1 recall 0.75, expected at least 0.8",
		},
		{
			"rouge", `{"min":1,"unit":"characters"}`, "치과가기", of("치과 가기"), 1, true, "",
			"rouge-l f1 1, expected at least 1",
		},
		{
			"rouge", `{"min":1,"to":"다른 것"}`, "Dentist Today", of("dentist today"), 1, true, "",
			`rouge-l f1 1, expected at least 1; the nearest reference is "dentist today"`,
		},
		{
			"bleu", `{"min":0.5}`, "치과 예약 확인 하기", of("내일 치과 예약 확인 하기"), 0.7788007830714049, true, "",
			"bleu 0.7788, expected at least 0.5",
		},
		{"bleu", `{"min":0.5}`, " ", of("가"), 0, false, "", "the reply is empty"},
		{
			"edit_distance", `{"max":2}`, "치과 예약하기", of("치과 예약 확인하기"), .75, true, "2",
			"2 changes of characters, expected at most 2",
		},
		{
			"edit_distance", `{"min":0.8}`, "치과 예약하기", of("치과 예약 확인하기", "여행"), .75, false, "2",
			`2 changes of characters: a share of 0.75, expected at least 0.8; the nearest reference is "치과 예약 확인하기"`,
		},
		{
			"edit_distance", `{"max":0,"unit":"words"}`, "치과 예약", of("치과 예약 확인"), 2. / 3, false, "1",
			"1 change of words, expected at most 0",
		},
		{
			"edit_distance", `{"max":0,"ignore_case":true}`, "DENTIST", of("dentist"), 1, true, "0",
			"0 changes of characters, expected at most 0",
		},
	} {
		got := gradeText(t, test.name, test.params, test.text, test.expect)
		require.NotNil(t, got.Value, "%+v", got)
		require.InDelta(t, test.value, *got.Value, 1e-9, test.reason)
		require.Equal(t, test.pass, got.Pass, test.reason)
		require.Equal(t, test.answer, got.Answer)
		require.Equal(t, test.reason, got.Reason)
	}
	require.NotEmpty(t, gradeText(t, "rouge", `{"min":1}`, "가", graders.Expect{}).NotApplicable)
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		params, text string
		pass         bool
		answer       string
	}{
		{`{"value":42}`, "정답은 42입니다.", true, "42"},
		{`{"value":48}`, "12 × 4 = 48", true, "48"},
		{`{"value":12,"take":"first"}`, "12 × 4 = 48", true, "12"},
		{`{"value":48,"take":"only"}`, "12 × 4 = 48", false, "unread"},
		{`{"value":0.3,"tolerance":0.1}`, "0.2", true, "0.2"}, // in binary it is further off
		{`{"value":0.3,"tolerance":"0.1"}`, "0.19", false, "0.19"},
		{`{"value":200,"tolerance":"1%"}`, "about 198", true, "198"},
		{`{"value":-200,"tolerance":"1%"}`, "about −202.5", false, "−202.5"},
		{`{"value":1234567.5}`, "합계 1,234,567.5원", true, "1,234,567.5"},
		{`{"value":12000}`, "1만 2천 원", true, "1만 2천"},
		{`{"value":325000000}`, "3억 2천5백만", true, "3억 2천5백만"},
		{`{"value":3}`, "2만, 3", true, "3"},
		{`{"value":320005000}`, "3억 2천만 5천", true, "3억 2천만 5천"},
		{`{"value":-12000}`, "-1만 2천", true, "-1만 2천"},
		{`{"value":35}`, "３５도", true, "35"},
		{`{"value":11}`, "10-11", true, "11"},
		{`{"value":0.0015}`, "답은 1.5e-3, 곧 1.5E-03", true, "1.5E-03"},
		{`{"value":2}`, "2e3", false, "2e3"},
		{`{"value":5}`, "5e3b", true, "5"},
		{`{"value":7}`, "7, 형식 A4", true, "7"},
		{`{"value":0.5}`, "a share of .5.", true, ".5"},
		{`{"value":7}`, "일곱", false, "unread"},
	} {
		got := gradeText(t, "number", test.params, test.text, graders.Expect{})
		require.Equal(t, test.pass, got.Pass, "%s in %s: %s", test.params, test.text, got.Reason)
		require.Equal(t, test.answer, got.Answer, test.text)
	}
	require.True(t, gradeText(t, "number", `{"value":1,"tolerance":"0.5"}`, "2.5", graders.Expect{Number: new(2.0)}).Pass)
	require.NotEmpty(t, gradeText(t, "number", ``, "1", graders.Expect{}).NotApplicable)
}
