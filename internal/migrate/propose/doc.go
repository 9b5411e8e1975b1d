// Package propose makes cases of what users typed: of the failures of a run, and of the exports of tools that trace
// applications.
//
// [From] reads each file once, as a stream of records (read.go, walk.go, run.go), and finds in each what a user
// typed (formats.go, export.go, message.go). It redacts that by the rules of package private and leaves out what
// repeats another text, a case of the suite or an example of a prompt (gather.go, known.go). Cases that nearly equal
// each other share a group. A [Result] holds the cases with their origin, and every other record with its place and
// the reason. [Result.YAML] writes the cases as a suite of their own. No expectation is made up, nothing is added to
// a suite, and no model is asked.
package propose
