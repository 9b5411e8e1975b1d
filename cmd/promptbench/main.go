// Promptbench runs revisions of a prompt over a suite of user inputs, grades
// the replies, and says whether one revision is better than another.
package main

import (
	"os"
	"runtime/debug"
)

const (
	// memoryLimit is where the garbage collector starts to work harder, so that
	// comparing huge runs stays small; GOMEMLIMIT overrides it.
	memoryLimit = 256 << 20
	// garbage is how much garbage may pile up, in per cent of the memory in use: a few
	// megabytes. Each collection looks at the stacks of all calls in flight; GOGC
	// overrides it.
	garbage = 200
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
