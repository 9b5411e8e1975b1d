package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A result is what a program took.
type result struct {
	wall, cpu time.Duration
	memory    int64 // the most at once, in KiB; 0 where the system doesn't say
}

// measure runs a program in dir.
func measure(ctx context.Context, dir string, args ...string) (result, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var said bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	cmd.Env = append(os.Environ(), "OPENAI_API_KEY=none", "PROMPTFOO_DISABLE_TELEMETRY=1", "PROMPTFOO_DISABLE_UPDATE=1")
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return result{}, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, said.String())
	}
	state := cmd.ProcessState
	return result{wall: time.Since(start), cpu: state.UserTime() + state.SystemTime(), memory: mostMemory(state)}, nil
}

// against measures a program against an endpoint of its own; command makes the
// command line for the endpoint's base URL.
func (c comparison) against(ctx context.Context, self, dir string, command func(base string) []string) (result, error) {
	base, stop, err := startEndpoint(ctx, self, c.delay, c.size)
	if err != nil {
		return result{}, err
	}
	defer stop()
	return measure(ctx, dir, command(base)...)
}

// startEndpoint starts an endpoint in a process of its own.
func startEndpoint(
	ctx context.Context, self string, delay time.Duration, size int,
) (base string, stop func(), err error) {
	endpoint := exec.CommandContext(ctx, self, "serve", "-delay", delay.String(), "-reply", fmt.Sprint(size))
	stdin, err := endpoint.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	stdout, err := endpoint.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := endpoint.Start(); err != nil {
		return "", nil, fmt.Errorf("starting the endpoint: %w", err)
	}
	stop = func() {
		_ = stdin.Close() // it ends with its standard input
		_ = endpoint.Wait()
	}
	base, err = bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("starting the endpoint: %w", err)
	}
	return strings.TrimSpace(base), stop, nil
}

// median is the result with the median of each number; of the memory the most.
func median(results []result) result {
	by := func(number func(result) time.Duration) time.Duration {
		all := make([]time.Duration, len(results))
		for i, r := range results {
			all[i] = number(r)
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	out := result{
		wall: by(func(r result) time.Duration { return r.wall }),
		cpu:  by(func(r result) time.Duration { return r.cpu }),
	}
	for _, r := range results {
		out.memory = max(out.memory, r.memory)
	}
	return out
}

// machine describes where the numbers are from.
func machine() string {
	name := runtime.GOARCH
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(data)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				name = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %s, %d cores, %s%s", runtime.GOOS, name, runtime.NumCPU(), runtime.Version(), load())
}

// load says how busy the machine was before, where that can be told.
func load() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	one, _, _ := strings.Cut(string(data), " ")
	return ", load " + one
}

// row prints a line of the table; base is what the ratios are to, zero for none.
func row(out io.Writer, name string, r, base result) error {
	ratio := func(a, b time.Duration) string {
		if b == 0 {
			return ""
		}
		return fmt.Sprintf("%.2f×", a.Seconds()/b.Seconds())
	}
	_, err := fmt.Fprintf(out, "%-22s %8.2fs %7s %8.2fs %7s %6d MB\n", cmp.Or(name, "-"),
		r.wall.Seconds(), ratio(r.wall, base.wall), r.cpu.Seconds(), ratio(r.cpu, base.cpu), r.memory/1024)
	return err
}
