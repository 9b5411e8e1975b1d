// Promptbench runs revisions of a prompt over a suite of user inputs, grades
// the replies, and says whether one revision is better than another.
package main

import (
	"os"
	"runtime/debug"
)

// memoryLimit is where the garbage collector starts to work harder, so that
// comparing huge runs stays small; GOMEMLIMIT overrides it.
const memoryLimit = 256 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
