package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
}

// A result is what one candidate took.
type result struct {
	name      string
	wall, cpu time.Duration
	memory    int64 // the most at once, in KiB; 0 where the system doesn't say
}

// run measures each candidate against an endpoint of its own and prints a table.
func (c comparison) run(ctx context.Context, out io.Writer) error {
	if c.promptbench == "" {
		return fmt.Errorf("-promptbench names no program")
	}
	if c.cases < 1 || c.inFlight < 1 {
		return fmt.Errorf("-cases and -in-flight are at least 1")
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
	cases, many := filepath.Join(dir, "cases", "bench.jsonl"), fmt.Sprint(c.inFlight)
	candidates := []candidate{
		{"bare loop", func(base string) []string {
			return []string{self, "loop", "-base-url", base, "-cases", cases, "-in-flight", many}
		}},
		{"promptbench", func(base string) []string {
			return []string{c.promptbench, "run", "prompts/bench", "--fresh", "--base-url", base, "--model", "bench", "--concurrency", many, "-o", "result.txt"}
		}},
		{"promptbench, replayed", func(base string) []string {
			return []string{c.promptbench, "run", "prompts/bench", "--offline", "--base-url", base, "--model", "bench", "-o", "result.txt"}
		}},
	}
	if c.promptfoo != "" {
		candidates = append(candidates, candidate{"promptfoo", func(base string) []string {
			return append(strings.Fields(c.promptfoo), "eval", "-c", foo(dir, base), "--no-cache", "--no-table", "--no-progress-bar", "--max-concurrency", many, "-o", filepath.Join(dir, "foo.json"))
		}})
	}
	if _, err := fmt.Fprintf(out, "%d cases, %d in flight, %s a reply; %s/%s, %d cores, %s\n\n%-22s %9s %7s %9s %7s %9s\n",
		c.cases, c.inFlight, c.delay, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), "", "wall", "ratio", "cpu", "ratio", "memory"); err != nil {
		return err
	}
	var bare result
	for i, candidate := range candidates {
		r, err := candidate.measure(ctx, self, dir, c.delay)
		if err != nil {
			return err
		}
		if i == 0 {
			bare = r
		}
		if _, err := fmt.Fprintf(out, "%-22s %8.2fs %6.2f× %8.2fs %6.2f× %6d MB\n", r.name,
			r.wall.Seconds(), r.wall.Seconds()/bare.wall.Seconds(), r.cpu.Seconds(), r.cpu.Seconds()/bare.cpu.Seconds(), r.memory/1024); err != nil {
			return err
		}
	}
	return nil
}

// A candidate is a program, and how it is started for an endpoint.
type candidate struct {
	name    string
	command func(base string) []string
}

func (c candidate) measure(ctx context.Context, self, dir string, delay time.Duration) (result, error) {
	endpoint := exec.CommandContext(ctx, self, "serve", "-delay", delay.String())
	stdin, err := endpoint.StdinPipe()
	if err != nil {
		return result{}, err
	}
	stdout, err := endpoint.StdoutPipe()
	if err != nil {
		return result{}, err
	}
	if err := endpoint.Start(); err != nil {
		return result{}, fmt.Errorf("starting the endpoint: %w", err)
	}
	defer endpoint.Wait() //nolint:errcheck // it ends with its standard input
	defer stdin.Close()   //nolint:errcheck // see above
	base, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return result{}, fmt.Errorf("starting the endpoint: %w", err)
	}
	args := c.command(strings.TrimSpace(base))
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var said bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	cmd.Env = append(os.Environ(), "OPENAI_API_KEY=none", "PROMPTFOO_DISABLE_TELEMETRY=1", "PROMPTFOO_DISABLE_UPDATE=1")
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return result{}, fmt.Errorf("%s: %w\n%s", c.name, err, said.String())
	}
	state := cmd.ProcessState
	return result{name: c.name, wall: time.Since(start), cpu: state.UserTime() + state.SystemTime(), memory: mostMemory(state)}, nil
}
