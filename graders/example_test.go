package graders_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"strings"
	"time"

	"promptbench/graders"
	"promptbench/graders/reply"
)

// dentist is a case whose reply was read as an answer of two items.
func dentist() graders.Sample {
	return graders.Sample{
		Input:  "내일 오전 10시에 치과 가기",
		Expect: graders.Expect{Type: "answer"},
		Format: reply.JSON,
		Reply: reply.Reply{
			Text:   `{"subtodos":{"type":"answer","content":["예약 확인","보험증 챙기기"]}}`,
			Format: reply.JSON,
			Type:   "answer",
			Items:  []string{"예약 확인", "보험증 챙기기"},
		},
	}
}

// show prints scores the way a reader looks at them.
func show(g graders.Grader, err error, s graders.Sample) {
	if err != nil {
		fmt.Println(err)
		return
	}
	scores, err := g.Grade(context.Background(), s)
	if err != nil {
		fmt.Println(err)
		return
	}
	printScores(scores)
}

func printScores(scores []graders.Score) {
	for _, s := range scores {
		switch {
		case s.NotApplicable != "":
			fmt.Printf("%s not applicable: %s\n", s.Grader, s.NotApplicable)
		case s.Unscored != "":
			fmt.Printf("%s unscored: %s\n", s.Grader, s.Unscored)
		case s.Reason == "":
			fmt.Printf("%s %.2f\n", s.Grader, *s.Value)
		default:
			fmt.Printf("%s %.2f: %s\n", s.Grader, *s.Value, s.Reason)
		}
	}
}

func ExampleCaseType() {
	s := dentist()
	show(graders.CaseType(), nil, s)
	s.Expect.Type = "question"
	show(graders.CaseType(), nil, s)
	// Output:
	// case_type 1.00: expected answer, the reply is answer with 2 items
	// case_type 0.00: expected question, the reply is answer with 2 items
}

func ExampleSubtodoCount() {
	g, err := graders.SubtodoCount(map[string]graders.Range{"answer": {Min: new(2), Max: new(5)}})
	s := dentist()
	show(g, err, s)
	s.Expect.Type = "question"
	show(g, err, s)
	// Output:
	// subtodo_count 1.00: 2 items, expected 2 to 5 for answer
	// subtodo_count not applicable: no range is set for question
}

func ExampleFormat() {
	s := dentist()
	show(graders.Format(), nil, s)
	s.Reply.Defects = []reply.Defect{{Code: reply.CodeFence, Detail: "a code fence in line 1"}}
	show(graders.Format(), nil, s)
	// Output:
	// format 1.00: exactly one clean document
	// format 0.75: a code fence in line 1
}

func ExampleRubric() {
	g, err := graders.Rubric([]graders.Criterion{
		{ID: "short", Check: `all(items, chars(#) <= 20)`, Weight: 3},
		{ID: "first-step", Check: `items[0] contains "병원"`, AppliesTo: []string{"answer"}},
	}, nil)
	show(g, err, dentist())
	// Output:
	// rubric 0.75: failed first-step (items[0] contains "병원" is false)
	// rubric/short 1.00
	// rubric/first-step 0.00: items[0] contains "병원" is false
}

// A strict judge finds nothing actionable; a real one asks a model.
type strict struct{}

func (strict) Ask(_ context.Context, _ graders.Sample, questions []graders.Question) ([]graders.Verdict, error) {
	verdicts := make([]graders.Verdict, len(questions))
	for i := range verdicts {
		verdicts[i] = graders.Verdict{Option: "no", Reason: "시간이 없다"}
	}
	return verdicts, nil
}

func ExampleRubric_judge() {
	g, err := graders.Rubric([]graders.Criterion{
		{ID: "actionable", Question: "모든 항목이 바로 할 수 있는 일인가?"},
	}, strict{})
	show(g, err, dentist())
	// Output:
	// rubric 0.00: failed actionable (시간이 없다)
	// rubric/actionable 0.00: 시간이 없다
}

func ExampleCheckExpression() {
	fmt.Println(graders.CheckExpression(`len(itmes) > 2`))
	// Output:
	// unknown name itmes at character 5 (did you mean items?)
}

func ExampleContains() {
	g, err := graders.Contains([]string{"보험증", "병원"}, graders.TextOptions{})
	show(g, err, dentist())
	g, err = graders.Contains([]string{"보험증", "병원"}, graders.TextOptions{Any: true})
	show(g, err, dentist())
	// Output:
	// contains 0.00: the reply has "보험증" and has not "병원"
	// contains 1.00: the reply has "보험증" and has not "병원"
}

func ExampleNotContains() {
	g, err := graders.NotContains([]string{"죄송", "sorry"}, graders.TextOptions{IgnoreCase: true})
	show(g, err, dentist())
	// Output:
	// not_contains 1.00: the reply has not "죄송", "sorry"
}

func ExampleEquals() {
	g, err := graders.Equals([]string{"할 일이 아닙니다."}, graders.TextOptions{})
	show(g, err, graders.Sample{Reply: reply.Reply{Text: "할 일이 아닙니다.\n"}})
	// Output:
	// equals 1.00: the reply is "할 일이 아닙니다."
}

func ExampleRegex() {
	g, err := graders.Regex(`\d+시`)
	show(g, err, graders.Sample{Reply: reply.Reply{Text: "10시까지 가기"}})
	// Output:
	// regex 1.00: the pattern matches
}

func ExampleJSONSchema() {
	g, err := graders.JSONSchema(json.RawMessage(`{"required": ["subtodos", "thinking"]}`))
	show(g, err, dentist())
	// Output:
	// json_schema 0.00: /: missing property 'thinking'
}

func ExampleLength() {
	g, err := graders.Length(graders.Range{Max: new(5)}, graders.Characters)
	show(g, err, graders.Sample{Reply: reply.Reply{Text: "가족 👨‍👩‍👧"}})
	// Output:
	// length 1.00: 4 characters, expected at most 5
}

func ExampleLatency() {
	g, err := graders.Latency(2 * time.Second)
	show(g, err, graders.Sample{Call: graders.Call{LatencyMS: new(int64(2400))}})
	// Output:
	// latency 0.00: 2400 ms, expected at most 2s
}

func ExampleCost() {
	g, err := graders.Cost(0.002)
	show(g, err, graders.Sample{Call: graders.Call{Cost: new(0.00125)}})
	// Output:
	// cost 1.00: cost 0.00125, expected at most 0.002
}

func ExampleExpression() {
	g, err := graders.Expression("concise", "all(items, chars(#) <= 5)", []string{"answer"})
	show(g, err, dentist())
	// Output:
	// concise 0.00: all(items, chars(#) <= 5) is false
}

// This is the whole of a program that a suite names as a command.
func ExampleServe() {
	g := graders.Func("polite", 1, func(s graders.Sample) graders.Score {
		if s.Reply.Type != "question" {
			return graders.NotApplicable("only questions can be polite")
		}
		for _, item := range s.Reply.Items {
			if !strings.HasSuffix(item, "요?") {
				return graders.Scored(0, "not polite: "+item)
			}
		}
		return graders.Scored(1, "")
	})
	if err := graders.Serve(g); err != nil {
		log.Fatal(err)
	}
}

func ExampleFunc() {
	g := graders.Func("short", 1, func(s graders.Sample) graders.Score {
		return graders.Scored(min(1, 2/float64(len(s.Reply.Items))), fmt.Sprintf("%d items", len(s.Reply.Items)))
	})
	show(g, nil, dentist())
	// Output:
	// short 1.00: 2 items
}

func ExampleFail() {
	scores, err := graders.CaseType().Grade(context.Background(), dentist())
	if err != nil {
		fmt.Println(err)
		return
	}
	printScores(graders.Fail(scores, "the reply was cut off by the length limit"))
	// Output:
	// case_type 0.00: the reply was cut off by the length limit
}

func ExampleNew() {
	g, err := graders.New("subtodo_count", json.RawMessage(`{"answer": {"min": 3}}`), graders.Models{})
	show(g, err, dentist())
	_, err = graders.New("subtodo_count", json.RawMessage(`{"answer": {"min": 3, "maxx": 5}}`), graders.Models{})
	fmt.Println(err)
	// Output:
	// subtodo_count 0.00: 2 items, expected at least 3 for answer
	// answer.maxx: unknown key "maxx" (did you mean max?)
}

func ExampleChecks() {
	s := dentist()
	s.Expect.Checks = []string{`any(["예약", "병원"], text contains #)`, `text startsWith "Yes"`}
	g, err := graders.Checks([]string{`len(items) <= 3`})
	show(g, err, s)
	g, err = graders.Checks(nil)
	show(g, err, dentist())
	// Output:
	// checks 0.00: text startsWith "Yes" is false
	// checks not applicable: neither the suite nor the case names a check
}

// What a case demands in words stands in the question that its reply is judged by.
func ExampleRubric_meets() {
	g, err := graders.Rubric([]graders.Criterion{{ID: "demands", Question: "Does the reply do this: {{meets}}?"}}, echo{})
	s := dentist()
	show(g, err, s)
	s.Expect.Meets = []string{"names the time"}
	show(g, err, s)
	// Output:
	// rubric not applicable: no criterion applies to this case
	// rubric/demands not applicable: the case demands nothing in words
	// rubric 1.00
	// rubric/demands 1.00: Does the reply do this: names the time?
}

// echo is a judge that says yes and gives the question as its reason.
type echo struct{}

func (echo) Ask(_ context.Context, _ graders.Sample, questions []graders.Question) ([]graders.Verdict, error) {
	verdicts := make([]graders.Verdict, len(questions))
	for i, q := range questions {
		verdicts[i] = graders.Verdict{Option: "yes", Reason: q.Text}
	}
	return verdicts, nil
}
