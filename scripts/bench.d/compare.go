package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A candidate is a program, and how it is started for an endpoint.
type candidate struct {
	name    string
	command func(base string) []string
	results []result
}

// compare measures each candidate against an endpoint of its own, all of them in turn in each round, so that whatever
// else the machine does hits all alike.
func (b *bench) compare(ctx context.Context) error {
	fmt.Fprintf(&b.report, "%d cases, %d in flight, %s a reply of %d bytes or more; rounds measured: %d\n%s\n\n",
		b.cases, b.inFlight, b.delay, b.size, b.rounds, machine())
	b.head("ratio")
	candidates := b.candidates()
	for range b.rounds {
		if err := os.RemoveAll(filepath.Join(b.dir, "runs")); err != nil {
			return err
		}
		for i := range candidates {
			base, stop, err := b.startEndpoint(ctx)
			if err != nil {
				return err
			}
			r, err := measure(ctx, b.dir, candidates[i].command(base)...)
			stop()
			if err != nil {
				return err
			}
			candidates[i].results = append(candidates[i].results, r)
		}
	}
	bare := median(candidates[0].results)
	for _, c := range candidates {
		b.row(c.name, median(c.results), bare)
	}
	return nil
}

func (b *bench) candidates() []candidate {
	many := fmt.Sprint(b.inFlight)
	promptbench := func(args ...string) func(string) []string {
		return func(base string) []string {
			full := append([]string{b.promptbench}, args...)
			if args[0] == "run" {
				full = append(full, "--base-url", base, "--model", "bench", "--concurrency", many)
			}
			return append(full, "-o", "result.txt")
		}
	}
	out := []candidate{
		{name: "bare loop", command: func(base string) []string {
			return []string{
				b.self, "loop", "-base-url", base, "-inputs", filepath.Join(b.dir, "cases", "bench.jsonl"), "-in-flight", many,
			}
		}},
		{name: "promptbench", command: promptbench("run", "prompts/bench", "--fresh")},
		{name: "promptbench, replayed", command: promptbench("run", "prompts/bench", "--offline")},
		{name: "promptbench, regraded", command: promptbench("regrade", "prompts/bench")},
	}
	if b.promptfoo != "" {
		out = append(out, candidate{name: "promptfoo", command: func(base string) []string {
			return append(
				strings.Fields(b.promptfoo), "eval", "-c", writePromptfoo(b.dir, base), "--no-cache", "--no-table",
				"--no-progress-bar", "--max-concurrency", many, "-o", filepath.Join(b.dir, "foo.json"))
		}})
	}
	return out
}
