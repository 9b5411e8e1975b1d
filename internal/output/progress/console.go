package progress

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"promptbench/internal/input/problem"
	"promptbench/internal/output/report"
	"promptbench/internal/text/textsafe"
	"promptbench/internal/text/wording"
)

// A Console holds the streams of a command: results go to Out, all else to Err. Both should be a [textsafe.Writer].
type Console struct {
	Out, Err io.Writer
	Quiet    bool // print results only
	NoColor  bool
	Progress func(Update) // told of how far a job is, in place of the bar and the lines; nil: nobody

	bar atomic.Pointer[progressbar.ProgressBar] // on the last line of the terminal; nil if there is none
}

// OutFor returns what a result in a format is written to. Formats for programs keep their meaning: JSON and XML are
// still fit for a terminal and a log, the others are written as they are.
func (c *Console) OutFor(format string) io.Writer {
	switch to := under(c.Out); format {
	case report.JSON:
		return &textsafe.Writer{To: to, Escape: textsafe.EscapeJSON}
	case report.JUnit:
		return &textsafe.Writer{To: to, Escape: textsafe.EscapeXML}
	case report.HTML, report.CSV, report.GitHub:
		return to
	}
	return c.Out
}

// under returns the stream below the writer that makes it safe.
func under(stream io.Writer) io.Writer {
	if w, ok := stream.(*textsafe.Writer); ok {
		return w.To
	}
	return stream
}

// Note prints a safe line to Err, unless the console is quiet.
func (c *Console) Note(format string, args ...any) {
	if c.Quiet {
		return
	}
	if bar := c.bar.Load(); bar != nil {
		_ = bar.Clear() // the next tick draws it again, below the note
	}
	_, _ = fmt.Fprintln(c.Err, textsafe.Cell(fmt.Sprintf(format, args...)))
}

// NoteText prints text from outside this program, such as a file or a server, as one safe line.
func (c *Console) NoteText(text string) { c.Note("%s", textsafe.Cell(text)) }

// maxWarnings is how many warnings are printed before a result.
const maxWarnings = 5

// Warn prints the first warnings of a list.
func (c *Console) Warn(list problem.List) {
	warnings := list.Only(problem.Warning)
	for _, p := range warnings[:min(len(warnings), maxWarnings)] {
		c.NoteText(p.Error())
	}
	if more := len(warnings) - maxWarnings; more > 0 {
		c.Note("%s more; promptbench validate lists them all", wording.Count(more, "warning"))
	}
}

// Display returns how wide and how colourful text for w may be.
func (c *Console) Display(w io.Writer, all bool) report.Options {
	o := report.Options{All: all}
	if p, ok := under(w).(*pager); ok {
		w = p.screen
	}
	f := terminalOf(w)
	if f == nil {
		return o
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil {
		o.Width = width
	}
	o.Color = !c.NoColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return o
}

// terminalOf returns the terminal that a stream reads or writes, or nil.
func terminalOf(stream any) *os.File {
	if w, ok := stream.(*textsafe.Writer); ok {
		stream = w.To
	}
	if f, ok := stream.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// Explain returns an error as lines for a person; see [Console.Describe]. Text from files and servers is made safe.
func (c *Console) Explain(err error) []string {
	if list, ok := errors.AsType[problem.List](err); ok {
		return c.Describe(list)
	}
	var lines []string
	for line := range strings.Lines(err.Error()) {
		lines = append(lines, Blame("", line))
	}
	return lines
}

// Blame returns a message as one safe line. It begins with the program's name unless the message names a file.
func Blame(file, message string) string {
	message = textsafe.Cell(strings.TrimRight(message, "\n"))
	if file != "" {
		return message
	}
	return "promptbench: " + message
}
