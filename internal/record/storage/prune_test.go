package storage_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders/reply"
	"promptbench/internal/record/label"
	"promptbench/internal/record/runfile"
	"promptbench/internal/record/storage"
)

// A history is a directory of runs, the oldest first.
type history struct {
	t    *testing.T
	dir  string
	hour int
}

func (h *history) begin(id string, change func(*runfile.Header)) *runfile.Writer {
	h.t.Helper()
	h.hour++
	header := runfile.Header{
		Run: id, Started: time.Date(2026, 11, 23, h.hour, 0, 0, 0, time.UTC), Trials: 1,
		Prompt: runfile.Prompt{Name: "v3", Hash: "old", Path: filepath.ToSlash(filepath.Join(
			h.dir, "prompts", "v3.prompt.yml",
		))},
		Suite: runfile.Suite{Name: "s", Path: filepath.ToSlash(filepath.Join(h.dir, "cases", "s.yaml"))},
		Model: runfile.Model{ID: "m", Endpoint: "local"},
		Reply: reply.Rules{Types: []string{"answer"}, JSON: reply.JSONRules{Type: "$.type"}},
	}
	if change != nil {
		change(&header)
	}
	w, err := runfile.Create(filepath.Join(h.dir, "runs"), header)
	require.NoError(h.t, err)
	return w
}

// run records a run with one reply.
func (h *history) run(id, said string, change func(*runfile.Header)) {
	h.t.Helper()
	w := h.begin(id, change)
	require.NoError(h.t, w.Case(runfile.Case{Case: "a", Input: "내일 치과"}))
	require.NoError(h.t, w.Call(runfile.Call{
		Key: strings.Repeat("a", 64), Case: "a", Trial: 1, For: runfile.ForReply, Reply: said, At: time.Now(),
	}))
	require.NoError(h.t, w.Trial(runfile.Trial{Case: "a", Trial: 1}))
	require.NoError(h.t, w.Close(runfile.End{Status: runfile.Complete, Trials: 1, Calls: 1}))
}

func (h *history) fates(how storage.Pruning) map[string]string {
	h.t.Helper()
	fates, err := storage.Prune(
		h.t.Context(), filepath.Join(h.dir, "runs"), func(runfile.Header) bool { return true }, how)
	require.NoError(h.t, err)
	out := map[string]string{}
	for _, f := range fates {
		out[f.Header.Run] = f.Stays
	}
	return out
}

func TestPruneKeepsTheNewestOfEachLine(t *testing.T) {
	t.Parallel()
	h := &history{t: t, dir: t.TempDir()}
	part := func(h *runfile.Header) { h.Selected = &runfile.Selection{Cases: []string{"a"}} }
	h.run("old", "{}", nil)
	h.run("v2", "{}", func(h *runfile.Header) { h.Prompt.Name = "v2" })
	h.run("other-model", "{}", func(h *runfile.Header) { h.Model.ID = "n" })
	h.run("other-suite", "{}", func(h *runfile.Header) { h.Suite.Name = "t" })
	h.run("middle", "{}", func(h *runfile.Header) { h.Prompt.Hash = "edited" })
	h.run("new", "{}", nil)
	h.run("part-1", "{}", part)
	h.run("part-2", "{}", part)
	h.run("shared", "{}", func(h *runfile.Header) { h.Redacted = &runfile.Redacted{From: "new"} })
	const newest = "among the newest"
	require.Equal(t, map[string]string{
		"old": "", "middle": "", "new": newest, "v2": newest, "other-model": newest, "other-suite": newest, "part-1": "",
		"part-2": newest, "shared": newest,
	}, h.fates(storage.Pruning{Keep: 1}))
	require.Equal(t, newest, h.fates(storage.Pruning{Keep: 2})["middle"])
	require.Empty(t, h.fates(storage.Pruning{Keep: 2})["old"])
}

// A newer run that replays a recording holds its replies, too, but is not what is
// shared.
func TestPruneKeepsWhatWasPutInAFolder(t *testing.T) {
	t.Parallel()
	h := &history{t: t, dir: t.TempDir()}
	h.run("shared", "{}", nil)
	h.run("old", "{}", nil)
	runs := filepath.Join(h.dir, "runs")
	require.NoError(t, os.Mkdir(filepath.Join(runs, "recorded"), 0o750))
	require.NoError(t, os.Rename(filepath.Join(runs, "shared.jsonl"), filepath.Join(runs, "recorded", "shared.jsonl")))
	h.run("new", "{}", nil)
	require.Equal(
		t, map[string]string{"shared": "its file was put in a folder", "old": "", "new": "among the newest"},
		h.fates(storage.Pruning{Keep: 1}))
}

func TestPruneKeepsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	h := &history{t: t, dir: t.TempDir()}
	all := storage.Pruning{Unfinished: true, Recordings: true}

	handed := h.begin("handed-in", nil)
	require.NoError(t, handed.Batch(runfile.Batch{
		Piece: "handed-in-1", State: runfile.Submitting, Keys: []string{strings.Repeat("a", 64)}, At: time.Now(),
	}))
	require.NoError(t, handed.Close(runfile.End{Status: runfile.Incomplete}))
	stopped := h.begin("stopped", nil)
	require.NoError(t, stopped.Close(runfile.End{Status: runfile.Interrupted}))
	writing := h.begin("writing", nil)
	require.Equal(t, map[string]string{
		"handed-in": "a batch of it has not been collected", "stopped": "", "writing": "it is being written",
	}, h.fates(all))
	require.ErrorIs(t, runfile.Remove(writing.Path()), runfile.ErrWritten)
	require.FileExists(t, writing.Path())
	require.Equal(
		t, "unfinished; running it again goes on from there", h.fates(storage.Pruning{Recordings: true})["stopped"])

	// Once another run has collected the batch, it may go.
	collector := h.begin("collector", nil)
	require.NoError(t, collector.Batch(runfile.Batch{Piece: "handed-in-1", State: runfile.Collected, At: time.Now()}))
	require.NoError(t, collector.Close(runfile.End{Status: runfile.Incomplete}))
	require.NoError(t, writing.Close(runfile.End{Status: runfile.Incomplete}))
	require.Empty(t, h.fates(all)["handed-in"])
	require.NoError(t, runfile.Remove(writing.Path()))
	require.NoFileExists(t, writing.Path())
	require.NoFileExists(t, writing.Path()+".lock")
}

func TestPruneKeepsWhatCannotBeHadAgain(t *testing.T) {
	t.Parallel()
	h := &history{t: t, dir: t.TempDir()}
	const said = `{"type":"answer"}`
	h.run("first", said, nil)
	h.run("second", said, nil)
	h.run("third", "{}", nil)
	require.Equal(
		t, map[string]string{"first": "", "second": "", "third": ""}, h.fates(storage.Pruning{}),
		"their prompt is gone, and nobody labelled their replies")

	text := label.Reply{Input: "내일 치과", Text: said}.TextHash()
	labels, err := label.Append(filepath.Join(h.dir, "cases", "labels", "kim.jsonl"))
	require.NoError(t, err)
	require.NoError(t, labels.Add(label.Label{
		Kind: label.Kind, Suite: "s", Criterion: "clear", Question: strings.Repeat("0", 64), Case: "a", Text: text,
		Answer: label.Yes, Labeller: "kim", At: time.Now(),
	}))
	require.NoError(t, labels.Close())
	only := "the only recording of replies that people labelled"
	require.Equal(
		t, map[string]string{"first": "", "second": only, "third": ""}, h.fates(storage.Pruning{}),
		"the newest that has it is enough")
	require.Empty(t, h.fates(storage.Pruning{Recordings: true})["second"])

	require.Empty(
		t, h.fates(storage.Pruning{Baseline: filepath.Join(h.dir, "runs", "first.jsonl")})["second"], "the baseline has it")
}

func TestUsage(t *testing.T) {
	t.Parallel()
	h := &history{t: t, dir: t.TempDir()}
	runs := filepath.Join(h.dir, "runs")
	used, err := storage.UsageOf(runs, storage.Tracked(t.Context(), runs))
	require.NoError(t, err)
	require.Zero(t, used)
	h.run("a", "{}", nil)
	data, err := os.ReadFile(filepath.Join(runs, "a.jsonl"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(runs, "baseline.jsonl"), data, 0o644))
	used, err = storage.UsageOf(runs, storage.Tracked(t.Context(), runs))
	require.NoError(t, err)
	require.Equal(t, storage.Usage{Files: 2, Bytes: 2 * int64(len(data))}, used)
	list, err := storage.List(runs, storage.Tracked(t.Context(), runs), func(runfile.Header) bool { return true })
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, filepath.Join(runs, "a.jsonl"), list[0].Path)
	require.Equal(t, []string{filepath.Join(runs, "baseline.jsonl")}, list[0].Copies)
}
