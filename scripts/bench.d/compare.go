package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A comparison is what is measured.
type comparison struct {
	promptbench string // the program
	promptfoo   string // how to start it, or empty
	cases       int
	inFlight    int
	delay       time.Duration
	size        int // of a reply
	rounds      int
}

// A candidate is a program, and how it is started for an endpoint.
type candidate struct {
	name    string
	command func(base string) []string
	results []result
}

// run measures each candidate against an endpoint of its own, all of them in turn
// in each round, so that whatever else the machine does hits all alike, and prints
// a table.
func (c comparison) run(ctx context.Context, out io.Writer) error {
	if c.promptbench == "" {
		return fmt.Errorf("-promptbench names no program")
	}
	if c.cases < 1 || c.inFlight < 1 || c.rounds < 1 {
		return fmt.Errorf("-cases, -in-flight and -rounds are at least 1")
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a leftover of a benchmark in the system's temporary directory
	if err := writeProject(dir, c.cases); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d cases, %d in flight, %s a reply of %d bytes or more; rounds measured: %d\n%s\n\n",
		c.cases, c.inFlight, c.delay, c.size, c.rounds, machine())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%-22s %9s %7s %9s %7s %9s\n", "", "wall", "ratio", "cpu", "ratio", "memory")
	if err != nil {
		return err
	}
	candidates := c.candidates(self, dir)
	for range c.rounds {
		if err := os.RemoveAll(filepath.Join(dir, "runs")); err != nil {
			return err
		}
		for i := range candidates {
			r, err := c.against(ctx, self, dir, candidates[i].command)
			if err != nil {
				return err
			}
			candidates[i].results = append(candidates[i].results, r)
		}
	}
	bare := median(candidates[0].results)
	for _, candidate := range candidates {
		if err := row(out, candidate.name, median(candidate.results), bare); err != nil {
			return err
		}
	}
	return nil
}

func (c comparison) candidates(self, dir string) []candidate {
	many := fmt.Sprint(c.inFlight)
	promptbench := func(args ...string) func(string) []string {
		return func(base string) []string {
			full := append([]string{c.promptbench}, args...)
			if args[0] == "run" {
				full = append(full, "--base-url", base, "--model", "bench", "--concurrency", many)
			}
			return append(full, "-o", "result.txt")
		}
	}
	out := []candidate{
		{name: "bare loop", command: func(base string) []string {
			return []string{
				self, "loop", "-base-url", base, "-inputs", filepath.Join(dir, "cases", "bench.jsonl"), "-in-flight", many,
			}
		}},
		{name: "promptbench", command: promptbench("run", "prompts/bench", "--fresh")},
		{name: "promptbench, replayed", command: promptbench("run", "prompts/bench", "--offline")},
		{name: "promptbench, regraded", command: promptbench("regrade", "prompts/bench")},
	}
	if c.promptfoo != "" {
		out = append(out, candidate{name: "promptfoo", command: func(base string) []string {
			return append(
				strings.Fields(c.promptfoo), "eval", "-c", foo(dir, base), "--no-cache", "--no-table", "--no-progress-bar",
				"--max-concurrency", many, "-o", filepath.Join(dir, "foo.json"))
		}})
	}
	return out
}
