// Command mutate.d tries promptbench with broken files and odd flags. scripts/mutate builds and
// runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"promptbench/internal/testing/mutate"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	program := flags.String("promptbench", "", "the program to try")
	from := flags.String("project", "", "the project to break")
	n := flags.Uint64("n", 10_000, "how many trials")
	first := flags.Uint64("first", 0, "the number of the first one")
	if err := flags.Parse(args); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "mutate-*")
	if err != nil {
		return err
	}
	faults := 0
	defer func() {
		if faults == 0 { // else it is worth a look
			err = errors.Join(err, os.RemoveAll(tmp))
		}
	}()
	project := filepath.Join(tmp, "project")
	if err := mutate.WriteProject(ctx, *program, *from, project); err != nil {
		return err
	}
	seed, err := mutate.Plant(ctx, *program, project)
	if err != nil {
		return err
	}
	var (
		mu      sync.Mutex
		workers sync.WaitGroup
		failed  error
		most    mutate.Trial // of each figure the most
		numbers = make(chan uint64)
	)
	start := time.Now()
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for number := range numbers {
				t, err := seed.Try(ctx, tmp, number)
				mu.Lock()
				failed = errors.Join(failed, err)
				if t.Fault != "" {
					faults++
					_, _ = fmt.Fprintln(out, t)
				}
				most.Wall, most.Memory = max(most.Wall, t.Wall), max(most.Memory, t.Memory)
				mu.Unlock()
			}
		})
	}
	for number := *first; number < *first+*n; number++ {
		numbers <- number
	}
	close(numbers)
	workers.Wait()
	_, _ = fmt.Fprintf(out, "%d trials in %.0f s, %d with a fault; the longest took %.1f s, the largest %d MB\n",
		*n, time.Since(start).Seconds(), faults, most.Wall.Seconds(), most.Memory>>10)
	if failed == nil && faults > 0 {
		failed = errors.New("promptbench has faults; try one again with -first NUMBER -n 1")
	}
	return failed
}
