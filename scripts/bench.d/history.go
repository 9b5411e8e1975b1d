package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
)

// history measures a run of one case, which has to look for its recording among all calls of a runs directory that has
// grown for a long time, all of them of this very prompt.
func (b *bench) history(ctx context.Context) error {
	command := []string{
		b.promptbench, "run", "prompts/bench", "--offline", "--max-errors", "1", "--base-url", "http://127.0.0.1:1/v1",
		"--model", "bench", "-o", "result.txt",
	}
	without, err := measure(ctx, b.dir, append(command, "--runs", "none")...)
	if err != nil {
		return err
	}
	size, err := b.writeRuns(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(&b.report, "%d run files, %d calls, %d MB\n%s\n\n", b.files, b.files*b.calls, size>>20, machine())
	b.head("")
	b.row("without", without, result{})
	var results []result
	for range 3 {
		with, err := measure(ctx, b.dir, command...)
		if err != nil {
			return err
		}
		results = append(results, with)
	}
	b.row("with", median(results), result{})
	return nil
}

// writeRuns fills the runs directory, and returns how many bytes are in it.
func (b *bench) writeRuns(ctx context.Context) (size int64, err error) {
	p, probs := prompt.Load(ctx, filepath.Join(b.dir, "prompts", "bench"))
	if err := probs.Err(); err != nil {
		return 0, err
	}
	at := time.Date(2026, 11, 23, 6, 34, 0, 0, time.UTC)
	text := strings.Repeat(`{"subtodoNumber":1,"subtodoContent":"예약 시간 확인하기"},`, 5)
	for i := range b.files {
		run := fmt.Sprintf("run-%06d", i)
		w, err := runfile.Create(filepath.Join(b.dir, "runs"), runfile.Header{
			Run: run, Prompt: runfile.Prompt{Name: "bench", Hash: p.Hash()},
			Model: runfile.Model{ID: "bench", Endpoint: "local"}, Trials: 1, Started: at,
		})
		if err != nil {
			return 0, err
		}
		for k := range b.calls {
			id, key := fmt.Sprintf("case-%06d", k), fmt.Sprintf("%064x", i*b.calls+k)
			if err := w.Case(runfile.Case{Case: id, Input: "내일 오전 10시에 치과 가기", InputHash: key}); err != nil {
				return 0, err
			}
			if err := w.Call(runfile.Call{
				Key: key, Case: id, Trial: 1, For: runfile.ForReply, Reply: text, Attempts: 1,
				At:    at.Add(time.Duration(k) * time.Second),
				Usage: &runfile.Usage{InputTokens: 700, OutputTokens: 60},
			}); err != nil {
				return 0, err
			}
			if err := w.Trial(runfile.Trial{Case: id, Trial: 1, Key: key, Read: &runfile.Read{
				Type: "answer", Items: []string{text},
			}}); err != nil {
				return 0, err
			}
		}
		if err := w.Close(runfile.End{Status: runfile.Complete, Trials: b.calls, Calls: b.calls}); err != nil {
			return 0, err
		}
		info, err := os.Stat(w.Path())
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}
