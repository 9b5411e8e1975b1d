package compare_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"promptbench/graders"
	"promptbench/graders/reply"
	"promptbench/internal/record/runfile"
	"promptbench/internal/verdict/compare"
)

// large is how many trials each run of the benchmark has.
const large = 100_000

// BenchmarkLoadAndCompare is a comparison of two run files of 100,000 trials as
// the command does it: both are loaded at once, then compared. It reports the
// most memory that the heap took, and what is still in use after the comparison.
func BenchmarkLoadAndCompare(b *testing.B) {
	dir := b.TempDir()
	paths := []string{writeLarge(b, dir, "v2", 1), writeLarge(b, dir, "v3", 2)}
	runtime.GC()
	b.ResetTimer()
	for b.Loop() {
		var runs [2]*runfile.Run
		var wg sync.WaitGroup
		for i, path := range paths {
			wg.Go(func() {
				run, err := runfile.Load(path, runfile.Scores)
				if err != nil {
					b.Error(err)
				}
				runs[i] = run
			})
		}
		wg.Wait()
		loaded := time.Now()
		c, err := compare.Compare(runs[0], runs[1], compare.Options{})
		require.NoError(b, err)
		require.Equal(b, large, c.Pairs)
		require.Len(b, c.Rows(10), 10)
		b.ReportMetric(time.Since(loaded).Seconds(), "s-comparing")
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapSys)/1e6, "MB-heap")
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-live")
		runtime.KeepAlive(c)
	}
}

// writeLarge writes a run of about 240 MB with replies, reasons, tags and
// graders of every kind.
func writeLarge(b *testing.B, dir, name string, seed uint64) string {
	b.Helper()
	same, other := rand.New(rand.NewPCG(0, 0)), rand.New(rand.NewPCG(seed, 0))
	names := []string{
		"case_type", "subtodo_count", "format", "length", "rubric", "rubric/actionable", "rubric/korean", "rubric/order",
	}
	h := runfile.Header{
		Run: "20261123T000000Z-" + name, Prompt: runfile.Prompt{Name: name, Hash: name}, Suite: runfile.Suite{Name: "large"},
		Reply: reply.Rules{Types: []string{"answer", "question", "invalid"}}, Trials: 1,
	}
	w, err := runfile.Create(dir, h)
	require.NoError(b, err)
	for i := range large {
		r := same // both runs draw the same but for one case in twenty
		if i%20 == 0 {
			r = other
		}
		id := fmt.Sprintf("case-%06d", (i*7919)%large) // not in the order of ids
		typ := h.Reply.Types[i%3]
		require.NoError(b, w.Case(runfile.Case{
			Case: id, Input: fmt.Sprintf(
				"내일 오전 %d시에 치과 가기, 보험증과 예약 문자를 챙기고 버스 시간도 알아보기", i,
			), Vars: map[string]string{"today": "2026-11-23 (월)"},
			Expect: graders.Expect{Type: typ}, Tags: []string{"health", fmt.Sprintf("tag-%02d", i%30)}, InputHash: hash(id),
		}))
		require.NoError(b, w.Call(runfile.Call{
			Key: hash(name + id), Case: id, Trial: 1, For: runfile.ForReply, FinishReason: "stop",
			ResponseModel: "example-model",
			Reply: fmt.Sprintf(
				"{\"subtodos\":{\"type\":%q,\"content\":[{\"subtodoNumber\":1,\"subtodoContent\":\"예약 시간 확인하기\"},"+
					"{\"subtodoNumber\":2,\"subtodoContent\":\"보험증과 신분증 챙기기\"},"+
					"{\"subtodoNumber\":3,\"subtodoContent\":\"버스 시간표 알아보기\"}]}}",
				typ,
			),
			Usage:     &runfile.Usage{InputTokens: 700 + r.IntN(100), OutputTokens: 60 + r.IntN(50)},
			LatencyMS: r.Int64N(2000), Attempts: 1, At: time.Date(2026, 11, 23, 0, 0, i%60, i*1000, time.UTC),
		}))
		t := runfile.Trial{Case: id, Trial: 1, Key: hash(name + id), Read: &runfile.Read{
			Format: reply.JSON, Type: h.Reply.Types[r.IntN(3)], Items: []string{"예약 시간 확인하기", "보험증과 신분증 챙기기", "버스 시간표 알아보기"},
			Defects: []reply.Defect{{Code: reply.CodeFence, Detail: "the document stands in a code fence"}},
		}}
		for k, grader := range names {
			s := graders.Score{Grader: grader, Answer: fmt.Sprint(r.IntN(1000)), Reason: "세 항목 모두 바로 할 수 있는 일이고, 순서도 맞습니다."}
			v := float64(r.IntN(2))
			switch k {
			case 2:
				v = float64(r.IntN(5)) / 4
			case 4:
				v = float64(r.IntN(4)) / 3
			}
			s.Value, s.Pass = &v, v == 1
			if r.IntN(2000) == 0 {
				s.Value, s.Pass, s.Unscored = nil, false, "the judge gave no verdict"
			}
			t.Scores = append(t.Scores, s)
		}
		require.NoError(b, w.Trial(t))
	}
	require.NoError(b, w.Close(runfile.End{Status: runfile.Complete, Trials: large, Calls: large}))
	return w.Path()
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
