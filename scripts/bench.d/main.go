// Command bench.d measures promptbench against a bare loop that makes the same requests to the same endpoint on this
// machine. scripts/bench builds and runs it:
//
//	bench.d compare -promptbench FILE [-promptfoo COMMAND] [-cases N] [-in-flight N] [-delay D]
//	        [-reply BYTES] [-rounds N]
//	bench.d history -promptbench FILE [-files N] [-calls N]
//	bench.d queue -promptbench FILE -nats-server FILE [-workers N] [-cases N] [-in-flight N] [-delay D] [-sync]
//	bench.d attacks -promptbench FILE [-cases N] [-delay D]
//	bench.d export -promptbench FILE [-cases N] [-rounds N]
//	bench.d serve [-delay D] [-reply BYTES] [-fault NAME]
//	bench.d loop -base-url URL -inputs FILE -in-flight N
//
// The endpoint and every candidate are processes of their own, so that the time, the processor time and the memory of
// each can be told from what the system counts.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// A bench is what is measured.
type bench struct {
	promptbench string // the program
	promptfoo   string // how to start it, or empty
	natsServer  string // the program
	cases       int
	inFlight    int // requests, over all workers
	delay       time.Duration
	size        int // of a reply
	rounds      int
	files       int
	calls       int // in each file
	workers     int
	sync        bool

	self   string // this program
	dir    string // of the project
	report strings.Builder
}

func run(ctx context.Context, args []string, out io.Writer) error {
	const commands = "want compare, history, queue, attacks, export, serve or loop"
	if len(args) == 0 {
		return errors.New(commands)
	}
	var b bench
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.StringVar(&b.promptbench, "promptbench", "", "the program to measure")
	flags.StringVar(&b.promptfoo, "promptfoo", "", "how to start promptfoo; empty to leave it out")
	flags.StringVar(&b.natsServer, "nats-server", "", "the server of a queue")
	flags.IntVar(&b.cases, "cases", 10_000, "cases")
	flags.IntVar(&b.inFlight, "in-flight", 256, "requests under way at once")
	flags.DurationVar(&b.delay, "delay", 50*time.Millisecond, "how long the endpoint takes for a reply")
	flags.IntVar(&b.size, "reply", 200, "bytes of a reply, at least")
	flags.IntVar(&b.rounds, "rounds", 3, "how often everything is measured; the median counts")
	flags.IntVar(&b.files, "files", 1000, "run files")
	flags.IntVar(&b.calls, "calls", 1000, "calls in each run file")
	flags.IntVar(&b.workers, "workers", 3, "worker processes")
	flags.BoolVar(&b.sync, "sync", false, "have that server write each message to disk before it says that it has it")
	base := flags.String("base-url", "", "of the endpoint")
	fault := flags.String("fault", "none", "what the endpoint does in place of an answer")
	inputs := flags.String("inputs", "", "a JSON Lines file of cases")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if min(b.cases, b.inFlight, b.rounds, b.workers) < 1 {
		return errors.New("-cases, -in-flight, -rounds and -workers are at least 1")
	}
	switch args[0] {
	case "serve":
		return serve(ctx, b.delay, b.size, *fault, out)
	case "loop":
		return loop(ctx, *base, *inputs, b.inFlight)
	case "compare":
		return b.measureIn(out, b.cases, func() error { return b.compare(ctx) })
	case "queue":
		return b.measureIn(out, b.cases, func() error { return b.queue(ctx) })
	case "attacks":
		return b.measureIn(out, b.cases, func() error { return b.attacks(ctx) })
	case "export":
		return b.measureIn(out, 200, func() error { return b.export(ctx) })
	case "history":
		return b.measureIn(out, 1, func() error { return b.history(ctx) })
	}
	return fmt.Errorf("unknown command %q: %s", args[0], commands)
}

// measureIn measures in a project with so many cases, and prints the report.
func (b *bench) measureIn(out io.Writer, cases int, measure func() error) (err error) {
	if b.promptbench == "" {
		return errors.New("-promptbench names no program")
	}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir) //nolint:errcheck // a leftover of a benchmark in the system's temporary directory
	if err := writeProject(b.dir, cases); err != nil {
		return err
	}
	if err := measure(); err != nil {
		return err
	}
	_, err = io.WriteString(out, b.report.String())
	return err
}
