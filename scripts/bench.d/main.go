// Command bench.d measures promptbench against a bare loop that makes the same
// requests to the same endpoint on this machine. scripts/bench builds and runs it:
//
//	bench.d compare -promptbench FILE [-promptfoo COMMAND] [-cases N] [-in-flight N] [-delay D]
//	bench.d serve [-delay D]
//	bench.d loop -base-url URL -cases FILE -in-flight N
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
		return fmt.Errorf("want compare, serve or loop")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	delay := flags.Duration("delay", 50*time.Millisecond, "how long the endpoint takes for a reply")
	inFlight := flags.Int("in-flight", 256, "requests under way at once")
	switch args[0] {
	case "serve":
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return serve(ctx, *delay, out)
	case "loop":
		base, cases := flags.String("base-url", "", "of the endpoint"), flags.String("cases", "", "a JSON Lines file of cases")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return loop(ctx, *base, *cases, *inFlight)
	case "project":
		dir, cases := flags.String("dir", "", "where to write it"), flags.Int("cases", 10_000, "cases")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return writeProject(*dir, *cases)
	case "compare":
		c := comparison{}
		flags.StringVar(&c.promptbench, "promptbench", "", "the program to measure")
		flags.StringVar(&c.promptfoo, "promptfoo", "", "how to start promptfoo; empty to leave it out")
		flags.IntVar(&c.cases, "cases", 10_000, "cases")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		c.delay, c.inFlight = *delay, *inFlight
		return c.run(ctx, out)
	}
	return fmt.Errorf("unknown command %q: want compare, serve or loop", args[0])
}
