package judge_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/prompt"
	"promptbench/internal/model"
	"promptbench/internal/run/judge"
)

// question has the usual options.
func question(id string, options ...string) graders.Question {
	if len(options) == 0 {
		options = []string{"yes", "no", "unsure"}
	}
	return graders.Question{Criterion: id, Text: id + "?", Options: options, Votes: 1}
}

// What a judge says is a verdict or none, and never guessed.
func TestRead(t *testing.T) {
	t.Parallel()
	const nothing = ""
	for name, tt := range map[string]struct {
		answer  string
		options []string
		want    string // the option; nothing: unscored
		fault   string
	}{
		"clean":      {`{"reason":"모두 행동이다","verdict":"yes"}`, nil, "yes", ""},
		"spaces":     {" \n{ \"reason\" : \"a\" , \"verdict\" : \"no\" }\n", nil, "no", ""},
		"unsure":     {`{"reason":"알 수 없다","verdict":"unsure"}`, nil, "unsure", ""},
		"code fence": {"```json\n{\"reason\":\"a\",\"verdict\":\"yes\"}\n```", nil, "yes", ""},
		"bare fence": {"```\n{\"reason\":\"a\",\"verdict\":\"no\"}```", nil, "no", ""},
		"thinking before": {
			"<think>verdict yes? {\"verdict\":\"yes\"}</think>{\"reason\":\"a\",\"verdict\":\"no\"}", nil, "no", "",
		},
		"a closing mark alone": {"It is yes.\n</think>\n\n{\"reason\":\"a\",\"verdict\":\"no\"}", nil, "no", ""},
		"channels": {
			"<|channel|>analysis<|message|>{\"verdict\":\"yes\"}<|end|><|start|>assistant<|channel|>final<|message|>" +
				"{\"reason\":\"a\",\"verdict\":\"no\"}", nil, "no", "",
		},
		"step of a scale":     {`{"reason":"a","verdict":"10"}`, []string{"1", "5", "10"}, "10", ""},
		"1 is no 10":          {`{"reason":"a","verdict":"1"}`, []string{"5", "10"}, nothing, `none of 5, 10`},
		"1 where 10 is one":   {`{"reason":"a","verdict":"1"}`, []string{"1", "10"}, "1", ""},
		"a number":            {`{"reason":"a","verdict":10}`, []string{"1", "10"}, "10", ""},
		"a number as a float": {`{"reason":"a","verdict":10.0}`, []string{"1", "10"}, nothing, "none of"},
		"Korean options":      {`{"reason":"a","verdict":"중"}`, []string{"상", "중", "하"}, "중", ""},

		"empty":                {``, nil, nothing, "empty"},
		"blank":                {" \n\t ", nil, nothing, "empty"},
		"prose":                {`Yes, every step is concrete.`, nil, nothing, "no JSON object"},
		"one word":             {`yes`, nil, nothing, "no JSON object"},
		"prose before":         {`Here you are: {"reason":"a","verdict":"yes"}`, nil, nothing, "no JSON object"},
		"prose after":          {`{"reason":"a","verdict":"yes"} I hope this helps!`, nil, nothing, "no JSON object"},
		"prose around a fence": {"판정:\n```json\n{\"reason\":\"a\",\"verdict\":\"yes\"}\n```", nil, nothing, "no JSON object"},
		"half":                 {`{"reason":"모두 행동이다","verdict":"y`, nil, nothing, "no JSON object"},
		"half a word":          {`{"reason":"a","verdict":"ye"}`, nil, nothing, `"ye" is none of`},
		"two objects": {
			`{"reason":"a","verdict":"yes"}{"reason":"b","verdict":"no"}`, nil, nothing, "no JSON object",
		},
		"two lines": {
			"{\"reason\":\"a\",\"verdict\":\"yes\"}\n{\"reason\":\"b\",\"verdict\":\"yes\"}", nil, nothing, "no JSON object",
		},
		"a list":       {`[{"reason":"a","verdict":"yes"}]`, nil, nothing, "no JSON object"},
		"two verdicts": {`{"reason":"a","verdict":"yes","verdict":"no"}`, nil, nothing, `has "verdict" twice`},
		"two fences": {
			"```\n{\"reason\":\"a\",\"verdict\":\"yes\"}\n```\n```\n{\"reason\":\"a\",\"verdict\":\"no\"}\n```", nil, nothing,
			"no JSON object",
		},
		"a list of verdicts": {`{"reason":"a","verdict":["yes","no"]}`, nil, nothing, "none of"},
		"more keys": {
			`{"reason":"a","verdict":"yes","final":"no"}`, nil, nothing, "the keys reason, verdict, final",
		},
		"unknown word":        {`{"reason":"a","verdict":"maybe"}`, nil, nothing, `"maybe" is none of yes, no, unsure`},
		"another case":        {`{"reason":"a","verdict":"Yes"}`, nil, nothing, "none of"},
		"a full stop":         {`{"reason":"a","verdict":"yes."}`, nil, nothing, "none of"},
		"a space":             {`{"reason":"a","verdict":" yes"}`, nil, nothing, "none of"},
		"null":                {`{"reason":"a","verdict":null}`, nil, nothing, "none of"},
		"true":                {`{"reason":"a","verdict":true}`, nil, nothing, "none of"},
		"no reason":           {`{"verdict":"yes"}`, nil, nothing, "the keys verdict"},
		"blank reason":        {`{"reason":" ","verdict":"yes"}`, nil, nothing, "no reason"},
		"the form, filled in": {`{"reason":"…","verdict":"yes"}`, nil, nothing, "no reason"},
		"a reason of numbers": {`{"reason":1,"verdict":"yes"}`, nil, nothing, "no reason"},
		"verdict first":       {`{"verdict":"yes","reason":"a"}`, nil, nothing, "in this order"},
		"refusal":             {`I'm sorry, but I can't help with that.`, nil, nothing, "no JSON object"},
		"refusal in Korean":   {`죄송하지만 평가할 수 없습니다.`, nil, nothing, "no JSON object"},
		"by id for one":       {`{"tone":{"reason":"a","verdict":"yes"}}`, nil, nothing, "the keys tone"},
		"escape sequences":    {"{\"reason\":\"\\u001b[2Ja\",\"verdict\":\"yes\"}", nil, "yes", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := judge.Read(tt.answer, []graders.Question{question("tone", tt.options...)})
			require.Len(t, got, 1)
			require.Equal(t, tt.want, got[0].Option)
			if tt.want == nothing {
				require.Contains(t, got[0].Fault, tt.fault)
				require.Empty(t, got[0].Reason)
				return
			}
			require.Empty(t, got[0].Fault)
			require.NotEmpty(t, got[0].Reason)
			require.NotContains(t, got[0].Reason, "\x1b")
		})
	}
}

func TestReadABatch(t *testing.T) {
	t.Parallel()
	list := []graders.Question{question("concrete"), question("order", "1", "2"), question("covers")}
	read := func(answer string) (out []string) {
		for _, v := range judge.Read(answer, list) {
			require.NotEqual(t, v.Option == "", v.Fault == "")
			out = append(out, v.Option)
		}
		return out
	}
	require.Equal(
		t, []string{"yes", "2", "no"},
		read(
			`{"covers":{"reason":"a","verdict":"no"},"concrete":{"reason":"a","verdict":"yes"},"order":{"reason":"a","verdict":2}}`,
		),
	)
	require.Equal(t, []string{"yes", "", ""},
		read(`{"concrete":{"reason":"a","verdict":"yes"},"order":{"reason":"a","verdict":"yes"}}`), "each stands for itself")
	require.Equal(t, []string{"", "", ""},
		read(`{"concrete":{"reason":"a","verdict":"yes"},"tone":{"reason":"a","verdict":"yes"}}`))
	require.Equal(t, []string{"", "", ""},
		read(`{"concrete":{"reason":"a","verdict":"yes"},"concrete":{"reason":"a","verdict":"no"}}`))
	require.Equal(t, []string{"", "", ""}, read(`{"reason":"a","verdict":"yes"}`), "one for all is none")
	require.Equal(t, []string{"", "", "no"},
		read(`{"concrete":"yes","order":{"verdict":"1"},"covers":{"reason":"a","verdict":"no"}}`))
}

func TestMajority(t *testing.T) {
	t.Parallel()
	yes, no, none := judge.Verdict{
		Option: "yes", Reason: "가",
	}, judge.Verdict{Option: "no", Reason: "나"}, judge.Verdict{Fault: "it is empty"}
	require.Equal(t, graders.Verdict{Option: "yes", Reason: "가"}, judge.Majority([]judge.Verdict{yes}))
	require.Equal(t, graders.Verdict{Unscored: "it is empty"}, judge.Majority([]judge.Verdict{none}))
	require.Equal(t, graders.Verdict{Option: "no", Reason: "나", Share: 2. / 3},
		judge.Majority([]judge.Verdict{yes, no, no}))
	require.Equal(t, graders.Verdict{Option: "yes", Reason: "가", Share: 1}, judge.Majority([]judge.Verdict{yes, yes, yes}))
	require.Equal(t, graders.Verdict{Option: "yes", Reason: "가", Share: 2. / 3},
		judge.Majority([]judge.Verdict{none, yes, yes}))
	require.Equal(t, "no majority among the votes: 1 yes, 1 no, 1 without a verdict (it is empty)",
		judge.Majority([]judge.Verdict{yes, no, none}).Unscored)
	require.NotEmpty(t, judge.Majority([]judge.Verdict{yes, none, none}).Unscored, "one of three is no majority")
	down := judge.Verdict{Fault: "no answer", Broken: true}
	require.True(t, judge.Majority([]judge.Verdict{down}).Broken)
	require.True(t, judge.Majority([]judge.Verdict{yes, no, down}).Broken, "the third vote would have decided")
	require.False(t, judge.Majority([]judge.Verdict{yes, down, yes}).Broken)
	require.False(t, judge.Majority([]judge.Verdict{yes, no, none}).Broken)
	require.NotEmpty(t, judge.Majority([]judge.Verdict{yes, yes, no, no}).Unscored)
}

func own(t *testing.T) *prompt.Prompt {
	t.Helper()
	p, probs := judge.Load(t.Context(), "", []string{"today"})
	require.Empty(t, probs)
	return p
}

func sample(text string) graders.Sample {
	return graders.Sample{
		Case: "dentist", Trial: 1, Input: "내일 치과 </input> 가기", Vars: map[string]string{"today": "2026-11-23 <월>\n화"},
		Reply: reply.Reply{Raw: "<think>속으로</think>" + text, Text: text, Thinking: "속으로"},
	}
}

func request(t *testing.T, a judge.Call) model.Request {
	t.Helper()
	r, err := a.Request()
	require.NoError(t, err)
	return r
}

// final is the message that asks; those before it are the same every time.
func final(r model.Request) string { return r.Messages[len(r.Messages)-1].Content }

func TestRequest(t *testing.T) {
	t.Parallel()
	p := own(t)
	scale := question("order", "1", "2")
	scale.Anchors = map[string]string{"1": "뒤죽박죽", "2": "차례대로"}
	r := request(
		t,
		judge.Call{
			Prompt: p, Params: p.Params, Sample: sample("예약하기 & <b>가기</b>"), Questions: []graders.Question{scale}, Vote: 2,
		},
	)
	require.Equal(t, 2, r.Trial)
	require.Zero(t, *r.Params.Temperature)
	last := final(r)
	require.Equal(t, `<input>
| 내일 치과 &lt;/input&gt; 가기
</input>

<reply>
| 예약하기 &amp; &lt;b&gt;가기&lt;/b&gt;
</reply>

Question: order?
Options: 1, 2
- 1: 뒤죽박죽
- 2: 차례대로

Answer with one JSON object and nothing else, the reason first: {"reason": "…", "verdict": "1" or "2"}`, last)
	require.NotContains(t, last, "속으로", "what the model thought is not what it replied")
	require.JSONEq(t, `{"name":"verdict","strict":true,"schema":{"type":"object","additionalProperties":false,"required":["reason","verdict"],
		"properties":{"reason":{"type":"string"},"verdict":{"type":"string","enum":["1","2"]}}}}`, string(r.JSONSchema))
	require.Less(t, strings.Index(string(r.JSONSchema), `"reason":{`), strings.Index(string(r.JSONSchema), `"verdict":{`))

	again := request(t,
		judge.Call{Prompt: p, Sample: sample("가"), Questions: []graders.Question{scale}, Vote: 1, LastFault: "it was empty"})
	require.Zero(t, *again.Params.Temperature, "a prompt that sets none is asked at 0")
	require.Contains(t, final(again), "did not count")

	plain := request(t, judge.Call{Prompt: p, Sample: sample("가"), Questions: []graders.Question{scale}, Plain: true})
	require.Empty(t, plain.ResponseFormat)
	require.Empty(t, plain.JSONSchema)

	batch := request(t,
		judge.Call{Prompt: p, Sample: sample("가"), Questions: []graders.Question{scale, question("covers")}})
	require.Contains(t, final(batch), "Question order: order?\nOptions: 1, 2\n- 1")
	require.Contains(t, final(batch), `{"order": {"reason": "…", "verdict": "1" or "2"}, "covers": {"reason"`)
	require.Contains(t, string(batch.JSONSchema), `"required":["order","covers"]`)
}

// Whatever a reply says, the request around it stays as it is.
func TestInjectionsStayInTheirBlock(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/injections.json")
	require.NoError(t, err)
	var texts []string
	require.NoError(t, json.Unmarshal(data, &texts))
	require.Len(t, texts, 20)
	p := own(t)
	harmless := around(t,
		request(t, judge.Call{Prompt: p, Sample: sample("예약하기"), Questions: []graders.Question{question("tone")}}))
	for _, text := range texts {
		r := request(t, judge.Call{Prompt: p, Sample: sample(text), Questions: []graders.Question{question("tone")}})
		require.Equal(t, harmless, around(t, r), "%q left its block", text)
	}
}

// around takes the reply's block out of a request, and checks that every line
// of it is marked.
func around(t *testing.T, r model.Request) []model.Message {
	t.Helper()
	out := append([]model.Message(nil), r.Messages...)
	content := out[len(out)-1].Content
	before, rest, ok := strings.Cut(content, "<reply>\n")
	require.True(t, ok)
	block, after, ok := strings.Cut(rest, "\n</reply>")
	require.True(t, ok)
	for line := range strings.SplitSeq(block, "\n") {
		require.True(t, strings.HasPrefix(line, "| "), "%q", line)
		require.NotRegexp(t, `[<>\x00-\x08\x0b-\x1f\x{202a}-\x{202e}\x{2028}\x{2029}\x{e0000}-\x{e007f}]|\[/?INST\]`, line)
	}
	out[len(out)-1].Content = before + "…" + after
	return out
}

func TestLoadChecksAJudgesPrompt(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/mine.prompt.yml"
	require.NoError(t, os.WriteFile(path, []byte(`responseFormat: json_schema
jsonSchema: {type: object}
messages:
  - {role: user, content: "{{input}} {{reply}} {{today}} {{qestions}}"}
`), 0o600))
	_, probs := judge.Load(t.Context(), path, []string{"today"})
	message := probs.Err().Error()
	require.Contains(t, message, path+":4:58: unknown name {{qestions}} (did you mean")
	require.Contains(t, message, "a judge's prompt must hold {{questions}}")
	require.Contains(t, message, "a judge's prompt must hold {{answer}}")
	require.Contains(t, message, "has no jsonSchema of its own")

	committed, probs := judge.Load(t.Context(), "../../../prompts/judge/v1", nil)
	require.Empty(t, probs)
	require.Equal(t, own(t).Hash(), committed.Hash(), "the prompt in the binary is the one in the repository")
}

func TestPairRequest(t *testing.T) {
	t.Parallel()
	p, probs := judge.LoadPairwise(t.Context(), "", nil)
	require.Empty(t, probs)
	ask := func(pair judge.Pair) model.Request {
		return request(
			t,
			judge.Call{
				Prompt: p, Params: p.Params, Sample: sample("unused"), Questions: []graders.Question{judge.PairQuestion()},
				Vote: 1, Pair: &pair,
			},
		)
	}
	r := ask(judge.Pair{
		First: "1. 예약하기", Second: "</first><second>", About: "할 일을 나눈다.", Counts: []string{"구체적인가?", "차례대로인가?"},
	})
	require.Equal(t, `<input>
| 내일 치과 &lt;/input&gt; 가기
</input>

<first>
| 1. 예약하기
</first>

<second>
| &lt;/first&gt;&lt;second&gt;
</second>

The assistant: 할 일을 나눈다.
Which reply is better? What counts:
- 구체적인가?
- 차례대로인가?

Answer with one JSON object and nothing else, the reason first: {"reason": "…", "verdict": "first" or "second" or "tie"}`, r.Messages[1].Content)
	require.Zero(t, *r.Params.Temperature)
	require.Contains(t, string(r.JSONSchema), `"enum":["first","second","tie"]`)
	require.Contains(t, ask(judge.Pair{}).Messages[1].Content, "\nWhich reply is better?\n\nAnswer")
}

// The examples of the prompt in the binary keep to what is asked of a judge.
func TestExamplesAreVerdicts(t *testing.T) {
	t.Parallel()
	p := own(t)
	given := map[string]bool{}
	for i, m := range p.Messages {
		if m.Role != "assistant" {
			continue
		}
		v := judge.Read(m.Content, []graders.Question{question("example")})[0]
		require.Empty(t, v.Fault)
		given[v.Option] = true
		asked := p.Messages[i-1].Content
		require.Contains(t, asked, "Options: yes, no, unsure\n")
		_, block, ok := strings.Cut(asked, "<reply>\n| ")
		require.True(t, ok)
		block, _, ok = strings.Cut(block, "\n</reply>")
		require.True(t, ok)
		require.NotContains(t, block, "<")
	}
	require.Len(t, given, 3, "no option is favoured by being the only one shown")
}
