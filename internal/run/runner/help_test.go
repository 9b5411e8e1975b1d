package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/input/prompt"
	"promptbench/internal/input/suite"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
)

const suiteText = `suite: todos
vars: {today: 2026-11-23 (월)}
reply:
  types: [answer, question, invalid]
  json: {type: $.type, items: "$.items[*]"}
graders: [case_type, format]
cases:
  - {id: 치과, input: 내일 치과 가기, expect: {type: answer}, tags: [health]}
  - {id: 친구, input: 친구 약속 👨‍👩‍👧, expect: {type: question}, tags: [social]}
  - {id: 코드, input: 파이썬 짜 줘, expect: {type: invalid}, vars: {today: 내일}}
`

func load(t *testing.T, text string) *suite.Suite {
	t.Helper()
	path := filepath.Join(t.TempDir(), "todos.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	s, probs := suite.Load(path)
	require.NoError(t, probs.Err())
	return s
}

// A scripted model answers with what ask returns, and keeps what it was asked.
type scripted struct {
	ask func(ctx context.Context, number int, r model.Request) (string, error)

	mu    sync.Mutex
	asked []string // the user's message and the trial
}

func (m *scripted) Complete(ctx context.Context, r model.Request) (model.Response, error) {
	m.mu.Lock()
	m.asked = append(m.asked, fmt.Sprintf("%s #%d", r.Messages[len(r.Messages)-1].Content, r.Trial))
	number := len(m.asked)
	m.mu.Unlock()
	text, err := m.ask(ctx, number, r)
	if err != nil {
		return model.Response{}, err
	}
	finish := "stop"
	if before, after, ok := strings.Cut(text, "\x00"); ok {
		text, finish = before, after
	}
	return model.Response{
		Reply: text, FinishReason: finish, ResponseModel: "example-model", Usage: &model.Usage{
			InputTokens: 7, OutputTokens: 3,
		},
		Latency: 5 * time.Millisecond, Attempts: 1, At: time.Date(2026, 11, 23, 6, 34, 0, 123456789, time.UTC),
	}, nil
}

func (m *scripted) order() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.asked...)
}

// always answers every request with a question.
func always(context.Context, int, model.Request) (string, error) {
	return `{"type":"question","items":["언제?"]}`, nil
}

// A memory is a recorder that keeps what it is given, and fails where told.
type memory struct {
	fail error

	mu     sync.Mutex
	cases  []runfile.Case
	calls  []runfile.Call
	trials []runfile.Trial
	synced int // trials that a Sync came after
	end    *runfile.End
}

func (m *memory) Case(c runfile.Case) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cases = append(m.cases, c)
	return nil
}

func (m *memory) Call(c runfile.Call) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.calls = append(m.calls, c)
	return nil
}

func (m *memory) Trial(t runfile.Trial) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trials = append(m.trials, t)
	return nil
}

func (m *memory) Sync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.synced = len(m.trials)
	return nil
}

func (m *memory) Close(e runfile.End) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.end != nil {
		return errors.New("closed twice")
	}
	m.end = &e
	return nil
}

// recorded answers from a map of keys.
type recorded map[string]runfile.Call

func (r recorded) Lookup(key, _ string) (runfile.Call, bool, error) {
	c, ok := r[key]
	return c, ok, nil
}

func revision(name string) *prompt.Prompt {
	return &prompt.Prompt{Name: name, ReplyFormat: reply.JSON, Messages: []prompt.Message{
		{Role: "system", Content: "오늘은 {{today}}."}, {Role: "user", Content: name + ": {{input}}"},
	}}
}

// job is a job of one worker over the suite, with a recorder per revision.
func job(t *testing.T, s *suite.Suite, m model.Model, names ...string) (runner.Job, []*memory) {
	t.Helper()
	reader, err := reply.NewReader(s.Rules)
	require.NoError(t, err)
	built, err := s.Build(graders.Models{}, nil)
	require.NoError(t, err)
	j := runner.Job{Suite: s, Trials: 1, Workers: 1, Grading: runner.Grading{Reader: reader, Graders: built}}
	var memories []*memory
	asker := &runner.Asker{Target: model.Target{API: api.Chat{}, Endpoint: model.Local, ID: "example-model"}, Model: m}
	for _, name := range names {
		memories = append(memories, &memory{})
		j.Revisions = append(j.Revisions,
			runner.Revision{Prompt: revision(name), Asker: asker, Run: memories[len(memories)-1]})
	}
	return j, memories
}

func run(t *testing.T, j runner.Job) []runfile.End {
	t.Helper()
	ends, err := runner.Run(t.Context(), j, nil)
	require.NoError(t, err)
	return ends
}

// values are the scores of a trial by grader, -1 where there is none.
func values(t runfile.Trial) map[string]float64 {
	out := map[string]float64{}
	for _, s := range t.Scores {
		out[s.Grader] = -1
		if s.Value != nil {
			out[s.Grader] = *s.Value
		}
	}
	return out
}

// broken is a grader that fails, or never ends.
type broken struct{ wait bool }

func (g broken) Spec() graders.Spec { return graders.Spec{Name: "broken", Version: 1} }

func (g broken) Grade(ctx context.Context, _ graders.Sample) ([]graders.Score, error) {
	if !g.wait {
		return nil, errors.New("out of order")
	}
	<-ctx.Done()
	return nil, ctx.Err()
}
