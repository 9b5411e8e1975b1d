package batch_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/model"
	"promptbench/internal/model/api"
	"promptbench/internal/model/batch"
	"promptbench/internal/record/runfile"
	"promptbench/internal/testing/fakeopenai"
)

// A shop is a provider and the runs directory of somebody who hands in to it.
type shop struct {
	server *fakeopenai.Server
	dir    string
	inputs []string
	runs   int
}

func newShop(t *testing.T, inputs int, plan func(n int) fakeopenai.BatchPlan, handlers ...fakeopenai.Handler) *shop {
	t.Helper()
	s := &shop{server: fakeopenai.New(handlers...).Batches(plan, nil), dir: t.TempDir()}
	t.Cleanup(s.server.Close)
	for i := range inputs {
		s.inputs = append(s.inputs, fmt.Sprintf("할 일 %d 👩‍👩‍👧", i+1))
	}
	return s
}

// target is the model that every test asks.
var target = model.Target{API: api.Chat{}, Name: "m", Endpoint: model.Local, ID: "m"}

func (s *shop) request(input string) model.Request {
	r, _ := target.Prepare(model.Request{Messages: []model.Message{{Role: "user", Content: input}}, Trial: 1})
	return r
}

func (s *shop) requests() iter.Seq2[model.Request, error] {
	return func(yield func(model.Request, error) bool) {
		for _, input := range s.inputs {
			if !yield(s.request(input), nil) {
				return
			}
		}
	}
}

// A visit is one run of somebody at the shop.
type visit struct {
	t         *testing.T
	shop      *shop
	collector *batch.Collector
	run       *runfile.Writer
	index     *runfile.Index
	most      int // that it hands in

	mu    sync.Mutex
	notes []string
}

func noWait(context.Context, time.Duration) error { return nil }

func (s *shop) visit(t *testing.T, change func(*batch.Options)) *visit {
	t.Helper()
	s.runs++
	v := &visit{t: t, shop: s, most: batch.NoLimit}
	at := target
	at.BaseURL = s.server.URL()
	client, err := batch.NewClient(at)
	require.NoError(t, err)
	v.index, err = runfile.OpenIndex(s.dir, runfile.Query{Fits: func(runfile.Header) bool { return true }})
	require.NoError(t, err)
	require.Empty(t, v.index.Skipped())
	t.Cleanup(func() { _ = v.index.Close() })
	id := fmt.Sprintf("run-%d", s.runs)
	v.run, err = runfile.Create(s.dir, runfile.Header{Run: id, Model: runfile.Model{Endpoint: model.Local, ID: "m"}})
	require.NoError(t, err)
	o := batch.Options{
		Client: client, Endpoint: model.Local, Model: "m", Run: id, Prompt: "v3", Requests: s.requests(),
		Recorded: v.index, Record: v.run.Batch,
		Note: func(text string) { v.mu.Lock(); v.notes = append(v.notes, text); v.mu.Unlock() }, Wait: noWait,
	}
	if change != nil {
		change(&o)
	}
	v.collector, err = batch.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, v.collector.Close()) })
	return v
}

// submit hands in.
func (v *visit) submit() *visit {
	v.t.Helper()
	_, err := v.collector.Submit(v.t.Context(), v.most)
	require.NoError(v.t, err)
	return v
}

// leave ends the run without waiting.
func (v *visit) leave() {
	v.t.Helper()
	require.NoError(v.t, v.run.Close(runfile.End{Status: runfile.Incomplete}))
}

// collect waits and records all calls, as a run does, and returns them by input.
func (v *visit) collect() map[string]runfile.Call {
	v.t.Helper()
	go v.collector.Watch(v.t.Context())
	calls := map[string]runfile.Call{}
	status := runfile.Complete
	for _, input := range v.shop.inputs {
		r := v.shop.request(input)
		call, ok, err := v.collector.Lookup(r.Key, "")
		require.NoError(v.t, err)
		if !ok {
			call = runfile.Call{Key: r.Key, For: runfile.ForReply, Case: input, Trial: 1}
			resp, err := v.collector.Complete(v.t.Context(), r)
			call.Reply, call.Batch, call.Attempts, call.At = resp.Reply, resp.Batch, resp.Attempts, resp.At
			if failure, failed := errors.AsType[*model.Error](err); failed {
				call.Error = &runfile.Error{Kind: string(failure.Kind), Status: failure.Status, Message: failure.Error()}
				call.Batch, call.Attempts, call.At = failure.Batch, failure.Attempts, time.Now().UTC()
				if failure.Kind == model.KindBudget {
					status = runfile.Incomplete
					continue
				}
			} else {
				require.NoError(v.t, err)
			}
		}
		calls[input] = call
		require.NoError(v.t, v.run.Call(call))
	}
	if status == runfile.Complete {
		for _, b := range v.collector.Collected() {
			require.NoError(v.t, v.run.Batch(b))
		}
	}
	require.NoError(v.t, v.run.Close(runfile.End{Status: status}))
	return calls
}

func (s *shop) everythingAnswered(t *testing.T, calls map[string]runfile.Call) {
	t.Helper()
	require.Len(t, calls, len(s.inputs))
	for input, call := range calls {
		require.Nil(t, call.Error, input)
		require.Equal(t, input, call.Reply, "the reply of another request")
	}
}

func echo(r fakeopenai.Request) fakeopenai.Reply { return fakeopenai.Text(r.Input()) }

func TestRequestsAreSubmittedOnceAndAnswered(t *testing.T) {
	t.Parallel()
	s := newShop(t, 10, nil)
	v := s.visit(t, nil).submit()
	calls := v.collect()
	s.everythingAnswered(t, calls)
	submitted := s.server.SubmittedBatches()
	require.Len(t, submitted, 1)
	require.Equal(t, "run-1-1", submitted[0].Labels["promptbench_piece"])
	require.Equal(t, "v3", submitted[0].Labels["promptbench_prompt"])
	for _, call := range calls {
		require.Equal(t, submitted[0].ID, call.Batch)
		require.Equal(t, 1, call.Attempts)
	}

	// Afterwards they are recordings like any other.
	again := s.visit(t, nil).submit()
	s.everythingAnswered(t, again.collect())
	require.Len(t, s.server.SubmittedBatches(), 1)
}

func TestPiecesKeepToTheLimits(t *testing.T) {
	t.Parallel()
	s := newShop(t, 10, nil)
	s.everythingAnswered(t, s.visit(t, func(o *batch.Options) { o.MaxRequests = 4 }).submit().collect())
	sizes := []int{}
	most := 0
	for _, b := range s.server.SubmittedBatches() {
		sizes = append(sizes, len(b.Keys))
		most = max(most, b.Bytes)
	}
	require.Equal(t, []int{4, 4, 2}, sizes)

	s = newShop(t, 10, nil)
	limit := most/2 + 1
	s.everythingAnswered(t, s.visit(t, func(o *batch.Options) { o.MaxBytes = limit }).submit().collect())
	require.Greater(t, len(s.server.SubmittedBatches()), 3)
	for _, b := range s.server.SubmittedBatches() {
		require.LessOrEqual(t, b.Bytes, limit)
	}

	s = newShop(t, 1, nil)
	_, err := s.visit(t, func(o *batch.Options) { o.MaxBytes = 50 }).collector.Submit(t.Context(), batch.NoLimit)
	require.ErrorContains(t, err, "larger than a batch may be")
}

func TestResultsInAnyOrderAndTwice(t *testing.T) {
	t.Parallel()
	s := newShop(t, 20, func(int) fakeopenai.BatchPlan { return fakeopenai.BatchPlan{Reverse: true, Duplicate: true} })
	s.everythingAnswered(t, s.visit(t, nil).submit().collect())
	require.Len(t, s.server.SubmittedBatches(), 1)
}

// What a killed process leaves in the directory for temporary files holds no replies.
func TestNoResultsStandInFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("open files can't be removed")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := newShop(t, 3, nil)
	s.everythingAnswered(t, s.visit(t, nil).submit().collect())
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		require.True(t, d.IsDir(), path)
		return err
	}))
}

func TestReplyStandsAboveFailure(t *testing.T) {
	t.Parallel()
	s := newShop(t, 3, func(int) fakeopenai.BatchPlan { return fakeopenai.BatchPlan{Denied: true} })
	s.everythingAnswered(t, s.visit(t, nil).submit().collect())
	require.Len(t, s.server.SubmittedBatches(), 1)
}

// A run over some of the cases has recorded what failed for good of a batch that holds more; the next run asks for it
// again and does not take the old word for it.
func TestFailureIsCollectedOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t, 4, nil, func(r fakeopenai.Request) fakeopenai.Reply {
		if strings.Contains(r.Input(), "할 일 1") {
			return fakeopenai.ContextLength()
		}
		return echo(r)
	})
	s.visit(t, nil).submit().leave()
	all := s.inputs
	s.inputs = all[:2]
	require.NotNil(t, s.visit(t, nil).submit().collect()[all[0]].Error)
	s.inputs = all
	s.visit(t, nil).submit().collect()
	require.Len(t, s.server.SubmittedBatches(), 2)
	require.Len(t, s.server.SubmittedBatches()[1].Keys, 1)
}

func TestWhatExpiredIsSubmittedAgain(t *testing.T) {
	t.Parallel()
	s := newShop(t, 10, func(n int) fakeopenai.BatchPlan {
		if n == 1 {
			return fakeopenai.BatchPlan{End: "expired", Executed: 7}
		}
		return fakeopenai.BatchPlan{}
	})
	v := s.visit(t, nil).submit()
	calls := v.collect()
	s.everythingAnswered(t, calls)
	submitted := s.server.SubmittedBatches()
	require.Len(t, submitted, 2)
	require.Len(t, submitted[1].Keys, 3)
	require.Equal(t, 1, calls[s.inputs[0]].Attempts)
	require.Equal(t, 2, calls[s.inputs[9]].Attempts)
	require.Contains(t, v.notes, "batch "+submitted[0].ID+": submitting again 3 requests without a reply")
}

func TestWhatExpiresEachTimeIsAnError(t *testing.T) {
	t.Parallel()
	s := newShop(t, 2, func(int) fakeopenai.BatchPlan { return fakeopenai.BatchPlan{End: "expired", Executed: 0} })
	calls := s.visit(t, nil).submit().collect()
	require.Len(t, s.server.SubmittedBatches(), 3)
	require.Equal(t, "batch", calls[s.inputs[0]].Error.Kind)
	require.Contains(t, calls[s.inputs[0]].Error.Message, "ended without this request (expired), the last of 3 attempts")

	// Running it again is asking again.
	s.visit(t, nil).submit().leave()
	require.Len(t, s.server.SubmittedBatches(), 4)
}

func TestSomeRequestsFail(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	refused := map[string]bool{}
	s := newShop(t, 5, nil, func(r fakeopenai.Request) fakeopenai.Reply {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case strings.Contains(r.Input(), "할 일 2"):
			return fakeopenai.ContextLength()
		case strings.Contains(r.Input(), "할 일 4") && !refused[r.Input()]:
			refused[r.Input()] = true
			return fakeopenai.RateLimited("")
		case strings.Contains(r.Input(), "할 일 5"):
			return fakeopenai.Error(http.StatusInternalServerError, "", "down")
		}
		return echo(r)
	})
	calls := s.visit(t, nil).submit().collect()
	require.Equal(t, "context_length", calls[s.inputs[1]].Error.Kind)
	require.Equal(t, 1, calls[s.inputs[1]].Attempts, "trying that again can't help")
	require.Nil(t, calls[s.inputs[3]].Error)
	require.Equal(t, 2, calls[s.inputs[3]].Attempts)
	require.Equal(t, "server", calls[s.inputs[4]].Error.Kind)
	require.Equal(t, 3, calls[s.inputs[4]].Attempts)
	sizes := []int{}
	for _, b := range s.server.SubmittedBatches() {
		sizes = append(sizes, len(b.Keys))
	}
	require.Equal(t, []int{5, 2, 1}, sizes)

	// The next run asks for what has no reply, and for nothing else.
	s.visit(t, nil).submit().leave()
	require.Len(t, s.server.SubmittedBatches()[3].Keys, 2)
}

func TestResultsThatAreMissing(t *testing.T) {
	t.Parallel()
	for name, plan := range map[string]fakeopenai.BatchPlan{"some lines": {Lost: 3}, "the file": {NoOutput: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, 5, func(n int) fakeopenai.BatchPlan {
				if n == 1 {
					return plan
				}
				return fakeopenai.BatchPlan{}
			})
			s.everythingAnswered(t, s.visit(t, nil).submit().collect())
			require.Len(t, s.server.SubmittedBatches(), 2)
		})
	}
}

func TestBatchThatIsNotAccepted(t *testing.T) {
	t.Parallel()
	s := newShop(t, 3, func(int) fakeopenai.BatchPlan {
		return fakeopenai.BatchPlan{End: "failed", Code: "mismatched_model", Problem: "The model is not supported.", Line: 1}
	})
	calls := s.visit(t, nil).submit().collect()
	require.Contains(t, calls[s.inputs[2]].Error.Message, "was not accepted: line 1: The model is not supported.")
	require.Len(t, s.server.SubmittedBatches(), 1)
}

func TestEndpointWithoutRoom(t *testing.T) {
	t.Parallel()
	s := newShop(t, 6, func(n int) fakeopenai.BatchPlan {
		if n == 2 {
			return fakeopenai.BatchPlan{End: "failed", Code: "token_limit_exceeded", Problem: "Enqueued token limit reached"}
		}
		return fakeopenai.BatchPlan{Polls: 3}
	})
	s.everythingAnswered(t, s.visit(t, func(o *batch.Options) { o.MaxRequests = 3 }).submit().collect())
	require.Len(t, s.server.SubmittedBatches(), 3)
}

func TestTheNextRunCollects(t *testing.T) {
	t.Parallel()
	s := newShop(t, 6, nil)
	s.visit(t, func(o *batch.Options) { o.MaxRequests = 3 }).submit().leave()
	require.Len(t, s.server.SubmittedBatches(), 2)

	s.inputs = append(s.inputs, "새 할 일") // the suite has grown since
	calls := s.visit(t, nil).submit().collect()
	s.everythingAnswered(t, calls)
	require.Len(t, s.server.SubmittedBatches(), 3)
	require.Len(t, s.server.SubmittedBatches()[2].Keys, 1)

	index, err := runfile.OpenIndex(s.dir, runfile.Query{Fits: func(runfile.Header) bool { return true }})
	require.NoError(t, err)
	for _, p := range index.Pieces() {
		require.True(t, p.Collected, p.ID)
	}
	require.NoError(t, index.Close())
}

func TestPartOfABatchIsCollectedByEach(t *testing.T) {
	t.Parallel()
	s := newShop(t, 6, nil)
	s.visit(t, nil).submit().leave()
	all := s.inputs
	s.inputs = all[:2]
	s.everythingAnswered(t, s.visit(t, nil).submit().collect())
	s.inputs = all
	v := s.visit(t, nil).submit()
	s.everythingAnswered(t, v.collect())
	require.Len(t, s.server.SubmittedBatches(), 1)
	require.Len(t, v.collector.Collected(), 1)
}

// A nightly run is fresh: what it hands in is newer than last night's replies, which must not answer in its place.
func TestFreshBatchStandsAboveRecordings(t *testing.T) {
	t.Parallel()
	s := newShop(t, 3, nil)
	first := s.visit(t, nil).submit().collect()
	s.visit(t, func(o *batch.Options) { o.Recorded = nil }).submit().leave()
	require.Len(t, s.server.SubmittedBatches(), 2)
	second := s.visit(t, nil).submit().collect()
	s.everythingAnswered(t, second)
	require.NotEqual(t, first[s.inputs[0]].Batch, second[s.inputs[0]].Batch)
	third := s.visit(t, nil).submit().collect()
	require.Equal(t, second[s.inputs[0]].Batch, third[s.inputs[0]].Batch)
	require.Len(t, s.server.SubmittedBatches(), 2)
}

func TestCancelledBatch(t *testing.T) {
	t.Parallel()
	s := newShop(t, 4, func(n int) fakeopenai.BatchPlan {
		if n == 1 {
			return fakeopenai.BatchPlan{End: "cancelled", Executed: 1}
		}
		return fakeopenai.BatchPlan{}
	})
	calls := s.visit(t, nil).submit().collect()
	require.Nil(t, calls[s.inputs[0]].Error, "what was done is paid for, and kept")
	require.Contains(t, calls[s.inputs[1]].Error.Message, "was cancelled before this request was done")
	require.Len(t, s.server.SubmittedBatches(), 1, "the person who cancelled it does not want it submitted again at once")

	s.everythingAnswered(t, s.visit(t, nil).submit().collect())
	require.Len(t, s.server.SubmittedBatches()[1].Keys, 3)
}

func TestBatchCancelledBetweenRuns(t *testing.T) {
	t.Parallel()
	s := newShop(t, 4, func(n int) fakeopenai.BatchPlan {
		if n == 1 {
			return fakeopenai.BatchPlan{End: "cancelled", Executed: 1}
		}
		return fakeopenai.BatchPlan{}
	})
	s.visit(t, nil).submit().leave()
	s.everythingAnswered(t, s.visit(t, nil).submit().collect())
	require.Len(t, s.server.SubmittedBatches()[1].Keys, 3)
}

func TestMaxCalls(t *testing.T) {
	t.Parallel()
	s := newShop(t, 6, nil)
	v := s.visit(t, func(o *batch.Options) { o.MaxCalls = 9 })
	v.most = 4 // of nine, as the others have submitted in five
	require.Len(t, v.submit().collect(), 4)
	require.Contains(t, v.notes, "v3: --max-calls 9 leaves out 2 requests")
	s.everythingAnswered(t, s.visit(t, nil).submit().collect())
	require.Len(t, s.server.SubmittedBatches()[1].Keys, 2)
}

func TestDeadlineAndInterruptLeaveTheBatches(t *testing.T) {
	t.Parallel()
	s := newShop(t, 2, func(int) fakeopenai.BatchPlan { return fakeopenai.BatchPlan{Polls: 1 << 30} })
	v := s.visit(t, func(o *batch.Options) { o.Deadline = new(time.Millisecond) }).submit()
	go v.collector.Watch(t.Context())
	_, err := v.collector.Complete(t.Context(), s.request(s.inputs[0]))
	require.ErrorContains(t, err, "stopped at --deadline 1ms; the batches go on")
	v.leave()

	v = s.visit(t, nil).submit()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = v.collector.Complete(ctx, s.request(s.inputs[0]))
	require.Error(t, err)
	v.leave()
	require.Len(t, s.server.SubmittedBatches(), 1)
}

// A batch that was just made need not be known everywhere at the provider.
func TestBatchThatIsNotKnownYet(t *testing.T) {
	t.Parallel()
	s := newShop(t, 3, func(int) fakeopenai.BatchPlan { return fakeopenai.BatchPlan{Unknown: 3} })
	s.everythingAnswered(t, s.visit(t, nil).submit().collect())
	require.Len(t, s.server.SubmittedBatches(), 1)
}

func TestLostAnswerIsNoSecondBatch(t *testing.T) {
	t.Parallel()
	s := newShop(t, 3, func(n int) fakeopenai.BatchPlan { return fakeopenai.BatchPlan{Drop: n == 1} })
	s.everythingAnswered(t, s.visit(t, nil).submit().collect())
	require.Len(t, s.server.SubmittedBatches(), 1)
}

// A run that dies after the batch was made and before the line that names it was written leaves a piece that only
// the provider knows.
func TestBatchThatNoLineNamesIsFound(t *testing.T) {
	t.Parallel()
	s := newShop(t, 4, nil)
	for range 120 { // other batches, so that the list has pages
		other := &shop{server: s.server, dir: t.TempDir(), inputs: s.inputs[:1]}
		other.visit(t, nil).submit().leave()
	}
	v := s.visit(t, nil)
	write := v.run.Batch
	v = s.visit(t, func(o *batch.Options) {
		o.Record = func(b runfile.Batch) error {
			if b.State == runfile.Submitted {
				return errors.New("killed")
			}
			return write(b)
		}
	})
	_, err := v.collector.Submit(t.Context(), batch.NoLimit)
	require.ErrorContains(t, err, "killed")
	for range 120 {
		other := &shop{server: s.server, dir: t.TempDir(), inputs: s.inputs[:1]}
		other.visit(t, nil).submit().leave()
	}
	require.Len(t, s.server.SubmittedBatches(), 241)
	v = s.visit(t, nil).submit()
	require.Len(t, s.server.SubmittedBatches(), 241, "the batch was found, not made again")
	require.Contains(t, v.notes[0], "was submitted by a run that was killed before it recorded that")
	s.everythingAnswered(t, v.collect())

	// The line is written now.
	index, err := runfile.OpenIndex(s.dir, runfile.Query{Fits: func(runfile.Header) bool { return true }})
	require.NoError(t, err)
	require.True(t, index.Pieces()[0].Collected)
	require.NotEmpty(t, index.Pieces()[0].Batch)
	require.NoError(t, index.Close())
}

func TestPieceThatWasNeverMadeIsMadeAnew(t *testing.T) {
	t.Parallel()
	s := newShop(t, 4, nil)
	v := s.visit(t, nil)
	require.NoError(
		t,
		v.run.Batch(
			runfile.Batch{
				Piece: "run-1-1", State: runfile.Submitting, Attempt: 1, Keys: []string{s.request(s.inputs[0]).Key}, At: time.Now(),
			},
		),
	)
	v.leave()
	s.everythingAnswered(t, s.visit(t, nil).submit().collect())
	require.Len(t, s.server.SubmittedBatches(), 1)
	require.Len(t, s.server.SubmittedBatches()[0].Keys, 4)
}

func TestEndpointWithoutBatches(t *testing.T) {
	t.Parallel()
	s := &shop{server: fakeopenai.New(), dir: t.TempDir(), inputs: []string{"가"}}
	t.Cleanup(s.server.Close)
	_, err := s.visit(t, nil).collector.Submit(t.Context(), batch.NoLimit)
	require.ErrorContains(t, err, "takes no batches (404); run without --batch")
}

func TestWrongKey(t *testing.T) {
	t.Parallel()
	s := newShop(t, 1, nil)
	s.server.RequireKey("right")
	_, err := s.visit(t, nil).collector.Submit(t.Context(), batch.NoLimit)
	require.ErrorContains(t, err, "wants a key (401)")
}
