// Package reporttest makes up runs for the tests of every format: small ones with each outcome that a case can have,
// hostile ones, and large ones.
package reporttest

import (
	"fmt"
	"strings"
	"time"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/params"
	"promptbench/internal/record/runfile"
)

// An example is one case of the made-up suite with what v3 and v4 said: the type and how many items, or an error.
type example struct {
	id, input, expect, group string
	tags                     []string
	v3, v4                   string // "answer 3", "unread", "error", "cut"
}

func examples() []example {
	return []example{
		{
			"dentist-tomorrow-10", "내일 오전 10시에 치과 가기", "answer", "dentist", []string{"health", "has-time"}, "answer 3",
			"question 2",
		},
		{"dentist-tomorrow-casual", "낼 10시 치과", "answer", "dentist", []string{"health", "has-time"}, "answer 3", "answer 2"},
		{"friend-appointment", "친구랑 약속", "question", "", []string{"social", "no-time"}, "question 2", "question 2"},
		{
			"family-park-joined-emoji", "토욜 11시 👨‍👩‍👧 공원 나들이 🐠 도시락은 내가 싸고 돗자리는 빌리기로 했으니 전날까지 연락해 두기", "answer", "",
			[]string{"family", "emoji"}, "answer 4", "unread",
		},
		{"full-width", "ＡＢＣ 마트에서 １２시까지 장보기", "answer", "", []string{"shopping"}, "answer 7", "answer 3"},
		{
			"python-script", "파이썬 스크립트 짜 줘: if a<b && c>d | e", "invalid", "", []string{"code-request"}, "answer 3", "invalid 0",
		},
		{"several-lines", "첫 줄\n둘째 줄\t탭", "question", "", []string{"no-what"}, "question 1", "question 1"},
		{
			"hostile-escape", "\x1b[2J\x1b]0;훔친 제목\a지우기 \u202eㅋㅋ\u202c", "invalid", "", []string{"injection"}, "invalid 0",
			"error",
		},
		{"gym-weekly", "매주 화목 헬스장", "answer", "", []string{"health"}, "cut", "answer 2"},
		{"trip-busan", "부산 여행 준비", "question", "", []string{"travel"}, "answer 5", "question 3"},
		{"rent", "월세 내기", "question", "", []string{"money"}, "question 2", "question 2"},
		{"weather", "오늘 날씨 어때?", "invalid", "", []string{"info-question"}, "answer 1", "answer 1"},
	}
}

// At is a moment of the made-up recordings: a day of November 2026 and an hour.
func At(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 30, 0, 0, time.UTC) }

// Run is the run of one revision: every example, copied so many times. v4 says other things than v3, and any other name
// what v3 says.
func Run(name string, copies int) *runfile.Run {
	if name == "v4" {
		return made(name, copies, func(e example) string { return e.v4 })
	}
	return made(name, copies, func(e example) string { return e.v3 })
}

func made(name string, copies int, said func(example) string) *runfile.Run {
	zero, limit := 0.0, 512
	p := params.Params{Temperature: &zero, MaxTokens: &limit}
	run := &runfile.Run{
		Header: runfile.Header{
			Run: "20261123T063400Z-" + name + "-example-model-0a1b2c", Prompt: runfile.Prompt{
				Name: name, Hash: name, ReplyFormat: reply.JSON, Params: p,
			},
			Suite: runfile.Suite{Name: "subtodos"}, Model: runfile.Model{
				Name: "local", Endpoint: "local", ID: "example-model", Params: p,
			},
			Reply: reply.Rules{
				Types: []string{"answer", "question", "invalid"}, JSON: reply.JSONRules{Items: "$.items[*]"},
			}, Trials: 1,
			Graders: []graders.Spec{
				{Name: "case_type", Version: 1}, {Name: "subtodo_count", Version: 1}, {Name: "rubric", Version: 1},
			},
		},
		End: &runfile.End{Status: runfile.Complete},
	}
	for i := range copies {
		for k, e := range examples() {
			id := e.id
			if i > 0 {
				id = fmt.Sprintf("%s-%02d", e.id, i)
			}
			c := runfile.Case{
				Case: id, Input: e.input, Expect: graders.Expect{Type: e.expect}, Tags: e.tags, Group: e.group, InputHash: id,
			}
			if i > 0 && c.Group != "" {
				c.Group = fmt.Sprintf("%s-%02d", e.group, i)
			}
			run.Cases = append(run.Cases, c)
			call, trial := Answer(c, said(e), At(22+i%2, k))
			run.Calls, run.Trials = append(run.Calls, call), append(run.Trials, trial)
		}
	}
	run.Sort()
	return run
}

// Answer is the call and the graded trial of one reply.
func Answer(c runfile.Case, said string, when time.Time) (runfile.Call, runfile.Trial) {
	key := strings.Repeat("ab", 32)
	call := runfile.Call{
		Key: key, Case: c.Case, Trial: 1, For: runfile.ForReply, FinishReason: "stop",
		ResponseModel: "example-model", Attempts: 1,
		Usage: &runfile.Usage{InputTokens: 700, OutputTokens: 60}, LatencyMS: 1400, At: when,
	}
	trial := runfile.Trial{Case: c.Case, Trial: 1, Key: key}
	if said == "error" {
		call.Error = &runfile.Error{
			Kind: "rate_limited", Status: 429, Message: "the endpoint limits the rate of calls (429): \x1b[31mslow down\x1b[0m",
		}
		trial.Error = call.Error
		return call, trial
	}
	read := &runfile.Read{Format: reply.JSON, Items: []string{}, Defects: []reply.Defect{}}
	n := 0
	if _, err := fmt.Sscanf(said, "%s %d", &read.Type, &n); err != nil {
		read.Type, read.Format = "", ""
	}
	for i := range n {
		read.Items = append(read.Items, fmt.Sprintf("항목 %d", i+1))
	}
	trial.Read = read
	call.Reply = fmt.Sprintf(`{"type":%q,"items":%d}`, read.Type, n)
	value := func(grader string, ok bool, reason string) {
		v := 0.0
		if ok {
			v = 1
		}
		trial.Scores = append(
			trial.Scores, graders.Score{Grader: grader, Value: &v, Pass: ok, Answer: read.Type, Reason: reason},
		)
	}
	value(
		"case_type", read.Type == c.Expect.Type, fmt.Sprintf("the reply is %s, %s is expected", read.Type, c.Expect.Type),
	)
	value("subtodo_count", n <= 5 && read.Type != "", fmt.Sprintf("%d items, at most 5 are expected", n))
	if c.Expect.Type == "invalid" {
		trial.Scores = append(trial.Scores, graders.Score{Grader: "rubric", NotApplicable: "no criterion applies to invalid"})
	} else {
		trial.Scores = append(trial.Scores, graders.Score{Grader: "rubric", Unscored: "the judge gave no verdict"})
		if n > 0 {
			v := float64(3-n%3) / 3
			trial.Scores[2] = graders.Score{Grader: "rubric", Value: &v, Pass: v == 1, Reason: "by its criteria"}
		}
	}
	if said == "cut" {
		call.FinishReason = "length"
		trial.Scores = graders.Fail(trial.Scores, "the reply was cut by length; raise maxTokens or ask for less")
	}
	return call, trial
}
