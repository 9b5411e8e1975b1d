package graders_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// answered is a sample whose reply was read cleanly as an answer.
func answered(items ...string) graders.Sample {
	doc := `{"subtodos":{"type":"answer"}}`
	return graders.Sample{
		Case: "dentist", Trial: 1, Input: "내일 오전 10시에 치과 가기",
		Vars:   map[string]string{"today": "2026-11-23 (월)"},
		Expect: graders.Expect{Type: "answer"},
		Format: reply.JSON,
		Reply:  reply.Reply{Raw: doc, Text: doc, Document: doc, Format: reply.JSON, Type: "answer", Items: items},
	}
}

func grade(t *testing.T, g graders.Grader, s graders.Sample) []graders.Score {
	t.Helper()
	scores, err := g.Grade(t.Context(), s)
	require.NoError(t, err)
	require.NotEmpty(t, scores)
	return scores
}

// checked grades one check and returns the criterion's score.
func checked(t *testing.T, check string, s graders.Sample) graders.Score {
	t.Helper()
	g, err := graders.Rubric([]graders.Criterion{{ID: "c", Check: check}}, nil)
	require.NoError(t, err, check)
	scores := grade(t, g, s)
	require.Len(t, scores, 2)
	require.Equal(t, "rubric/c", scores[1].Grader)
	return scores[1]
}

func TestChecksReadTheReply(t *testing.T) {
	t.Parallel()
	s := answered("치과 예약 확인", "🪥 양치하기", "치과 예약 확인", "버스 타기 👨‍👩‍👧")
	s.Reply.Thinking = "먼저 생각한다"
	for check, want := range map[string]float64{
		`len(items) == 4`:                                     1,
		`type == expected_type`:                               1,
		`all(items, chars(#) <= 9)`:                           1,
		`chars(items[3]) == 7`:                                1, // the family is one character
		`all(items, hangul(#) == 1)`:                          1,
		`hangul("할 일 ab") == 0.5`:                             1,
		`hangul("할일") == hangul("\u1112\u1161\u11af")`:        1, // decomposed
		`hangul("123 🎉")`:                                     0,
		`count(items, # contains "확인") / len(items)`:          0.5,
		`len(uniq(items)) == len(items)`:                      0,
		`len(uniq(map(items, lower(#)))) == 3`:                1,
		`not (thinking contains "생각")`:                        0,
		`vars.today contains "월" and input startsWith "내일"`:   1,
		`text matches "^\\{"`:                                 1,
		`join(items, "·") contains "확인·🪥"`:                    1,
		`join(map(items, trim(#))) == join(items)`:            1,
		`len(split(input, " ")) == 5`:                         1,
		`replace(input, "치과", "안과") contains "안과 가기"`:         1,
		`"a" + upper("b") + (["c", 1][0]) == "aBc"`:           1,
		`len(items) + 1 == 5 && [1, "x"][0] + 1 == 2`:         1,
		`sum(map(items, chars(#))) == sum(items, chars(#))`:   1,
		`len(filter(items, chars(#) > 6)) / 4`:                0.75,
		`let n = len(items); n >= 2 && n <= 5`:                1,
		`none(items, # == "") and one(items, # contains "🪥")`: 1,
		`findIndex(items, # contains "버스") == 3`:              1,
		`items | filter(# contains "예약") | len() == 2`:        1,
	} {
		got := checked(t, check, s)
		require.NotNil(t, got.Value, "%s: %s", check, got.Unscored)
		require.InDelta(t, want, *got.Value, 1e-12, check)
		require.Equal(t, want == 1, got.Pass, check)
	}
}

func TestChecksThatCannotDecideAreUnscored(t *testing.T) {
	t.Parallel()
	for check, why := range map[string]string{
		`len(items)`:                  "gave 3, expected true, false or a number from 0 to 1",
		`0 / (len(items) - 3)`:        "NaN",
		`1 % (len(items) - 3) == 0`:   "divide",
		`items[9] == ""`:              "index out of range",
		`[1, "x"][1] + 1 == 2`:        "invalid operation",
		`[1, "x"][1]`:                 "gave string",
		`join([1, "x"]) == ""`:        "join takes texts, found int",
		`len(uniq([items])) == 1`:     "uniq takes texts and numbers",
		`input matches (input + "(")`: "missing closing )",
		`int(input) == 1`:             "invalid",
	} {
		got := checked(t, check, answered("가", "나", "다"))
		require.Nil(t, got.Value, check)
		require.Contains(t, got.Unscored, why, check)
		require.NotContains(t, got.Unscored, "\n", check)
	}
}

func TestHostileChecksEndSoon(t *testing.T) {
	t.Parallel()
	long := answered(strings.Split(strings.Repeat("가 나 다 ", 2_000), " ")...)
	long.Reply.Text = strings.Repeat("가나다", 30_000)
	for _, check := range []string{
		`len(map(1..1000000000, #)) > 0`,
		`len(map(1..int(1e9), #)) > 0`,
		`all(1..1000, all(1..1000, all(1..1000, true)))`,
		`all(items, all(items, all(items, true)))`,
		`sum(map(items, count(items, # == "가"))) > 0`,
		`len(map(1..100000, upper(text))) > 0`,
		`len(map(1..100000, text + text)) > 0`,
		`len(map(1..100000, join(items))) > 0`,
		`len(map(1..100000, split(text, ""))) > 0`,
		`len(map(1..100000, uniq(items))) > 0`,
		`chars(replace(text, "", text)) > 0`,
		`let a = text + text; let b = a + a; let c = b + b; let d = c + c; let e = d + d; let f = e + e; let g = f + f; ` +
			`let h = g + g; chars(h) > 0`,
		`let a = [text, 1][0]; let b = a + a; let c = b + b; let d = c + c; let e = d + d; let f = e + e; let g = f + f; ` +
			`let h = g + g; chars(h) > 0`,
		`len(sortBy(1..10000000, -#)) > 0`,
	} {
		got := checked(t, check, long)
		require.Nil(t, got.Value, check)
		require.NotEmpty(t, got.Unscored, check)
	}
}

func TestChecksEndWithTheirContext(t *testing.T) {
	t.Parallel()
	g, err := graders.Rubric([]graders.Criterion{{ID: "c", Check: `all(items, # != "")`}}, nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = g.Grade(ctx, answered("가"))
	require.ErrorIs(t, err, context.Canceled)
}

func TestMistakesInChecksAreRefusedWithTheirPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		check, msg, hint string
		line, column     int
	}{
		{`len(itmes) > 2`, "unknown name itmes at character 5", "did you mean items?", 1, 5},
		{`"가나" == expected_typ`, "unknown name expected_typ at character 9", "did you mean expected_type?", 1, 9},
		{
			"len(items) > 2 and\n  hangull(text) > 0.5", "unknown name hangull at line 2, character 3", "did you mean hangul?",
			2, 3,
		},
		{`len(items) >`, "unexpected token EOF", "", 1, 12},
		{`len(items) > "2"`, "invalid operation", "", 1, 12},
		{`chars(items)`, "cannot use", "", 1, 7},
		{`text matches "("`, "missing closing )", "", 1, 6},
		{`text`, "gives string", "compare it", 1, 1},
		{`items`, "gives []string", "compare it", 1, 1},
		{`repeat("가", 1000000) == ""`, "unknown name repeat", "", 1, 1},
		{`now() == now()`, "unknown name now", "", 1, 1},
		{`$env.itmes == 1`, "unknown name itmes", "", 1, 6},
		{`$env["type"] == "answer"`, "unknown name $env", "", 1, 1},
		{`  `, "empty", "", 0, 0},
		{strings.Repeat("(", 100_000), "has 100000 bytes", "split it", 0, 0},
		{strings.Repeat("1+", 1000) + "1 > 0", "exceeds", "", 1, 1},
	} {
		var e *graders.ParamError
		require.ErrorAs(t, graders.CheckExpression(tt.check), &e, tt.check)
		require.Contains(t, e.Msg, tt.msg)
		require.Contains(t, e.Hint, tt.hint, tt.check)
		if tt.msg != "exceeds" {
			require.Equal(t, []int{tt.line, tt.column}, []int{e.Line, e.Column}, tt.check+e.Msg)
		}
	}
	require.NoError(t, graders.CheckExpression(`len(items) > 2`))
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		`len(items) > 0`, `all(items, chars(#) < 30)`, `map(1..1e9, #)`, `hangul(text)`, `let a = [text, 1][0]; a + a == ""`,
		`items | filter(# contains "가") | len() > ` +
			`0`, `"\u1112" + '가'`, `{"a": 1}.a`, `#`, `text[0:1] ?? "x"`, `sum(items, chars(#)) / 0`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, check string) {
		g, err := graders.Rubric([]graders.Criterion{{ID: "c", Check: check}}, nil)
		if err != nil {
			require.NotEmpty(t, graders.ParamErrors(err), "every mistake is a ParamError: %v", err)
			return
		}
		for _, s := range grade(t, g, answered("가", "나 👨‍👩‍👧")) {
			requireSound(t, s)
		}
	})
}
