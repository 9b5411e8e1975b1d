package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// A queueing is a run through a work queue that is measured.
type queueing struct {
	promptbench string // the program
	server      string // nats-server
	cases       int
	workers     int
	inFlight    int // over all workers
	delay       time.Duration
	size        int // of a reply
	sync        bool
}

// run measures what each process of a run takes, and prints it by the call. What
// one core of each carries follows from it, also where the cores of this machine
// are too few to let all of them run at full speed.
func (q queueing) run(ctx context.Context, out io.Writer) error {
	if q.promptbench == "" || q.server == "" || q.cases < 1 || q.workers < 1 || q.inFlight < q.workers {
		return errors.New("-promptbench and -nats-server are wanted, and at least a case, a worker, and a call in " +
			"flight for each worker")
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
	if err := writeProject(dir, q.cases); err != nil {
		return err
	}
	base, stopEndpoint, err := startEndpoint(ctx, self, q.delay, q.size)
	if err != nil {
		return err
	}
	defer stopEndpoint()
	url, server, err := q.startServer(ctx, dir)
	if err != nil {
		return err
	}
	var workers []*exec.Cmd
	for range q.workers {
		w := exec.CommandContext(
			ctx, q.promptbench, "worker", "--queue", url, "--base-url", base, "--concurrency", fmt.Sprint(q.inFlight/q.workers))
		w.Dir = dir
		if err := w.Start(); err != nil {
			return fmt.Errorf("starting a worker: %w", err)
		}
		workers = append(workers, w)
	}
	run := exec.CommandContext(ctx, q.promptbench, "run", "prompts/bench", "--queue", url, "--base-url", base,
		"--model", "bench", "--concurrency", fmt.Sprint(q.inFlight), "-o", "result.txt")
	var said bytes.Buffer
	run.Dir, run.Stdout, run.Stderr = dir, &said, &said
	start := time.Now()
	if err := run.Run(); err != nil {
		return fmt.Errorf("running through the queue: %w\n%s", err, said.String())
	}
	wall := time.Since(start)
	for _, w := range workers {
		_ = w.Process.Signal(os.Interrupt)
		_ = w.Wait() // an interrupt is no failure
	}
	_ = server.Process.Signal(os.Interrupt)
	_ = server.Wait()
	return q.print(out, wall, run.ProcessState, server.ProcessState, workers)
}

func (q queueing) startServer(ctx context.Context, dir string) (url string, server *exec.Cmd, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return "", nil, err
	}
	config := fmt.Sprintf("listen: %q\njetstream: {store_dir: %q", addr, filepath.Join(dir, "queue"))
	if q.sync {
		config += ", sync_interval: always"
	}
	path := filepath.Join(dir, "queue.conf")
	if err := os.WriteFile(path, []byte(config+"}\n"), 0o644); err != nil {
		return "", nil, err
	}
	server = exec.CommandContext(ctx, q.server, "-c", path)
	if err := server.Start(); err != nil {
		return "", nil, fmt.Errorf("starting the queue: %w", err)
	}
	for range 500 {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			return "nats://" + addr, server, c.Close()
		}
		<-time.After(20 * time.Millisecond)
	}
	return "", nil, errors.New("the queue does not start")
}

func (q queueing) print(out io.Writer, wall time.Duration, run, server *os.ProcessState, workers []*exec.Cmd) error {
	synced := ""
	if q.sync {
		synced = ", each message synced to disk"
	}
	if _, err := fmt.Fprintf(out, "%d cases, %d workers, %d in flight, %s a reply%s; %s\n%.0f calls a second "+
		"(%.2fs)\n\n%-12s %9s %12s %15s %9s\n",
		q.cases, q.workers, q.inFlight, q.delay, synced, machine(),
		float64(q.cases)/wall.Seconds(), wall.Seconds(), "", "cpu", "a call", "calls a core", "memory"); err != nil {
		return err
	}
	line := func(name string, calls int, states ...*os.ProcessState) error {
		var cpu time.Duration
		var memory int64
		for _, s := range states {
			cpu += s.UserTime() + s.SystemTime()
			memory = max(memory, mostMemory(s))
		}
		each := cpu / time.Duration(calls)
		_, err := fmt.Fprintf(
			out, "%-12s %8.2fs %9d µs %13.0f/s %6d MB\n", name, cpu.Seconds(), each.Microseconds(), 1/each.Seconds(),
			memory/1024)
		return err
	}
	var states []*os.ProcessState
	for _, w := range workers {
		states = append(states, w.ProcessState)
	}
	return errors.Join(
		line("coordinator", q.cases, run), line("server", q.cases, server), line("worker", q.cases, states...))
}
