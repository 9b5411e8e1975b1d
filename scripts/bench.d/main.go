// Command bench.d measures promptbench against a bare loop that makes the same
// requests to the same endpoint on this machine. scripts/bench builds and runs it:
//
// bench.d compare -promptbench FILE [-promptfoo COMMAND] [-cases N] [-in-flight N] [-delay D]
// [-reply BYTES] [-rounds N]
//
//	bench.d history -promptbench FILE [-files N] [-calls N]
//	bench.d queue -promptbench FILE -nats-server FILE [-workers N] [-cases N] [-in-flight N] [-delay D] [-sync]
//	bench.d serve [-delay D] [-reply BYTES]
//	bench.d loop -base-url URL -inputs FILE -in-flight N
//
// The endpoint and every candidate are processes of their own, so that the time, the
// processor time and the memory of each can be told from what the system counts.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("want compare, history, queue, serve or loop")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	var (
		program = flags.String("promptbench", "", "the program to measure")
		foo     = flags.String("promptfoo", "", "how to start promptfoo; empty to leave it out")
		cases   = flags.Int("cases", 10_000, "cases")
		many    = flags.Int("in-flight", 256, "requests under way at once")
		delay   = flags.Duration("delay", 50*time.Millisecond, "how long the endpoint takes for a reply")
		size    = flags.Int("reply", 200, "bytes of a reply, at least")
		rounds  = flags.Int("rounds", 3, "how often everything is measured; the median counts")
		files   = flags.Int("files", 1000, "run files")
		calls   = flags.Int("calls", 1000, "calls in each run file")
		server  = flags.String("nats-server", "", "the server of a queue")
		workers = flags.Int("workers", 3, "worker processes")
		synced  = flags.Bool("sync", false, "have that server write each message to disk before it says that it has it")
		base    = flags.String("base-url", "", "of the endpoint")
		inputs  = flags.String("inputs", "", "a JSON Lines file of cases")
	)
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "serve":
		return serve(ctx, *delay, *size, out)
	case "loop":
		return loop(ctx, *base, *inputs, *many)
	case "queue":
		q := queueing{
			promptbench: *program, server: *server, cases: *cases, workers: *workers, inFlight: *many, delay: *delay,
			size: *size, sync: *synced,
		}
		return q.run(ctx, out)
	case "compare":
		c := comparison{
			promptbench: *program, promptfoo: *foo, cases: *cases, inFlight: *many, delay: *delay, size: *size, rounds: *rounds,
		}
		return c.run(ctx, out)
	case "history":
		return history{promptbench: *program, files: *files, calls: *calls}.run(ctx, out)
	}
	return fmt.Errorf("unknown command %q: want compare, history, queue, serve or loop", args[0])
}
