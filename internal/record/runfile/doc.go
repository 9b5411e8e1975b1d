// Package runfile reads and writes run files, the only store of promptbench and the seam between running and everything
// that looks at results.
//
// A run file is append-only JSON Lines: a header, a line per case, finished call and graded trial, and an end line.
// [Create] opens one for its only writer, [Scan] streams the records of one, [Load] gathers them into a [Run], and an
// [Index] finds earlier calls by their key, which makes every run a recording that later runs replay. docs/run-file.md
// describes the format.
package runfile
