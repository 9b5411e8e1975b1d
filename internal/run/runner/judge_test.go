package runner_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/model/engine"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/judge"
	"promptbench/internal/run/runner"
	"promptbench/internal/testing/fakeopenai"
)

// judgeAt is a judge whose answers come from a server.
func judgeAt(t *testing.T, s *fakeopenai.Server, timeout time.Duration) *runner.Judge {
	t.Helper()
	t.Cleanup(s.Close)
	client, err := engine.NewClient(model.Target{
		API: api.Chat{}, Name: "j", BaseURL: s.URL(), ID: "judge-1", Timeout: timeout,
	})
	require.NoError(t, err)
	return judgeOf(t, client)
}

func judgeOf(t *testing.T, m model.Model) *runner.Judge {
	t.Helper()
	p, probs := judge.Load(t.Context(), "", nil)
	require.Empty(t, probs)
	return &runner.Judge{
		Prompt: p,
		Default: &runner.JudgeModel{
			Asker:  &runner.Asker{Target: model.Target{API: api.Chat{}, Endpoint: model.Local, ID: "judge-1"}, Model: m},
			Params: p.Params,
		},
	}
}

func rubricBy(t *testing.T, j graders.Judge, criteria ...graders.Criterion) runner.Grading {
	t.Helper()
	reader, err := reply.NewReader(reply.Rules{})
	require.NoError(t, err)
	g, err := graders.Rubric(criteria, j)
	require.NoError(t, err)
	return runner.Grading{Reader: reader, Graders: []graders.Grader{g}}
}

// ledger keeps the judge's calls.
type ledger struct {
	mu    sync.Mutex
	calls []runfile.Call
}

func (l *ledger) take() runner.JudgeCalls {
	return runner.JudgeCalls{Run: "this-run", Record: func(c runfile.Call) error {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.calls = append(l.calls, c)
		return nil
	}}
}

func replied(text string) runfile.Call {
	return runfile.Call{Case: "치과", Trial: 1, For: runfile.ForReply, Reply: text, FinishReason: "stop"}
}

// gradeReply grades a reply by one question on a scale, and returns its score.
func gradeReply(t *testing.T, g runner.Grading, l *ledger, text string) graders.Score {
	t.Helper()
	trial, err := g.Trial(t.Context(), runfile.Case{Case: "치과", Input: "내일 치과 가기"}, []runfile.Call{replied(text)}, reply.Text, l.take())
	require.NoError(t, err)
	require.Len(t, trial.Scores, 2)
	return trial.Scores[1]
}

// Whatever a judge does, a score is the one it decided on or none: never a pass
// or a fail by accident.
func TestAJudgeFailsClosed(t *testing.T) {
	t.Parallel()
	text := fakeopenai.Text
	for name, tt := range map[string]struct {
		replies  []fakeopenai.Reply
		value    float64 // −1: unscored
		unscored string
		calls    int
	}{
		"a verdict":     {[]fakeopenai.Reply{text(`{"reason":"차례대로다","verdict":"10"}`)}, 1, "", 1},
		"the other one": {[]fakeopenai.Reply{text(`{"reason":"뒤죽박죽","verdict":"1"}`)}, 0, "", 1},
		"in a code fence": {
			[]fakeopenai.Reply{text("```json\n{\"reason\":\"차례대로다\",\"verdict\":\"10\"}\n```")}, 1, "", 1,
		},
		"prose":                 {[]fakeopenai.Reply{text("The steps are in order: 10 of 10.")}, -1, "no JSON object", 2},
		"prose, then a verdict": {[]fakeopenai.Reply{text("10"), text(`{"reason":"a","verdict":"10"}`)}, 1, "", 2},
		"half a verdict":        {[]fakeopenai.Reply{text(`{"reason":"차례대로다","verdict":"1`)}, -1, "no JSON object", 2},
		"cut by length": {
			[]fakeopenai.Reply{{Text: `{"reason":"차례대로다","verdict":"10"}`, FinishReason: "length"}}, -1, "cut by length", 2,
		},
		"two verdicts": {
			[]fakeopenai.Reply{text(`{"reason":"a","verdict":"10","verdict":"1"}`)}, -1, "twice", 2,
		},
		"two objects": {
			[]fakeopenai.Reply{text(`{"reason":"a","verdict":"10"} {"reason":"b","verdict":"1"}`)}, -1, "no JSON object", 2,
		},
		"an unknown word": {
			[]fakeopenai.Reply{text(`{"reason":"a","verdict":"good"}`)}, -1, `"good" is none of 1, 5, 10`, 2,
		},
		"1 is not 10":            {[]fakeopenai.Reply{text(`{"reason":"a","verdict":"1 of 10"}`)}, -1, "none of", 2},
		"an empty reply":         {[]fakeopenai.Reply{{OutputTokens: 1}}, -1, "", 2},
		"a refusal in its field": {[]fakeopenai.Reply{{Refusal: "I can't help with that."}}, -1, "refused to answer", 2},
		"a verdict as a refusal": {
			[]fakeopenai.Reply{{Refusal: `{"reason":"a","verdict":"10"}`}}, -1, "refused to answer", 2,
		},
		"refused, then a verdict": {
			[]fakeopenai.Reply{{Refusal: `{"reason":"a","verdict":"10"}`}, text(`{"reason":"b","verdict":"1"}`)}, 0, "", 2,
		},
		"a content filter": {
			[]fakeopenai.Reply{{Text: `{"reason":"a","verdict":"10"}`, FinishReason: "content_filter"}}, -1, "content filter",
			2,
		},
		"a timeout": {[]fakeopenai.Reply{fakeopenai.Hang()}, -1, "gave no reply within", 1},
		"no server": {[]fakeopenai.Reply{fakeopenai.Drop()}, -1, "the judge gave no answer", 1},
		"500": {
			[]fakeopenai.Reply{fakeopenai.Error(http.StatusInternalServerError, "", "10")}, -1, "the judge gave no answer", 1,
		},
		"garbage":          {[]fakeopenai.Reply{fakeopenai.Garbage()}, -1, "the judge gave no answer", 1},
		"over the context": {[]fakeopenai.Reply{fakeopenai.ContextLength()}, -1, "over the context", 1},
		"no verdict, then no reply": {
			[]fakeopenai.Reply{text("10"), fakeopenai.Error(http.StatusInternalServerError, "", "x")}, -1,
			"the judge gave no answer", 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var handlers []fakeopenai.Handler
			for _, r := range tt.replies {
				handlers = append(handlers, func(fakeopenai.Request) fakeopenai.Reply { return r })
			}
			timeout := time.Minute
			if tt.replies[0].Hang {
				timeout = 20 * time.Millisecond
			}
			l := &ledger{}
			g := rubricBy(t, judgeAt(t, fakeopenai.New(handlers...), timeout), graders.Criterion{
				ID: "order", Question: "차례대로인가?", Options: []string{"1", "5", "10"}, Pass: []string{"10"},
			})
			got := gradeReply(t, g, l, "1. 예약하기")
			require.Len(t, l.calls, tt.calls)
			for _, c := range l.calls {
				require.Equal(t, [4]any{runfile.ForJudge, "치과", "order", 1}, [4]any{c.For, c.Case, c.Criterion, c.Vote})
			}
			if tt.value < 0 {
				require.Nil(t, got.Value)
				require.False(t, got.Pass)
				require.Contains(t, got.Unscored, tt.unscored)
				down := []string{"a timeout", "no server", "500", "garbage", "no verdict, then no reply"}
				require.Equal(t, slices.Contains(down, name), got.Broken, "a judge that decides nothing is not broken")
				return
			}
			require.NotNil(t, got.Value)
			require.InDelta(t, tt.value, *got.Value, 0)
		})
	}
}

// A judge is asked without what its endpoint refuses, in whichever way, and from then on.
func TestJudgeWithoutWhatIsRefused(t *testing.T) {
	t.Parallel()
	const verdict = `{"reason":"a","verdict":"yes"}`
	tests := map[string]struct {
		field string
		no    fakeopenai.Reply
	}{
		"the format, by code": {"response_format", fakeopenai.Error(400, "unsupported_parameter", "'response_format' is not supported")},
		"the format, as 404": {
			"response_format",
			fakeopenai.Raw(404, `{"error":{"message":"No endpoints found that can handle the requested parameters.","code":404}}`),
		},
		"the format, as 501":   {"response_format", fakeopenai.Error(501, "", "response_format is not implemented")},
		"the format, silently": {"response_format", fakeopenai.Error(400, "", "bad request")},
		"the temperature": {
			"temperature", fakeopenai.Error(400, "unsupported_value", "'temperature' does not support 0 with this model"),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := fakeopenai.New(func(r fakeopenai.Request) fakeopenai.Reply {
				if _, has := r.Fields[test.field]; has {
					return test.no
				}
				return fakeopenai.Text(verdict)
			})
			t.Cleanup(s.Close)
			e := engine.New(t.Context(), engine.Options{})
			t.Cleanup(e.Close)
			m, err := e.Model(model.Target{API: api.Chat{}, Name: "j", BaseURL: s.URL(), ID: "judge-1"})
			require.NoError(t, err)
			g := rubricBy(t, judgeOf(t, m), graders.Criterion{ID: "concrete", Question: "구체적인가?"})
			for _, text := range []string{"가", "나"} {
				require.NotNil(t, gradeReply(t, g, &ledger{}, text).Value)
			}
			require.Len(t, s.Requests(), 3)
		})
	}
}

// An injected reply stays in its block on the wire, whatever it says.
func TestInjectionsOnTheWire(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../judge/testdata/injections.json")
	require.NoError(t, err)
	var texts []string
	require.NoError(t, json.Unmarshal(data, &texts))
	require.Len(t, texts, 20)
	s := fakeopenai.New(func(fakeopenai.Request) fakeopenai.Reply {
		return fakeopenai.Text(`{"reason":"구체적이지 않다","verdict":"no"}`)
	})
	g := rubricBy(t, judgeAt(t, s, time.Minute), graders.Criterion{ID: "concrete", Question: "구체적인가?"})
	for _, text := range append([]string{"예약하기"}, texts...) {
		got := gradeReply(t, g, &ledger{}, text)
		require.NotNil(t, got.Value, "%q", text)
		require.Zero(t, *got.Value, "%q", text)
	}
	requests := s.Requests()
	require.Len(t, requests, 21)
	harmless := outside(t, requests[0])
	for i, r := range requests[1:] {
		require.Equal(t, harmless, outside(t, r), "%q left its block", texts[i])
	}
}

// outside is the body of a request without the reply's block, whose every line
// must be marked and free of anything that could end it.
func outside(t *testing.T, r fakeopenai.Request) string {
	t.Helper()
	require.NotEmpty(t, r.Messages)
	input := r.Input()
	before, rest, ok := strings.Cut(input, "\n<reply>\n")
	require.True(t, ok)
	at := strings.LastIndex(rest, "\n</reply>\n")
	require.Positive(t, at)
	for line := range strings.SplitSeq(rest[:at], "\n") {
		require.True(t, strings.HasPrefix(line, "| "), "%q", line)
		require.NotRegexp(t, `[<>\r\x{2028}\x{2029}]|\[/?INST\]`, line)
	}
	var body map[string]any
	require.NoError(t, json.Unmarshal(r.Body, &body))
	messages, ok := body["messages"].([]any)
	require.True(t, ok)
	body["messages"] = append(messages[:len(messages)-1:len(messages)-1], before+"…"+rest[at:])
	out, err := json.Marshal(body)
	require.NoError(t, err)
	return string(out)
}

// The same question about the same text is asked once in a job: two revisions
// that say the same get the same verdict.
func TestOneAnswerForOneText(t *testing.T) {
	t.Parallel()
	m := &scripted{ask: func(context.Context, int, model.Request) (string, error) {
		return `{"reason":"a","verdict":"yes"}`, nil
	}}
	g := rubricBy(t, judgeOf(t, m), graders.Criterion{ID: "concrete", Question: "구체적인가?", Votes: 3})
	l := &ledger{}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			_, err := g.Trial(t.Context(), runfile.Case{Case: "치과", Input: "내일 치과 가기"}, []runfile.Call{replied("예약하기")}, reply.Text, l.take())
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	require.Len(t, m.order(), 3, "a call for each vote")
	require.Len(t, l.calls, 24)
	made := 0
	for _, c := range l.calls {
		if c.ReplayedFrom == "" {
			made++
			continue
		}
		require.Equal(t, "this-run", c.ReplayedFrom)
	}
	require.Equal(t, 3, made)

	gradeReply(t, g, l, "다른 답")
	require.Len(t, m.order(), 6)
}

// A call that failed answers nobody else.
func TestAFailedAnswerIsNotShared(t *testing.T) {
	t.Parallel()
	m := &scripted{ask: func(_ context.Context, n int, _ model.Request) (string, error) {
		if n == 1 {
			return "", &model.Error{Kind: model.KindServer, Status: 500}
		}
		return `{"reason":"a","verdict":"yes"}`, nil
	}}
	g := rubricBy(t, judgeOf(t, m), graders.Criterion{ID: "concrete", Question: "구체적인가?"})
	require.NotEmpty(t, gradeReply(t, g, &ledger{}, "가").Unscored)
	require.NotNil(t, gradeReply(t, g, &ledger{}, "가").Value)
}

// About a reply that failed as a whole no judge is asked: it scores 0.
func TestNoJudgeForAReplyThatFailed(t *testing.T) {
	t.Parallel()
	m := &scripted{ask: always}
	g := rubricBy(t, judgeOf(t, m), graders.Criterion{ID: "concrete", Question: "구체적인가?"})
	cut := replied("1. 예약하")
	cut.FinishReason = "length"
	trial, err := g.Trial(t.Context(), runfile.Case{Case: "치과"}, []runfile.Call{cut}, reply.Text, (&ledger{}).take())
	require.NoError(t, err)
	for _, s := range trial.Scores {
		require.NotNil(t, s.Value)
		require.Zero(t, *s.Value)
		require.Contains(t, s.Reason, "cut by length")
	}
	require.Empty(t, m.order())
}

// Once the judge can't be asked any more, no new reply is asked for either, no
// trial is half graded, and the run says why.
func TestAJudgeThatCannotBeAskedEndsTheRun(t *testing.T) {
	t.Parallel()
	s := load(t, suiteText)
	m := &scripted{ask: always}
	j, memories := job(t, s, m, "v3")
	broken := judgeOf(t, &scripted{ask: func(context.Context, int, model.Request) (string, error) {
		return "", &model.Error{Kind: model.KindAuth, Status: 401, BaseURL: "http://example.test/v1"}
	}})
	g, err := graders.Rubric([]graders.Criterion{{ID: "concrete", Question: "?"}}, broken)
	require.NoError(t, err)
	j.Judge, j.Grading.Graders = broken, append(j.Grading.Graders, g)
	ends := run(t, j)
	require.Equal(t, runfile.Incomplete, ends[0].Status)
	require.Contains(t, ends[0].Reason, "the judge: http://example.test/v1")
	require.Len(t, m.order(), 1)
	require.Empty(t, memories[0].trials)
	require.Len(t, memories[0].calls, 2, "the reply is kept, and what the judge's endpoint said")
	require.Equal(t, 2, ends[0].Calls)
}

// What a judge was paid for is made safe as well, also where the reply it judges
// was replayed; where nothing was paid for, nobody waits for the disk.
func TestTheJudgesCallsAreMadeSafe(t *testing.T) {
	t.Parallel()
	s := load(t, suiteText)
	asked := &scripted{ask: always}
	j, memories := job(t, s, asked, "v3")
	run(t, j)
	require.Equal(t, 3, memories[0].synced)
	replay := recorded{}
	for _, c := range memories[0].calls {
		c.ReplayedFrom = "an-earlier-run"
		replay[c.Key] = c
	}

	j, memories = job(t, s, asked, "v3")
	j.Revisions[0].Asker.Recorded = replay
	run(t, j)
	require.Len(t, memories[0].trials, 3)
	require.Zero(t, memories[0].synced)

	verdict := &scripted{ask: func(context.Context, int, model.Request) (string, error) {
		return `{"reason":"차례대로다","verdict":"yes"}`, nil
	}}
	by := judgeOf(t, verdict)
	j, memories = job(t, s, asked, "v3")
	j.Revisions[0].Asker.Recorded, j.Judge = replay, by
	j.Grading.Graders = rubricBy(t, by, graders.Criterion{ID: "order", Question: "차례가 맞나요?"}).Graders
	run(t, j)
	require.Len(t, memories[0].trials, 3)
	require.NotEmpty(t, verdict.order())
	require.Equal(t, 3, memories[0].synced)
	require.Len(t, asked.order(), 3)
}
