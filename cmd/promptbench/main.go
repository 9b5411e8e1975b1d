// Promptbench runs revisions of a prompt over a suite of user inputs, grades
// the replies, and says whether one revision is better than another.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
