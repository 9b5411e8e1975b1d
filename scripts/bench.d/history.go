package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"promptbench/internal/input/prompt"
	"promptbench/internal/record/runfile"
)

// A history is a runs directory that has grown for a long time.
type history struct {
	promptbench string // the program
	files       int
	calls       int // in each of them
}

// run measures a run of one case, which has to look for its recording among all
// these calls, all of them of this very prompt.
func (h history) run(ctx context.Context, out io.Writer) error {
	if h.promptbench == "" {
		return fmt.Errorf("-promptbench names no program")
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a leftover of a benchmark in the system's temporary directory
	if err := writeProject(dir, 1); err != nil {
		return err
	}
	command := []string{
		h.promptbench, "run", "prompts/bench", "--offline", "--max-errors", "1", "--base-url", "http://127.0.0.1:1/v1",
		"--model", "bench", "-o", "result.txt",
	}
	without, err := measure(ctx, dir, append(command, "--runs", "none")...)
	if err != nil {
		return err
	}
	size, err := h.write(ctx, dir)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%d run files, %d calls, %d MB\n%s\n\n%-22s %9s %7s %9s %7s %9s\n",
		h.files, h.files*h.calls, size>>20, machine(), "", "wall", "", "cpu", "", "memory"); err != nil {
		return err
	}
	if err := row(out, "without", without, result{}); err != nil {
		return err
	}
	var results []result
	for range 3 {
		with, err := measure(ctx, dir, command...)
		if err != nil {
			return err
		}
		results = append(results, with)
	}
	return row(out, "with", median(results), result{})
}

// write fills the runs directory, and returns how many bytes are in it.
func (h history) write(ctx context.Context, dir string) (size int64, err error) {
	p, probs := prompt.Load(ctx, filepath.Join(dir, "prompts", "bench"))
	if err := probs.Err(); err != nil {
		return 0, err
	}
	at := time.Date(2026, 11, 23, 6, 34, 0, 0, time.UTC)
	text := strings.Repeat(`{"subtodoNumber":1,"subtodoContent":"예약 시간 확인하기"},`, 5)
	for i := range h.files {
		run := fmt.Sprintf("run-%06d", i)
		w, err := runfile.Create(filepath.Join(dir, "runs"), runfile.Header{
			Run: run, Prompt: runfile.Prompt{Name: "bench", Hash: p.Hash()},
			Model: runfile.Model{ID: "bench", Endpoint: "local"}, Trials: 1, Started: at,
		})
		if err != nil {
			return 0, err
		}
		for k := range h.calls {
			id, key := fmt.Sprintf("case-%06d", k), fmt.Sprintf("%064x", i*h.calls+k)
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
		if err := w.Close(runfile.End{Status: runfile.Complete, Trials: h.calls, Calls: h.calls}); err != nil {
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
