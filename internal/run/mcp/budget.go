package mcp

import (
	"context"
	"fmt"

	"promptbench/internal/text/wording"
)

// A budget is how many calls the runs of a server may still make. One run at a time takes from it: two would ask for
// the same replies twice.
type budget struct{ left chan int }

func newBudget(calls int) budget {
	b := budget{left: make(chan int, 1)}
	b.left <- calls
	return b
}

// spend lets do make up to n calls, and takes off what it says it made. It waits for other runs.
func (b budget) spend(ctx context.Context, n int, do func() (made int)) error {
	var left int
	select {
	case left = <-b.left:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { b.left <- left }()
	switch {
	case n < 0:
		return fmt.Errorf("max_calls is %d; it must be at least 0, and 0 replays recorded replies alone", n)
	case n > left:
		return fmt.Errorf("max_calls is %d, and this server may make %s more: ask for at most %d, use plan to see "+
			"what a run needs, or ask the person to start promptbench mcp with a larger --max-calls",
			n, wording.Count(left, "call"), left)
	}
	left -= do()
	left = max(left, 0)
	return nil
}
