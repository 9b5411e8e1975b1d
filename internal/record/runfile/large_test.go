package runfile_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/internal/record/runfile"
)

// aTrial is what a typical trial writes: the call with this number, and its grading.
func aTrial(n int) (runfile.Call, runfile.Trial) {
	text := strings.Repeat(`{"subtodoNumber":1,"subtodoContent":"예약 시간 확인하기"},`, 5)
	c := answered(fmt.Sprintf("%064x", n), text, noon.Add(time.Duration(n)*time.Second))
	c.Case, c.Usage = fmt.Sprintf("case-%06d", n), &runfile.Usage{InputTokens: 700, OutputTokens: 60}
	return c, runfile.Trial{
		Case: c.Case, Trial: 1, Key: c.Key, Read: &runfile.Read{Type: "answer", Items: []string{text}},
		Scores: []graders.Score{score("case_type", 1), score("subtodo_count", 1), score("format", 1)},
	}
}

// history writes so many run files with so many calls each.
func history(b *testing.B, files, calls int) string {
	b.Helper()
	dir := b.TempDir()
	for i := range files {
		run := fmt.Sprintf("run-%04d", i)
		w, err := runfile.Create(filepath.Join(dir, run), header(run, key("a")))
		require.NoError(b, err)
		for k := range calls {
			call, trial := aTrial(i*calls + k)
			require.NoError(b, w.Call(call))
			require.NoError(b, w.Trial(trial))
		}
		require.NoError(b, w.Close(runfile.End{Status: runfile.Complete}))
	}
	return dir
}

// BenchmarkOpenIndex opens the index of 1,000 run files with 1,000 calls each. It
// reports the memory that the index takes.
func BenchmarkOpenIndex(b *testing.B) {
	const files, calls = 1000, 1000
	dir := history(b, files, calls)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		x, err := runfile.OpenIndex(dir, runfile.Query{Fits: func(runfile.Header) bool { return true }})
		require.NoError(b, err)
		require.Equal(b, files*calls, x.Len())
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-live")
		runtime.KeepAlive(x)
	}
}

// BenchmarkLookup finds and reads one recorded call among 100,000.
func BenchmarkLookup(b *testing.B) {
	const files, calls = 100, 1000
	x, err := runfile.OpenIndex(history(b, files, calls), runfile.Query{Fits: func(runfile.Header) bool { return true }})
	require.NoError(b, err)
	defer x.Close() //nolint:errcheck // opened for reading only
	n := 0
	for b.Loop() {
		n = (n + 7919) % (files * calls)
		_, ok, err := x.Lookup(fmt.Sprintf("%064x", n), "")
		if err != nil || !ok {
			b.Fatal(n, ok, err)
		}
	}
}

// BenchmarkRecord writes the lines of a trial and waits until they are on disk, as
// 256 workers do at once.
func BenchmarkRecord(b *testing.B) {
	w, err := runfile.Create(b.TempDir(), header("r", key("a")))
	require.NoError(b, err)
	var n atomic.Int64
	b.SetParallelism(256 / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			call, trial := aTrial(int(n.Add(1)))
			if err := errors.Join(w.Call(call), w.Trial(trial), w.Sync()); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
	require.NoError(b, w.Close(runfile.End{Status: runfile.Complete}))
}
