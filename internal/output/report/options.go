package report

import (
	"cmp"

	"promptbench/internal/text/textsafe"
)

// DefaultWidth is how many columns output has where no terminal says otherwise.
const DefaultWidth = 80

// Options are the reader's: how wide the output may be and how much of it is
// wanted.
type Options struct {
	Width int    // terminal columns; 0 means [DefaultWidth]
	All   bool   // every case instead of the first few
	Brief bool   // what a busy person needs: the result without types and cases
	Calls bool   // of a comparison: the calls that the command has just made for its runs
	Color bool   // mark verdicts with terminal colours
	Link  string // where the HTML report will be; only Markdown leads there
}

func (o Options) width() int { return cmp.Or(max(o.Width, 0), DefaultWidth) }

// fewCases is how many cases a table shows unless all are asked for.
const fewCases = 10

// fewOnOneScreen is how many changed cases a narrow terminal shows: with the types and the
// verdict they fit on one screen.
const fewOnOneScreen = 5

// fewStill is how many of the cases that still fail watch shows.
const fewStill = 5

// The colours of verdicts and marks.
const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	bold   = "\x1b[1m"
	reset  = "\x1b[0m"
)

// paint colours text that is already safe.
func (o Options) paint(color, text string) string {
	if !o.Color || color == "" {
		return text
	}
	return color + text + reset
}

// line makes one safe line that may wrap on a terminal, but not break it.
func line(s string) string { return textsafe.Cell(s) }
