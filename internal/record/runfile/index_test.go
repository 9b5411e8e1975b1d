package runfile_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/record/runfile"
)

func TestIndexNewestWins(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	record(
		t, filepath.Join(dir, "recorded"), header("b-run", key("a")), answered(key("1"), "새것", noon.Add(time.Hour)),
		answered(key("2"), "b", noon))
	record(t, dir, header("a-run", key("a")), answered(key("1"), "헌것", noon), answered(key("2"), "a", noon))
	x := open(t, dir, runfile.Query{})
	require.Equal(t, 2, x.Len())
	require.Empty(t, x.Skipped())

	c, ok, err := x.Lookup(key("1"), "")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "새것", c.Reply)
	require.Equal(t, noon.Add(time.Hour), c.At, "a replay keeps the time of the reply")
	require.Equal(t, "b-run", c.ReplayedFrom)

	c, ok, err = x.Lookup(key("2"), "")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "b", c.Reply, "of two at one time the run with the greater id answers")

	for _, missing := range []string{key("3"), "", "치과", key("1") + "0"} {
		_, ok, err = x.Lookup(missing, "")
		require.NoError(t, err)
		require.False(t, ok)
		require.False(t, x.Has(missing))
	}
	require.True(t, x.Has(key("1")))
}

// Conversations that begin alike have one key for their first replies. Each is answered by its own, or none of the
// replies after it would be found again.
func TestIndexKeepsConversationsApart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	turn := func(caseID, text string, at time.Time) runfile.Call {
		c := answered(key("1"), text, at)
		c.Case, c.For = caseID, runfile.ForTurn
		return c
	}
	record(t, dir, header("first", key("a")), turn("치과", "오래된", noon.Add(-time.Hour)), turn("친구", "누구?", noon))
	record(t, dir, header("second", key("a")), turn("치과", "언제?", noon.Add(-time.Minute)))
	x := open(t, dir, runfile.Query{})
	for caseID, want := range map[string]string{"치과": "언제?", "친구": "누구?", "새것": "누구?"} {
		c, ok, err := x.Lookup(key("1"), caseID)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, want, c.Reply, caseID)
	}
	_, ok, err := x.Lookup(key("2"), "치과")
	require.NoError(t, err)
	require.False(t, ok)
}

func TestIndexErrorsDoNotAnswer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	failed := answered(key("1"), "", noon.Add(time.Hour))
	failed.Error = &runfile.Error{Kind: "server", Status: 500, Message: "down"}
	record(t, dir, header("a", key("a")), failed, answered(key("1"), "답", noon))
	lone := failed
	lone.Key = key("2")
	record(t, dir, header("b", key("a")), lone)
	x := open(t, dir, runfile.Query{})
	c, ok, err := x.Lookup(key("1"), "")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "답", c.Reply)
	require.False(t, x.Has(key("2")))
}

func TestIndexReadsOnlyWhatFits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	record(t, dir, header("mine", key("a")), answered(key("1"), "", noon), answered(key("2"), "", noon.Add(-48*time.Hour)))
	record(t, dir, header("other", key("b")), answered(key("3"), "", noon))
	x := open(t, dir, runfile.Query{
		Fits:   func(h runfile.Header) bool { return h.Prompt.Hash == key("a") },
		Oldest: func(runfile.Header) time.Time { return noon.Add(-24 * time.Hour) },
	})
	require.True(t, x.Has(key("1")))
	require.False(t, x.Has(key("2")), "too old")
	require.False(t, x.Has(key("3")), "another prompt")
}

func TestReplaysNameTheRunThatAsked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	record(t, dir, header("first", key("a")), answered(key("1"), "답", noon))
	for _, run := range []string{"second", "third"} {
		c, ok, err := open(t, dir, runfile.Query{}).Lookup(key("1"), "")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "first", c.ReplayedFrom)
		record(t, dir, header(run, key("a")), c)
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "first"+runfile.Ext)))
	c, ok, err := open(t, dir, runfile.Query{}).Lookup(key("1"), "")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "first", c.ReplayedFrom)
	require.Equal(t, noon, c.At)
}

// An interrupted run answers as far as it got, and a file that is no run, or
// broken, keeps nobody from working.
func TestIndexTakesWhatCanBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := record(t, dir, header("torn", key("a")), answered(key("1"), "하나", noon), answered(key("2"), "둘", noon))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	second := bytes.Index(data, []byte(key("2")))
	require.NoError(t, os.WriteFile(path, data[:second+100], 0o644))
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	write("cases.jsonl", `{"id":"치과"}`+"\n")
	write("empty.jsonl", "")
	write("notes.txt", "not looked at")
	broken := bytes.Replace(data, []byte(`"둘"`), []byte(`"둘`), 1)
	broken = bytes.ReplaceAll(
		bytes.ReplaceAll(broken, []byte(key("1")), []byte(key("5"))), []byte(key("2")), []byte(key("6")))
	write("broken.jsonl", string(broken))

	x := open(t, dir, runfile.Query{})
	c, ok, err := x.Lookup(key("1"), "")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "하나", c.Reply)
	require.False(t, x.Has(key("2")), "torn off")
	require.True(t, x.Has(key("5")), "above the broken line")
	require.False(t, x.Has(key("6")))
	var names []string
	for _, s := range x.Skipped() {
		names = append(names, filepath.Base(s.Path))
		require.Error(t, s.Err)
	}
	require.Equal(t, []string{"broken.jsonl", "cases.jsonl", "empty.jsonl"}, names)
	require.Equal(t, []string{path}, x.Unfinished())
}

// What a process has just begun to write is no damage.
func TestIndexLeavesWhatIsBeingWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := runfile.Create(dir, header("now", key("a")))
	require.NoError(t, err)
	require.NoError(t, os.Truncate(w.Path(), 0)) // its header is still to come
	require.Empty(t, open(t, dir, runfile.Query{}).Skipped())
	require.NoError(t, w.Discard())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// A call that is damaged where no reader looks at first answers nothing, and is
// named; the others answer.
func TestLookupOfADamagedCall(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := record(t, dir, header("a", key("a")), answered(key("1"), "하나", noon), answered(key("2"), "둘", noon))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(data, []byte("하나"), []byte("\x00\x00\x00하"), 1), 0o644))
	x := open(t, dir, runfile.Query{})
	require.Empty(t, x.Skipped())
	for range 2 {
		_, ok, err := x.Lookup(key("1"), "")
		require.NoError(t, err)
		require.False(t, ok)
	}
	require.Len(t, x.Skipped(), 1)
	require.Equal(t, path, x.Skipped()[0].Path)
	require.ErrorContains(t, x.Skipped()[0].Err, "at byte ")
	c, ok, err := x.Lookup(key("2"), "")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "둘", c.Reply)
}

// A history may hold more files than a process may open.
func TestLookupInManyFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 200 {
		id := fmt.Sprintf("%064x", i)
		record(t, dir, header(id, key("a")), answered(id, id, noon))
	}
	x := open(t, dir, runfile.Query{})
	for i := range 200 {
		id := fmt.Sprintf("%064x", i)
		c, ok, err := x.Lookup(id, "")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, id, c.Reply)
	}
}

func TestIndexOfNoDirectory(t *testing.T) {
	t.Parallel()
	x := open(t, filepath.Join(t.TempDir(), "none"), runfile.Query{})
	require.Zero(t, x.Len())
}

func TestLookupFromManyGoroutines(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, run := range []string{"a", "b", "c"} {
		record(t, dir, header(run, key("a")), answered(key(run), run, noon))
	}
	x := open(t, dir, runfile.Query{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, run := range []string{"a", "b", "c"} {
				c, ok, err := x.Lookup(key(run), "")
				if err != nil || !ok || c.Reply != run {
					t.Errorf("looking up %s: %v %v %v", run, c.Reply, ok, err)
				}
			}
		})
	}
	wg.Wait()
}

// A run that changed on disk after it was indexed must not answer with
// something else.
func TestLookupOfAChangedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := record(t, dir, header("a", key("a")), answered(key("1"), "답", noon))
	x := open(t, dir, runfile.Query{})
	require.NoError(t, os.Truncate(path, 10))
	_, _, err := x.Lookup(key("1"), "")
	require.ErrorContains(t, err, "did the file change")
}

func TestFindNewestFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, run := range []string{"a", "c", "b"} {
		h := header(run, key("a"))
		if i == 0 {
			h.Started = noon.Add(time.Hour)
		}
		if run == "b" {
			h.Cases = 6 // its end line says complete, with fewer trials
		}
		record(t, dir, h)
	}
	w, err := runfile.Create(dir, header("open", key("a")))
	require.NoError(t, err)
	record(t, dir, header("other", key("b")))
	found, err := runfile.Find(dir, func(h runfile.Header) bool { return h.Prompt.Hash == key("a") })
	require.NoError(t, err)
	var order []string
	for _, f := range found {
		order = append(order, f.Header.Run+" "+string(f.Status))
	}
	require.Equal(t, []string{"a complete", "open incomplete", "c complete", "b incomplete"}, order)
	require.NoError(t, w.Close(runfile.End{Status: runfile.Interrupted}))

	// A header may be longer than what is read of a file's end.
	long := header("long", key("c"))
	long.Prompt.Messages[0].Content = string(bytes.Repeat([]byte("가"), 100_000))
	path := record(t, dir, long)
	require.NoError(t, appendTo(path, `{"kind":"case","ca`))
	found, err = runfile.Find(dir, func(h runfile.Header) bool { return h.Run == "long" })
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, runfile.Complete, found[0].Status)
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		return err
	}
	return f.Close()
}
