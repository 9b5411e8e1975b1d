package graders_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// specimens are parameters of every built-in, as a suite may write them, with
// the canonical form that is stored.
func specimens() map[string][][2]string {
	return map[string][][2]string{
		"case_type": {{``, ``}, {`null`, ``}, {`{}`, ``}},
		"format":    {{``, ``}},
		"subtodo_count": {
			{``, ``},
			{
				`{"question":{"min":1,"max":3},"answer":{"min":2},"invalid":{"max":0}}`,
				`{"answer":{"min":2},"invalid":{"max":0},"question":{"max":3,"min":1}}`,
			},
		},
		"contains": {
			{``, ``}, {`"a<b"`, `{"values":["a<b"]}`}, {`["가","나"]`, `{"values":["가","나"]}`},
			{`{"ignore_case":true,"any":true,"values":"가"}`, `{"any":true,"ignore_case":true,"values":["가"]}`},
		},
		"not_contains": {{`{"values":["sorry"],"any":false}`, `{"values":["sorry"]}`}},
		"equals": {
			{`"네"`, `{"values":["네"]}`}, {`{"values":["네"],"ignore_case":true}`, `{"ignore_case":true,"values":["네"]}`},
		},
		"regex":        {{``, ``}, {`"\\d+"`, `{"pattern":"\\d+"}`}, {`{"pattern":"a&b"}`, `{"pattern":"a&b"}`}},
		"tool_calls":   {{``, ``}, {`{"any_order": true}`, `{"any_order":true}`}},
		"no_tool_call": {{``, ``}},
		"checks": {
			{``, ``}, {`{"values": ["len(text) < 9", "text contains 'a'"]}`, `{"values":["len(text) < 9","text contains 'a'"]}`},
		},
		"json_schema": {
			{``, ``}, {`{"schema": {"type":"object", "minProperties": 1}}`, `{"schema":{"minProperties":1,"type":"object"}}`},
		},
		"length": {
			{`{"max":10}`, `{"max":10,"unit":"characters"}`}, {`{"unit":"words","min":1}`, `{"min":1,"unit":"words"}`},
		},
		"latency": {{`{"max":"2000ms"}`, `{"max":"2s"}`}, {`{"max":"1m30s"}`, `{"max":"1m30s"}`}},
		"cost":    {{`{"max":0}`, `{"max":0}`}, {`{"max":2e-3}`, `{"max":0.002}`}},
		"number": {
			{``, `{"take":"last"}`}, {`{"value":42,"tolerance":0.5}`, `{"take":"last","tolerance":"0.5","value":42}`},
		},
		"similar": {{`{"min":0.8,"to":"가"}`, `{"min":0.8,"to":["가"]}`}},
		"rouge": {{
			`{"min":0.5,"to":"가"}`, `{"measure":"rouge-l","min":0.5,"of":"f1","to":["가"],"unit":"words"}`,
		}},
		"bleu":          {{`{"min":0.5,"unit":"characters"}`, `{"min":0.5,"unit":"characters"}`}},
		"edit_distance": {{`{"max":0}`, `{"max":0,"unit":"characters"}`}, {`{"min":0.9}`, `{"min":0.9,"unit":"characters"}`}},
		"expression": {{
			`{"name":"짧게","applies_to":"answer","check":"len(items) < 4"}`,
			`{"applies_to":["answer"],"check":"len(items) < 4","name":"짧게"}`,
		}},
		"rubric": {{
			`{"batch":true,"votes":3,"criteria":[{"id":"a","question":"?"},` +
				`{"id":"b","question":"?","batch":false,"votes":1,"judge":"strong"},` +
				`{"id":"c","check":"true"},` +
				`{"id":"scale","question":"?","options":[1,2,10],"pass":10,"anchors":{"1":"나쁨","2":"보통","10":"좋음"}}]}`,
			`{"criteria":[{"batch":true,"id":"a","options":["yes","no","unsure"],"pass":["yes"],` +
				`"question":"?","votes":3,"weight":1},` +
				`{"id":"b","judge":"strong","options":["yes","no","unsure"],"pass":["yes"],` +
				`"question":"?","weight":1},{"check":"true","id":"c","weight":1},` +
				`{"anchors":{"1":"나쁨","10":"좋음","2":"보통"},"batch":true,"id":"scale","options":["1","2","10"],` +
				`"pass":["10"],"question":"?","votes":3,"weight":1}]}`,
		}, {
			`{"criteria":[{"id":"short","check":"all(items, chars(#) < 30)"},{"question":"할 수 있는 ` +
				`일인가?","id":"actionable","applies_to":"answer","weight":2}]}`,
			`{"criteria":[{"check":"all(items, chars(#) < 30)","id":"short","weight":1},` +
				`{"applies_to":["answer"],"id":"actionable","options":["yes","no","unsure"],"pass":["yes"],"question":"할 수 있는 ` +
				`일인가?","weight":2}]}`,
		}},
	}
}

func TestNewBuildsWhatItsSpecSays(t *testing.T) {
	t.Parallel()
	require.True(t, slices.IsSorted(graders.Names()))
	require.Len(t, specimens(), len(graders.Names()))
	for _, name := range graders.Names() {
		for _, pair := range specimens()[name] {
			g, err := graders.New(name, json.RawMessage(pair[0]), graders.Models{Judge: yes{}})
			require.NoError(t, err, "%s %s", name, pair[0])
			spec := g.Spec()
			require.Equal(t, name, spec.Builder())
			require.Equal(t, 1, spec.Version)
			require.Equal(t, raw(pair[1]), spec.Params)
			again, err := graders.New(spec.Builder(), spec.Params, graders.Models{Judge: yes{}})
			require.NoError(t, err)
			require.Equal(t, spec, again.Spec(), "what a run stores builds the same grader")
		}
	}
}

func raw(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

func TestNewReportsEveryMistakeAtItsPlace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, params string
		want         []string
	}{
		{"case_typ", ``, []string{`unknown grader "case_typ" (did you mean case_type?)`}},
		{
			"zzz", ``,
			[]string{
				`unknown grader "zzz" (known are bleu, case_type, checks, command, contains, cost, edit_distance, equals, ` +
					`expression, format, json_schema, latency, length, no_tool_call, not_contains, number, regex, rouge, rubric, ` +
					`similar, subtodo_count, tool_calls)`,
			},
		},
		{"case_type", `{"strict":true}`, []string{`strict: unknown key "strict" (known are at)`}},
		{"format", `[]`, []string{`expected a mapping, found a list`}},
		{"subtodo_count", `{"answer":{"min":5,"max":2,"mni":1},"question":3,"invalid":{"max":1.5}}`, []string{
			`answer.mni: unknown key "mni" (did you mean min?)`,
			`question: expected a mapping, found a number`,
			`invalid.max: expected a whole number, found 1.5`,
		}},
		{"subtodo_count", `{"answer":{"min":5,"max":2},"question":{"max":-1},"invalid":{}}`, []string{
			`answer: min 5 is over max 2 (swap them)`,
			`invalid: a range needs a bound (set min, max or both)`,
			`question.max: max must not be negative, found -1`,
		}},
		{"contains", `{"values":["가",""," ",3,null],"any":"yes","all":true}`, []string{
			`all: unknown key "all" (known are values, any, ignore_case, at)`,
			`values[1]: must not be empty`, `values[2]: must not be empty`,
			`values[3]: expected text, found a number`, `values[4]: expected text, found nothing`,
			`any: expected true or false, found text`,
		}},
		{"rouge", `{"min":1.5,"of":"f2"}`, []string{
			`min: min must be over 0 and at most 1, found 1.5`, `of: unknown of "f2" (known are f1, precision, recall)`,
		}},
		{"bleu", ``, []string{`min: the grader needs the least value that passes (such as {min: 0.5})`}},
		{"edit_distance", `{"max":1,"min":1}`, []string{`the grader needs either max or min (such as {max: 5} or {min: 0.9})`}},
		{"number", `{"tolerance":"x","take":"lst"}`, []string{
			`take: unknown take "lst" (did you mean last?)`,
			`tolerance: "x" is neither a number nor a share (such as 0.5 or 1%)`,
		}},
		{"equals", `{"values":"a","any":true}`, []string{`any: unknown key "any" (known are values, ignore_case, at)`}},
		{
			"regex", `"(?=가)"`,
			[]string{
				"pattern: the pattern does not compile: invalid or unsupported Perl syntax at \"(?=\" (patterns are RE2, which " +
					"has no look-around)",
			},
		},
		{"regex", `{"pattern":"a","pattern":"b"}`, []string{`pattern: "pattern" appears twice`}},
		{"expression", `{"check":"len(items) = 3","aplies_to":"answer"}`, []string{
			`aplies_to: unknown key "aplies_to" (did you mean applies_to?)`,
		}},
		{"expression", `{"check":"len(items) <","applies_to":["answer"," "]}`, []string{`applies_to[1]: must not be empty`}},
		{"expression", `{"name":"format","check":"item > 3"}`, []string{
			`name: the name "format" is that of a built-in grader (choose another)`,
			`check: unknown name item at character 1 (did you mean items?)`,
		}},
		{"expression", `{"name":"a b"}`, []string{
			`name: the name "a b" has other characters than a name may (use letters, digits, hyphens, underscores and dots)`,
			`check: the grader needs an expression`,
		}},
		{
			"expression", `"len(items) < 4"`,
			[]string{`the grader expression needs a name for its score (write it as {name: …, check: …})`},
		},
		{"json_schema", `{"schema": 5}`, []string{`schema: expected a JSON Schema, found a number`}},
		{"checks", `["text =="]`, []string{`values[0]: unexpected token EOF at character 7`}},
		{"json_schema", `{"schema": {"required": 5}}`, []string{`schema: no JSON Schema: /required: got number, want array`}},
		{"length", `{"unit":"word"}`, []string{
			`unit: unknown unit "word" (did you mean words?)`,
			`a range needs a bound (set min, max or both)`,
		}},
		{"length", `{"max":1e40}`, []string{`max: expected a whole number, found 1e40`}},
		{"length", `{`, []string{`expected a mapping, found no JSON`}},
		{"latency", ``, []string{`max: max must be a time over 0 (such as {max: 2s})`}},
		{"latency", `{"max":2}`, []string{`max: 2 has no unit (write a number and its unit, such as 800ms or 2s)`}},
		{"latency", `{"max":"2"}`, []string{`max: "2" is no time (write a number and its unit, such as 800ms or 2s)`}},
		{"latency", `{"max":"-2s"}`, []string{`max: max must be a time over 0 (such as {max: 2s})`}},
		{"cost", `{}`, []string{`max: the grader needs a highest cost (such as {max: 0.002})`}},
		{"cost", `{"max":"0.002"}`, []string{`max: expected a number, found text`}},
		{"cost", `{"max":-1}`, []string{`max: max must not be negative, found -1`}},
		{"cost", `{"most":1}`, []string{`most: unknown key "most" (known are max, at)`}},
		{"rubric", ``, []string{`criteria: a rubric needs at least one criterion`}},
		{"rubric", `{"criteria":[
			{"id":"a","check":"len(itmes) > 1","options":["x"]},
			{"id":"a","question":"?","options":["좋음","나쁨"]},
			{"id":"b c","check":"true","question":"?"},
			{"question":"?","options":["yes","no","no"," x"],"pass":["yess"],"weight":-1},
			{"id":"d","question":"?","options":["yes"],"applies_to":["answer"]},
			{"id":"e"}]}`, []string{
			`criteria[0]: options, pass and anchors belong to a question, not to a check`,
			`criteria[0].check: unknown name itmes at character 5 (did you mean items?)`,
			`criteria[1].id: another criterion has the id "a"`,
			`criteria[1].pass: pass must name the options that pass, since yes is none of them (options are 좋음, 나쁨)`,
			`criteria[2].id: the id "b c" has other characters (use letters, digits, hyphens, underscores and dots)`,
			`criteria[2]: a criterion has either a check or a question, not both (make two criteria of it)`,
			`criteria[3].id: a criterion needs an id`,
			`criteria[3].weight: weight must be over 0 and at most 1000000, found -1`,
			`criteria[3].options[2]: the option "no" appears twice`,
			`criteria[3].options[3]: an option must have text and no space around it, found " x"`,
			`criteria[3].pass[0]: "yess" is no option (did you mean yes?)`,
			`criteria[4].pass: every option passes, so the question decides nothing`,
			`criteria[5]: a criterion needs a check or a question`,
		}},
		{"rubric", `{"criteria":[{"id":"a","question":"?","says":"b"},{"id":"c","check":"true","says":" "}]}`, []string{
			`criteria[1].says: must not be empty`,
		}},
		{"rubric", `{"judge":"strong","votes":0,"batch":"yes","criteria":[{"id":"a","check":"true","batch":true}]}`, []string{
			`batch: expected true or false, found text`,
			`votes: votes must be from 1 to 9, found 0`,
			`judge: judge is for questions, and no criterion has one (leave it out)`,
			`batch: batch is for questions, and no criterion has one (leave it out)`,
			`votes: votes is for questions, and no criterion has one (leave it out)`,
		}},
		{"rubric", `{"criteria":[{"id":"c","question":"?","options":["1","2"],"pass":["2"],` +
			`"anchors":{"1":3,"2":"a"}}]}`, []string{
			`criteria[0].anchors.1: expected text, found a number`,
		}},
		{"rubric", `{"criteria":[
			{"id":"a","check":"true","batch":true,"votes":2,"judge":"x"},
			{"id":"b","question":"?","votes":10,"anchors":{"yes":"","maybe":"a"}}]}`, []string{
			`criteria[0]: judge, batch and votes belong to a question, not to a check`,
			`criteria[1].anchors.maybe: "maybe" is no option (known are yes, no, unsure)`,
			`criteria[1].anchors.yes: the anchor of "yes" is empty`,
			`criteria[1].anchors: "no" has no anchor (say of each option but unsure what it means)`,
			`criteria[1].votes: votes must be from 1 to 9, found 10`,
		}},
		{"rubric", `{"criteria":[{"id":"a","check":"true","weight":0,"wieght":1},"b"]}`, []string{
			`criteria[0].wieght: unknown key "wieght" (did you mean weight?)`,
			`criteria[0].weight: weight must be over 0 (leave the criterion out instead)`,
			`criteria[1]: expected a mapping, found text`,
		}},
	} {
		g, err := graders.New(tt.name, json.RawMessage(tt.params), graders.Models{Judge: yes{}})
		require.Nil(t, g)
		var got []string
		for _, e := range graders.ParamErrors(fmt.Errorf("reading the suite: %w", err)) {
			got = append(got, e.Error())
		}
		require.Equal(t, tt.want, got, "%s %s", tt.name, tt.params)
	}
	_, err := graders.New("rubric", json.RawMessage(`{"criteria":[{"id":"a","question":"?"}]}`), graders.Models{})
	require.EqualError(t, err, "criteria[0].question: a question needs a judge, and none is set (set judge to a model)")
}

func TestCheckExpect(t *testing.T) {
	t.Parallel()
	require.NoError(t, graders.CheckExpect(graders.Expect{}))
	require.NoError(
		t, graders.CheckExpect(graders.Expect{Count: &graders.Range{Min: new(1)}, Regex: "가+", Contains: []string{"a"}}),
	)
	err := graders.CheckExpect(graders.Expect{
		Count: &graders.Range{Min: new(3), Max: new(2)}, Regex: "[", Equals: []string{"a", ""}, NotContains: []string{"\t"},
	})
	wrong := graders.CheckExpect(
		graders.Expect{
			JSONSchema: json.RawMessage(`{"type":7}`), Checks: []string{"len(text) < 9", "txt"}, Meets: []string{" "},
		},
	)
	require.ErrorContains(t, wrong, "json_schema: no JSON Schema: /type")
	require.ErrorContains(
		t, wrong, "checks[1]: unknown name txt at character 1 (did you mean text?)\nmeets[0]: must not be empty",
	)
	require.EqualError(t, err, "count: min 3 is over max 2 (swap them)\nequals[1]: must not be empty\n"+
		"not_contains[0]: must not be empty\nregex: the pattern does not compile: missing closing ] at \"[\"")
}

// Whatever the reply, every built-in gives sound scores, the same ones twice.
func TestScoresAreSoundForEveryReply(t *testing.T) {
	t.Parallel()
	built := everyGrader(t)
	texts := rapid.OneOf(
		rapid.String(), rapid.SampledFrom([]string{"", "치과 가기", "👨‍👩‍👧", "네", `{"a":1}`, "Ａ１．우유", "a<b & c"}),
	)
	codes := rapid.SampledFrom(
		[]reply.Code{reply.CodeFence, reply.CodeSchema, reply.CodeTruncated, reply.CodeNoDocument, "unheard_of"},
	)
	types := rapid.SampledFrom([]string{"", "answer", "question", "invalid"})
	formats := rapid.SampledFrom([]reply.Format{"", reply.JSON, reply.XML, reply.Text})
	rapid.Check(t, func(t *rapid.T) {
		s := graders.Sample{
			Input:  texts.Draw(t, "input"),
			Format: formats.Draw(t, "declared"),
			Expect: graders.Expect{
				Type: types.Draw(t, "expected"), Contains: rapid.SliceOfN(texts, 0, 2).Draw(t, "contains"),
				Regex: texts.Draw(t, "regex"),
			},
			Reply: reply.Reply{
				Text: texts.Draw(t, "text"), Document: texts.Draw(t, "document"), Format: formats.Draw(t, "format"),
				Type: types.Draw(t, "type"), Items: rapid.SliceOf(texts).Draw(t, "items"), Untyped: rapid.Bool().Draw(t, "untyped"),
			},
		}
		for _, c := range rapid.SliceOf(codes).Draw(t, "defects") {
			s.Reply.Defects = append(s.Reply.Defects, reply.Defect{Code: c, Detail: "…"})
		}
		for _, g := range built {
			scores, err := g.Grade(t.Context(), s)
			require.NoError(t, err)
			require.NotEmpty(t, scores)
			for _, score := range append(scores, graders.Fail(scores, "cut")...) {
				requireSound(t, score)
			}
			again, err := g.Grade(t.Context(), s)
			require.NoError(t, err)
			require.Equal(t, scores, again)
		}
	})
}

func TestGradersServeManyAtOnce(t *testing.T) {
	t.Parallel()
	built := everyGrader(t)
	s := answered("치과 예약", "보험증 👨‍👩‍👧")
	var want []graders.Score
	for _, g := range built {
		want = append(want, grade(t, g, s)...)
	}
	got := make([][]graders.Score, 8)
	var wait sync.WaitGroup
	for i := range got {
		wait.Go(func() {
			for _, g := range built {
				scores, err := g.Grade(t.Context(), s)
				if err != nil {
					return
				}
				got[i] = append(got[i], scores...)
			}
		})
	}
	wait.Wait()
	for _, scores := range got {
		require.Equal(t, want, scores)
	}
}

// everyGrader builds every built-in from its last specimen.
func everyGrader(tb testing.TB) []graders.Grader {
	tb.Helper()
	built := make([]graders.Grader, 0, len(specimens()))
	for _, name := range graders.Names() {
		pairs := specimens()[name]
		g, err := graders.New(name, raw(pairs[len(pairs)-1][0]), graders.Models{Judge: yes{}})
		require.NoError(tb, err)
		built = append(built, g)
	}
	return built
}

func FuzzNew(f *testing.F) {
	for _, name := range graders.Names() {
		for _, pair := range specimens()[name] {
			f.Add(name, pair[0])
		}
	}
	f.Add("contains", `{"values":{"values":["가"]},"any":[[[1]]]}`)
	f.Add("rubric", `{"criteria":[{"id":"\u0000","check":"items[","weight":1e999}]}`)
	f.Fuzz(func(t *testing.T, name, params string) {
		g, err := graders.New(name, json.RawMessage(params), graders.Models{Judge: yes{}})
		if err != nil {
			require.NotEmpty(t, graders.ParamErrors(err), "every mistake is a ParamError: %v", err)
			return
		}
		spec := g.Spec()
		again, err := graders.New(spec.Builder(), spec.Params, graders.Models{Judge: yes{}})
		require.NoError(t, err, "%s", spec.Params)
		require.Equal(t, spec, again.Spec())
	})
}

func BenchmarkGrade(b *testing.B) {
	s := answered("치과 예약 시간 확인하기", "보험증 챙기기", "버스 시간 알아보기")
	for _, g := range everyGrader(b) {
		b.Run(g.Spec().Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Grade(b.Context(), s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
