package runner_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"promptbench/internal/input/suite"
	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/record/runfile"
	"promptbench/internal/run/runner"
)

// A drift of the endpoint must hit all revisions alike, so they take turns.
func TestRevisionsAreInterleaved(t *testing.T) {
	t.Parallel()
	m := &scripted{ask: always}
	j, memories := job(t, load(t, suiteText), m, "v2", "v3")
	j.Trials = 2
	ends := run(t, j)
	var want []string
	for _, input := range []string{"내일 치과 가기", "친구 약속 👨‍👩‍👧", "파이썬 짜 줘"} {
		for trial := 1; trial <= 2; trial++ {
			for _, name := range []string{"v2", "v3"} {
				want = append(want, fmt.Sprintf("%s: %s #%d", name, input, trial))
			}
		}
	}
	require.Equal(t, want, m.order())
	for i, mem := range memories {
		require.Len(t, mem.cases, 3)
		require.Len(t, mem.calls, 6)
		require.Len(t, mem.trials, 6)
		require.Equal(t, runfile.Complete, ends[i].Status)
		require.Equal(t, ends[i], *mem.end)
		require.Equal(t, []int{6, 6, 0, 0, 0},
			[]int{ends[i].Trials, ends[i].Calls, ends[i].Replayed, ends[i].Errors, ends[i].Unscored})
	}

	c := memories[1].calls[0]
	require.Equal(t, "치과", c.Case)
	require.Equal(t, runfile.ForReply, c.For)
	require.Equal(t, int64(5), c.LatencyMS)
	require.Equal(t, 123_000_000, c.At.Nanosecond(), "milliseconds are enough")
	require.Equal(t, &runfile.Usage{InputTokens: 7, OutputTokens: 3}, c.Usage)
	require.NotEqual(t, c.Key, memories[1].calls[1].Key, "the trial's number is in the key")
	require.NotEqual(t, c.Key, memories[0].calls[0].Key)
	tr := memories[1].trials[0]
	require.Equal(t, c.Key, tr.Key)
	require.Equal(t, &runfile.Read{Format: "json", Type: "question", Items: []string{"언제?"}, Defects: tr.Read.Defects},
		tr.Read)
	require.NotNil(t, tr.Read.Defects, "an empty list, never null")
	require.Equal(t, map[string]float64{"case_type": 0, "format": 1}, values(tr))
	require.Equal(t, map[string]string{"today": "내일"}, memories[0].cases[2].Vars, "the case's vars over the suite's")
}

func TestManyWorkers(t *testing.T) {
	t.Parallel()
	m := &scripted{ask: always}
	j, memories := job(t, load(t, suiteText), m, "v2", "v3")
	j.Trials, j.Workers = 20, 16
	var mu sync.Mutex
	events := map[int]int{}
	j.Progress = func(e runner.Event) {
		mu.Lock()
		defer mu.Unlock()
		events[e.Revision]++
	}
	ends := run(t, j)
	require.Equal(t, map[int]int{0: 60, 1: 60}, events)
	for i := range memories {
		require.Equal(t, 60, ends[i].Trials)
		seen := map[string]bool{}
		for _, tr := range memories[i].trials {
			seen[fmt.Sprint(tr.Case, tr.Trial)] = true
		}
		require.Len(t, seen, 60)
	}
}

func TestSelection(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cases, tags []string
		want        int
	}{
		{nil, nil, 3},
		{[]string{"코드", "치과"}, nil, 2},
		{nil, []string{"health", "social"}, 2},
		{[]string{"코드"}, []string{"health"}, 0},
	} {
		m := &scripted{ask: always}
		j, memories := job(t, load(t, suiteText), m, "v3")
		j.Select = suite.Selection{Cases: tt.cases, Tags: tt.tags}
		run(t, j)
		require.Len(t, memories[0].cases, tt.want)
		require.Len(t, m.order(), tt.want)
	}
}

func TestRank(t *testing.T) {
	t.Parallel()
	m := &scripted{ask: always}
	j, _ := job(t, load(t, suiteText), m, "v3")
	j.Workers = 1
	j.Rank = map[string]int{"코드": 2, "친구": 1, "치과": 0, "안 뽑힘": 3}
	run(t, j)
	require.Equal(t, []string{"v3: 파이썬 짜 줘 #1", "v3: 친구 약속 👨‍👩‍👧 #1", "v3: 내일 치과 가기 #1"}, m.order())
}

// Closing stop finishes what is under way and begins nothing more.
func TestStop(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	m := &scripted{ask: func(ctx context.Context, n int, r model.Request) (string, error) {
		if n == 2 {
			close(stop)
		}
		return always(ctx, n, r)
	}}
	j, memories := job(t, load(t, suiteText), m, "v3")
	j.Trials = 10
	ends, err := runner.Run(t.Context(), j, stop)
	require.NoError(t, err)
	require.Equal(t, runfile.Interrupted, ends[0].Status)
	require.Equal(t, "interrupted", ends[0].Reason)
	require.GreaterOrEqual(t, ends[0].Trials, 2)
	require.LessOrEqual(t, ends[0].Trials, 3, "one may have been sent already")
	require.Len(t, memories[0].trials, ends[0].Trials)
}

// Of several revisions those that are ahead at a stop are interrupted, too.
func TestStopBetweenRevisions(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	m := &scripted{ask: func(ctx context.Context, n int, r model.Request) (string, error) {
		if n == 1 {
			close(stop)
		}
		return always(ctx, n, r)
	}}
	j, _ := job(t, load(t, suiteText), m, "v3", "v4")
	j.Workers = 1
	ends, err := runner.Run(t.Context(), j, stop)
	require.NoError(t, err)
	require.Equal(t, 1, ends[0].Trials)
	for _, end := range ends {
		require.Equal(t, runfile.Interrupted, end.Status)
	}
}

// A run that is told to stop is interrupted, not broken, also where calls were
// waiting: those that failed so far have their lines, those never sent have none.
func TestStopDrains(t *testing.T) {
	t.Parallel()
	stop, drained := make(chan struct{}), make(chan struct{})
	m := &scripted{ask: func(_ context.Context, n int, _ model.Request) (string, error) {
		if n == 1 {
			close(stop)
		}
		<-drained
		operator := &model.Error{Kind: model.KindCancelled, Message: "interrupted"}
		if n == 1 {
			return "", operator
		}
		return "", &model.Error{Kind: model.KindServer, Status: 500, Attempts: 2, Stop: operator}
	}}
	j, memories := job(t, load(t, suiteText), m, "v3")
	j.Workers, j.Trials = 3, 10
	j.Drain = func() { close(drained) }
	ends, err := runner.Run(t.Context(), j, stop)
	require.NoError(t, err)
	require.Equal(t, runfile.Interrupted, ends[0].Status)
	require.Equal(t, "interrupted", ends[0].Reason)
	require.Equal(t, len(m.order())-1, ends[0].Calls)
	require.Len(t, memories[0].trials, len(m.order())-1)
}

func TestStopBeforeTheStart(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	close(stop)
	m := &scripted{ask: always}
	j, memories := job(t, load(t, suiteText), m, "v3")
	ends, err := runner.Run(t.Context(), j, stop)
	require.NoError(t, err)
	require.Equal(t, runfile.Interrupted, ends[0].Status)
	require.Empty(t, m.order())
	require.NotNil(t, memories[0].end)
}

// Cancelling drops the calls under way, even after the last was sent, and keeps
// those that are finished.
func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	m := &scripted{ask: func(ctx context.Context, n int, r model.Request) (string, error) {
		if n < 3 {
			return always(ctx, n, r)
		}
		cancel()
		<-ctx.Done()
		return "", &model.Error{Kind: model.KindCancelled}
	}}
	j, memories := job(t, load(t, suiteText), m, "v3")
	ends, err := runner.Run(ctx, j, nil)
	require.NoError(t, err)
	require.Equal(t, runfile.Interrupted, ends[0].Status)
	require.Equal(t, 2, ends[0].Trials)
	require.Len(t, memories[0].calls, 2)
	require.Zero(t, ends[0].Errors, "what was given up is no error of the endpoint")
}

// A reply that has arrived is paid for: it is kept even if the job was given up
// meanwhile, and answers the next run.
func TestFinishedCallsAreKept(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	m := &scripted{ask: func(ctx context.Context, n int, r model.Request) (string, error) {
		cancel()
		return always(ctx, n, r)
	}}
	j, memories := job(t, load(t, suiteText), m, "v3")
	j.Grading.Graders = append(j.Grading.Graders, broken{wait: true})
	ends, err := runner.Run(ctx, j, nil)
	require.NoError(t, err)
	require.NotEmpty(t, memories[0].calls)
	require.Empty(t, memories[0].trials)
	require.Equal(t, len(memories[0].calls), ends[0].Calls)
	require.Equal(t, runfile.Interrupted, ends[0].Status)
}

// After an error that no other call can escape, nothing more is asked, but
// replies that are recorded are still graded.
func TestFatalErrorStopsCallsNotReplays(t *testing.T) {
	t.Parallel()
	s := load(t, suiteText)
	first := &scripted{ask: always}
	j, memories := job(t, s, first, "v3")
	run(t, j)
	replay := recorded{}
	last := memories[0].calls[2]
	last.ReplayedFrom = "an-earlier-run"
	replay[last.Key] = last

	m := &scripted{ask: func(context.Context, int, model.Request) (string, error) {
		return "", &model.Error{Kind: model.KindAuth, Status: 401, BaseURL: "http://example.test/v1"}
	}}
	j, memories = job(t, s, m, "v3")
	j.Trials = 2
	j.Revisions[0].Asker.Recorded = replay
	ends := run(t, j)
	require.Len(t, m.order(), 1)
	require.Len(t, memories[0].trials, 2)
	require.Equal(t, "auth", memories[0].trials[0].Error.Kind)
	require.Equal(t, 401, memories[0].calls[0].Error.Status)
	require.False(t, memories[0].calls[0].At.IsZero())
	require.Nil(t, memories[0].trials[1].Error)
	require.Equal(t, "an-earlier-run", memories[0].calls[1].ReplayedFrom)
	require.Equal(t, runfile.Incomplete, ends[0].Status)
	require.Contains(t, ends[0].Reason, "401")
	require.Equal(t, []int{2, 1, 1, 1}, []int{ends[0].Trials, ends[0].Calls, ends[0].Replayed, ends[0].Errors})
	require.Equal(t, "auth", j.Revisions[0].Asker.Fatal().Kind)
}

// A call that is under way when everything is stopped was made, and its line says
// how it failed. The end line says why the run was stopped, and at a deadline how
// calls were failing then.
func TestStoppedCallsWereMade(t *testing.T) {
	t.Parallel()
	failing := func(stop *model.Error) *model.Error {
		return &model.Error{Kind: model.KindServer, Status: 500, Message: "고장", Attempts: 3, Stop: stop}
	}
	for _, tt := range []struct {
		stop *model.Error
		want string
	}{
		{
			&model.Error{Kind: model.KindBudget, Message: "stopped at --deadline 5s"},
			"stopped at --deadline 5s; a call was failing then: the endpoint failed (500): 고장 (after 3 attempts)",
		},
		{
			&model.Error{Kind: model.KindStopped, Message: "stopped, since 20 attempts in a row failed"},
			"stopped, since 20 attempts in a row failed",
		},
	} {
		m := &scripted{ask: func(_ context.Context, n int, _ model.Request) (string, error) {
			if n == 1 {
				return "", tt.stop // one that was not sent finds out first
			}
			return "", failing(tt.stop)
		}}
		var sent sync.WaitGroup
		sent.Add(3)
		all := &scripted{ask: func(ctx context.Context, n int, r model.Request) (string, error) {
			sent.Done()
			sent.Wait() // they are under way together
			return m.ask(ctx, n, r)
		}}
		j, memories := job(t, load(t, suiteText), all, "v3")
		j.Workers = 3
		ends := run(t, j)
		require.Equal(t, runfile.Incomplete, ends[0].Status)
		require.Equal(t, tt.want, ends[0].Reason)
		require.Equal(t, []int{2, 2, 2}, []int{ends[0].Trials, ends[0].Calls, ends[0].Errors})
		require.Equal(t, 3, memories[0].calls[0].Attempts)
		require.Equal(t, "server", memories[0].trials[1].Error.Kind)
	}
}

// One trial's error is its own: the others go on, and the run is complete.
func TestErrorOfOneTrial(t *testing.T) {
	t.Parallel()
	m := &scripted{ask: func(ctx context.Context, n int, r model.Request) (string, error) {
		if n == 2 {
			return "", &model.Error{Kind: model.KindServer, Status: 500, Attempts: 4}
		}
		if n == 3 {
			return "", errors.New("something else")
		}
		return always(ctx, n, r)
	}}
	j, memories := job(t, load(t, suiteText), m, "v3")
	ends := run(t, j)
	require.Equal(t, runfile.Complete, ends[0].Status)
	require.Equal(t, []int{3, 3, 2}, []int{ends[0].Trials, ends[0].Calls, ends[0].Errors})
	require.Equal(t, 4, memories[0].calls[1].Attempts)
	require.Equal(t, "unknown", memories[0].trials[2].Error.Kind)
	require.Empty(t, memories[0].trials[1].Scores, "no score, never a 0")
	require.Nil(t, memories[0].trials[1].Read)
}

func TestARecorderThatFailsStopsTheJob(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left on device")
	m := &scripted{ask: always}
	j, memories := job(t, load(t, suiteText), m, "v2", "v3")
	j.Trials = 50
	memories[1].fail = full
	ends, err := runner.Run(t.Context(), j, nil)
	require.ErrorIs(t, err, full)
	require.Less(t, len(m.order()), 10)
	for i := range memories {
		require.Equal(t, runfile.Incomplete, ends[i].Status)
		require.Contains(t, ends[i].Reason, "no space left")
		require.NotNil(t, memories[i].end, "every run file is closed")
	}
}

func TestAGraderThatIsBrokenStopsTheJob(t *testing.T) {
	t.Parallel()
	j, memories := job(t, load(t, suiteText), &scripted{ask: always}, "v3")
	j.Grading.Graders = append(j.Grading.Graders, broken{})
	_, err := runner.Run(t.Context(), j, nil)
	require.ErrorContains(t, err, "grading case 치과 with broken: out of order")
	require.Len(t, memories[0].calls, 1, "the reply is kept")
	require.Equal(t, runfile.Incomplete, memories[0].end.Status)
}

// What is the prompt's doing scores 0 and says why; it is no error.
func TestThePromptsDoingScoresZero(t *testing.T) {
	t.Parallel()
	whole := `{"type":"answer","items":["예약"]}`
	for _, tt := range []struct {
		name, reply string
		err         error
		want        string
	}{
		{"cut by length", whole + "\x00length", nil, "the reply was cut by length"},
		{"refused by a filter", whole + "\x00content_filter", nil, "refused by the provider's content filter"},
		{"over the context", "", &model.Error{Kind: model.KindContextLength, Status: 400}, "over the model's context"},
		{
			"the prompt refused by a filter", "", &model.Error{Kind: model.KindContentFilter, Status: 400},
			"the prompt was refused",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := &scripted{ask: func(context.Context, int, model.Request) (string, error) { return tt.reply, tt.err }}
			j, memories := job(t, load(t, suiteText), m, "v3")
			ends := run(t, j)
			require.Zero(t, ends[0].Errors)
			require.Equal(t, runfile.Complete, ends[0].Status)
			for _, tr := range memories[0].trials {
				require.Nil(t, tr.Error)
				require.Len(t, tr.Scores, 2)
				for _, s := range tr.Scores {
					require.NotNil(t, s.Value)
					require.Zero(t, *s.Value)
					require.False(t, s.Pass)
					require.Contains(t, s.Reason, tt.want)
				}
			}
		})
	}
}

func TestOffline(t *testing.T) {
	t.Parallel()
	j, memories := job(t, load(t, suiteText), nil, "v3")
	j.Revisions[0].Asker = &runner.Asker{
		Target:  model.Target{API: api.Chat{}, Endpoint: model.Local, ID: "example-model"},
		Offline: "no recording answers this",
	}
	ends := run(t, j)
	require.Equal(t, []int{3, 0, 0, 3}, []int{ends[0].Trials, ends[0].Calls, ends[0].Replayed, ends[0].Errors})
	require.Equal(t, &runfile.Error{Kind: runfile.KindNotRecorded, Message: "no recording answers this"},
		memories[0].trials[0].Error)
}

// The whole loop through files: the second run asks nothing.
func TestReplayThroughFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := load(t, suiteText)
	m := &scripted{ask: always}
	var ends []runfile.End
	for _, id := range []string{"first", "second", "third"} {
		index, err := runfile.OpenIndex(dir, runfile.Query{Fits: func(runfile.Header) bool { return true }})
		require.NoError(t, err)
		w, err := runfile.Create(filepath.Join(dir, id), runfile.Header{Run: id})
		require.NoError(t, err)
		j, _ := job(t, s, m, "v3")
		j.Trials = 2
		j.Revisions[0].Run, j.Revisions[0].Asker.Recorded = w, index
		ends = append(ends, run(t, j)...)
		require.NoError(t, index.Close())
	}
	require.Len(t, m.order(), 6)
	require.Equal(t, []int{6, 0}, []int{ends[0].Calls, ends[0].Replayed})
	require.Equal(t, []int{0, 6}, []int{ends[2].Calls, ends[2].Replayed})
	runs := map[string]*runfile.Run{}
	for _, id := range []string{"first", "third"} {
		loaded, err := runfile.Load(filepath.Join(dir, id, id+runfile.Ext), runfile.Full)
		require.NoError(t, err)
		runs[id] = loaded
	}
	require.Equal(t, runs["first"].Trials, runs["third"].Trials)
	for i, c := range runs["third"].Calls {
		require.Equal(t, "first", c.ReplayedFrom)
		require.Equal(t, runs["first"].Calls[i].At, c.At)
	}
}

func TestCasesThatCannotBeRendered(t *testing.T) {
	t.Parallel()
	j, memories := job(t, load(t, suiteText), &scripted{ask: always}, "v3")
	j.Revisions[0].Prompt.Messages[0].Content = "{{no_such}}"
	_, err := runner.Run(t.Context(), j, nil)
	require.ErrorContains(t, err, "rendering v3")
	require.ErrorContains(t, err, "no_such")
	require.NotNil(t, memories[0].end)
}
