package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// queue measures what each process of a run through a work queue takes, and reports it by the call. What one core of
// each carries follows from it, also where the cores of this machine are too few to let all of them run at full speed.
func (b *bench) queue(ctx context.Context) error {
	base, stopEndpoint, err := b.startEndpoint(ctx)
	if err != nil {
		return err
	}
	defer stopEndpoint()
	url, server, err := b.startServer(ctx)
	if err != nil {
		return err
	}
	var workers []*exec.Cmd
	for range b.workers {
		w := exec.CommandContext(ctx, b.promptbench, "worker", "--queue", url, "--base-url", base,
			"--concurrency", fmt.Sprint(max(1, b.inFlight/b.workers)))
		w.Dir = b.dir
		if err := w.Start(); err != nil {
			return fmt.Errorf("starting a worker: %w", err)
		}
		workers = append(workers, w)
	}
	coordinator, err := measure(ctx, b.dir, b.promptbench, "run", "prompts/bench", "--queue", url, "--base-url", base,
		"--model", "bench", "--concurrency", fmt.Sprint(b.inFlight), "-o", "result.txt")
	if err != nil {
		return err
	}
	var worker result
	for _, w := range workers {
		r := end(w)
		worker.cpu, worker.memory = worker.cpu+r.cpu, max(worker.memory, r.memory)
	}
	b.reportQueue(coordinator, end(server), worker)
	return nil
}

// end interrupts a program, and returns what it took.
func end(cmd *exec.Cmd) result {
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait() // an interrupt is no failure
	return resultOf(cmd.ProcessState)
}

func (b *bench) startServer(ctx context.Context) (url string, server *exec.Cmd, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return "", nil, err
	}
	config := fmt.Sprintf("listen: %q\njetstream: {store_dir: %q", addr, filepath.Join(b.dir, "queue"))
	if b.sync {
		config += ", sync_interval: always"
	}
	path := filepath.Join(b.dir, "queue.conf")
	if err := os.WriteFile(path, []byte(config+"}\n"), 0o644); err != nil {
		return "", nil, err
	}
	server = exec.CommandContext(ctx, b.natsServer, "-c", path)
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

func (b *bench) reportQueue(coordinator, server, worker result) {
	synced := ""
	if b.sync {
		synced = ", each message synced to disk"
	}
	fmt.Fprintf(&b.report, "%d cases, %d workers, %d in flight, %s a reply%s; %s\n%.0f calls a second (%.2fs)\n\n",
		b.cases, b.workers, b.inFlight, b.delay, synced, machine(),
		float64(b.cases)/coordinator.wall.Seconds(), coordinator.wall.Seconds())
	fmt.Fprintf(&b.report, "%-12s %9s %12s %15s %9s\n", "", "cpu", "a call", "calls a core", "memory")
	for _, p := range []struct {
		name string
		result
	}{{"coordinator", coordinator}, {"server", server}, {"worker", worker}} {
		each := p.cpu / time.Duration(b.cases)
		fmt.Fprintf(&b.report, "%-12s %8.2fs %9d µs %13.0f/s %6d MB\n",
			p.name, p.cpu.Seconds(), each.Microseconds(), 1/each.Seconds(), p.memory/1024)
	}
}
