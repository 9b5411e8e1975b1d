package runfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/require"
)

// A faulty is a file on a disk that runs full or breaks.
type faulty struct {
	*os.File
	room      atomic.Int64 // bytes that the disk still takes
	syncErr   error
	noCutting bool
	syncs     atomic.Int32
	onSync    func() // called before the file is made durable
}

func (f *faulty) Write(p []byte) (int, error) {
	n := min(len(p), int(f.room.Load()))
	f.room.Add(-int64(n))
	if n < len(p) {
		_, _ = f.File.Write(p[:n])
		return n, &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
	return f.File.Write(p)
}

func (f *faulty) Truncate(size int64) error {
	if f.noCutting {
		return errors.New("not here")
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	f.room.Add(info.Size() - size)
	return f.File.Truncate(size)
}

func (f *faulty) Sync() error {
	f.syncs.Add(1)
	if f.onSync != nil {
		f.onSync()
	}
	return f.syncErr
}

// faultyWriter returns a writer on a disk with so much room, its header written.
func faultyWriter(t *testing.T, room int64) (*Writer, *faulty) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "r"+Ext)
	opened, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o644)
	require.NoError(t, err)
	f := &faulty{File: opened}
	f.room.Store(room)
	w, err := newWriter(path, flock.New(lockPath(path)), f)
	require.NoError(t, err)
	require.NoError(t, w.append(Header{Kind: KindHeader, Schema: Schema, Run: "r"}, true))
	return w, f
}

func text(t *testing.T, w *Writer) string {
	t.Helper()
	data, err := os.ReadFile(w.Path())
	require.NoError(t, err)
	return string(data)
}

// On a disk that runs full at any byte the file keeps whole lines, each call that was
// acknowledged among them, and ends in an end line that says why.
func TestFullDiskLeavesWholeLines(t *testing.T) {
	t.Parallel()
	const room = 3000
	for left := range 400 {
		w, _ := faultyWriter(t, room-int64(left))
		kept := 0
		var err error
		for err == nil {
			if err = w.Case(Case{Case: "치과"}); err != nil {
				break
			}
			if err = w.Call(Call{Case: "치과", Reply: strings.Repeat("가", 20)}); err == nil {
				kept++
			}
		}
		require.EqualError(t, err, "writing run file "+w.Path()+": no space left on device; what was written before is kept")
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.Equal(t, err, w.Call(Call{}), "nothing is written after the first failure")
		require.Equal(t, err, w.Sync())
		require.NoError(t, w.Close(End{Status: Complete, Trials: 1}), "who wrote was told")

		lines := strings.SplitAfter(text(t, w), "\n")
		require.Empty(t, lines[len(lines)-1], "no torn line with %d bytes less", left)
		lines = lines[1 : len(lines)-1]
		if len(lines) > 2*kept {
			end := lines[len(lines)-1]
			require.Contains(
				t, end, `{"kind":"end","status":"incomplete","reason":"writing run file `, "a failed run is not complete")
			lines = lines[:2*kept]
		}
		require.Len(t, lines, 2*kept)
		for i, line := range lines {
			kind := []string{"case", "call"}[i%2]
			require.True(t, strings.HasPrefix(line, `{"kind":"`+kind+`"`), "a call comes with its case")
		}
	}
}

// Where a torn line can't be taken away, nothing is glued to it.
func TestNothingFollowsATornLine(t *testing.T) {
	t.Parallel()
	w, f := faultyWriter(t, 2000)
	f.noCutting = true
	var err error
	for err == nil {
		err = w.Case(Case{Case: "치과"})
	}
	before := text(t, w)
	require.False(t, strings.HasSuffix(before, "\n"))
	f.room.Store(10_000)
	require.NoError(t, w.Close(End{Status: Interrupted}))
	require.Equal(t, before, text(t, w))
	run, err := Load(w.Path(), Full)
	require.NoError(t, err)
	require.True(t, run.Torn)
}

func TestSyncFails(t *testing.T) {
	t.Parallel()
	w, f := faultyWriter(t, 10_000)
	f.syncErr = &os.PathError{Op: "sync", Path: w.Path(), Err: syscall.EIO}
	err := w.Sync()
	require.EqualError(t, err, "making run file "+w.Path()+" durable: input/output error")
	require.Equal(t, err, w.Case(Case{}))
	require.NoError(t, w.Close(End{Status: Complete}))
	require.Contains(t, text(t, w), `"status":"incomplete","reason":"making run file`)

	// Some file systems have no way to make anything durable.
	for _, no := range []error{syscall.EINVAL, errors.ErrUnsupported} {
		w, f = faultyWriter(t, 10_000)
		f.syncErr = &os.PathError{Op: "sync", Path: w.Path(), Err: no}
		require.NoError(t, w.Sync())
		require.NoError(t, w.Close(End{Status: Complete}))
	}
}

// A file that is gone must not swallow what is paid for.
func TestDeletedWhileWritten(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(path string) error{
		"the file":      os.Remove,
		"the directory": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"moved":         func(path string) error { return os.Rename(path, path+".old") },
		"replaced": func(path string) error {
			return errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o644))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := Create(filepath.Join(t.TempDir(), "runs"), Header{Run: "r"})
			require.NoError(t, err)
			require.NoError(t, w.Case(Case{Case: "치과"}))
			require.NoError(t, w.Sync())
			if err := remove(w.Path()); err != nil {
				t.Skip("an open file can't be removed here: ", err)
			}
			require.NoError(t, w.Sync(), "all there was had been safe")
			require.NoError(t, w.Case(Case{Case: "친구"}))
			err = w.Sync()
			require.EqualError(
				t, err,
				"run file "+w.Path()+" was deleted or moved while it was being written; stopped, as further replies would be lost")
			require.Equal(t, err, w.Trial(Trial{}))
			require.NoError(t, w.Close(End{Status: Complete}))
		})
	}
	w, err := Create(filepath.Join(t.TempDir(), "runs"), Header{Run: "r"})
	require.NoError(t, err)
	if err := os.Remove(w.Path()); err == nil {
		require.ErrorContains(
			t, w.Close(End{Status: Complete}), "was deleted or moved", "a run without a call is told at its end")
	}
}

// When Sync returns, the caller's line is on disk; many callers share one fsync.
func TestSyncIsShared(t *testing.T) {
	t.Parallel()
	w, f := faultyWriter(t, 1<<30)
	busy := make(chan struct{})
	f.onSync = func() { <-busy }
	const writers = 64
	var written, safe sync.WaitGroup
	written.Add(writers)
	for range writers {
		safe.Go(func() {
			err := w.Case(Case{Case: "치과"})
			written.Done()
			if err == nil {
				err = w.Sync()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	written.Wait() // one of them may be making the file durable by now
	close(busy)
	safe.Wait()
	require.LessOrEqual(t, f.syncs.Load(), int32(3))
	require.Equal(t, w.size, w.durable)
	before := f.syncs.Load()
	require.NoError(t, w.Sync())
	require.Equal(t, before, f.syncs.Load(), "nothing new needs no fsync")
}

// What a Sync covers was written before its fsync began.
func TestSyncCoversWhatWasWrittenBefore(t *testing.T) {
	t.Parallel()
	w, f := faultyWriter(t, 1<<30)
	var atSync atomic.Int64
	f.onSync = func() {
		info, err := f.Stat()
		if err != nil {
			t.Error(err)
			return
		}
		atSync.Store(info.Size())
	}
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 50 {
				if err := w.Case(Case{Case: "치과"}); err != nil {
					t.Error(err)
				}
				w.mu.Lock()
				mine := w.size + int64(len(w.held))
				w.mu.Unlock()
				if err := w.Sync(); err != nil {
					t.Error(err)
				}
				if got := atSync.Load(); got < mine {
					t.Errorf("%d bytes were made durable, and %d were promised", got, mine)
				}
			}
		})
	}
	all.Wait()
}

// A trial, and a call that was made, is in the file at once, with what came before it.
func TestOnlyPaidCallsAndTrialsAreWrittenAtOnce(t *testing.T) {
	t.Parallel()
	w, _ := faultyWriter(t, 1<<30)
	lines := func() int { return strings.Count(text(t, w), "\n") }
	require.NoError(t, w.Case(Case{Case: "치과"}))
	require.NoError(t, w.Call(Call{Case: "친구", ReplayedFrom: "r0"}))
	require.Equal(t, 1, lines())
	require.NoError(t, w.Call(Call{Case: "치과"}))
	require.Equal(t, 4, lines())
	require.NoError(t, w.Case(Case{Case: "산책"}))
	require.NoError(t, w.Trial(Trial{Case: "치과"}))
	require.Equal(t, 6, lines())
	require.NoError(t, w.Case(Case{Case: "빨래"}))
	require.NoError(t, w.Sync())
	require.Equal(t, 7, lines())
	for range maxHeld / 20 {
		require.NoError(t, w.Case(Case{Case: "치과"}))
	}
	require.Greater(t, lines(), 8, "no more than some is held")
}
