package runfile_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/internal/runfile"
)

// BenchmarkOpenIndex opens the index of 100 run files with 1,000 calls each. It
// reports the memory that the index takes.
func BenchmarkOpenIndex(b *testing.B) {
	const files, calls = 1000, 1000
	dir := b.TempDir()
	text := strings.Repeat(`{"subtodoNumber":1,"subtodoContent":"예약 시간 확인하기"},`, 5)
	for i := range files {
		run := fmt.Sprintf("run-%04d", i)
		w, err := runfile.Create(filepath.Join(dir, run), header(run, key("a")))
		require.NoError(b, err)
		for k := range calls {
			c := answered(fmt.Sprintf("%064x", i*calls+k), text, noon.Add(time.Duration(k)*time.Second))
			c.Usage = &runfile.Usage{InputTokens: 700, OutputTokens: 60}
			require.NoError(b, w.Call(c))
			require.NoError(b, w.Trial(runfile.Trial{Case: c.Case, Trial: k, Key: c.Key, Read: &runfile.Read{Items: []string{text}}}))
		}
		require.NoError(b, w.Close(runfile.End{Status: runfile.Complete}))
	}
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
