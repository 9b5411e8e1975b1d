package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"promptbench/internal/testing/peak"
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
	r := resultOf(cmd.ProcessState)
	r.wall = time.Since(start)
	return r, nil
}

// resultOf is what a program took that has ended, without its wall time.
func resultOf(state *os.ProcessState) result {
	return result{cpu: state.UserTime() + state.SystemTime(), memory: peak.Memory(state)}
}

func (b *bench) startEndpoint(ctx context.Context, more ...string) (base string, stop func(), err error) {
	endpoint := exec.CommandContext(ctx, b.self, append([]string{
		"serve", "-delay", b.delay.String(), "-reply", fmt.Sprint(b.size),
	}, more...)...)
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

// head reports the titles of the table.
func (b *bench) head(ratio string) {
	fmt.Fprintf(&b.report, "%-22s %9s %7s %9s %7s %9s\n", "", "wall", ratio, "cpu", ratio, "memory")
}

// row reports a line of the table; base is what the ratios are to, zero for none.
func (b *bench) row(name string, r, base result) {
	ratio := func(a, b time.Duration) string {
		if b == 0 {
			return ""
		}
		return fmt.Sprintf("%.2f×", a.Seconds()/b.Seconds())
	}
	fmt.Fprintf(&b.report, "%-22s %8.2fs %7s %8.2fs %7s %6d MB\n", name,
		r.wall.Seconds(), ratio(r.wall, base.wall), r.cpu.Seconds(), ratio(r.cpu, base.cpu), r.memory/1024)
}
