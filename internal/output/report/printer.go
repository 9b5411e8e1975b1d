package report

import (
	"fmt"
	"io"
	"strings"

	"promptbench/internal/output/phrase"
	"promptbench/internal/text/textsafe"
)

// A printer writes lines until the first error, which it keeps.
type printer struct {
	w   io.Writer
	o   Options
	err error
}

func (p *printer) check(err error) {
	if p.err == nil {
		p.err = err
	}
}

// line prints one line. What comes from outside must be safe already.
func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// hanging sets off the lines that go on with a sentence.
const hanging = "  "

// prose prints a sentence, wrapped between words where a terminal is narrower; a pipe gets it whole, for programs that
// look for it.
func (p *printer) prose(color, text string) {
	lines := []string{text}
	if p.o.Width > 0 {
		lines = textsafe.Wrap(text, p.o.Width, "", hanging)
	}
	for _, line := range lines {
		p.line("%s", p.o.paint(color, line))
	}
}

// sentences prints sentences from outside, each on a line.
func (p *printer) sentences(color string, list []string) {
	for _, s := range list {
		p.prose(color, line(s))
	}
}

// reliability prints the scores that cannot gate, and the rates without the judge's errors.
func (p *printer) reliability(informing []string, corrected []phrase.Corrected) {
	p.sentences(yellow, informing)
	for _, t := range corrected {
		p.blank()
		p.prose("", line(t.Head)+":")
		columns := make([]column, len(t.Columns))
		for i, title := range t.Columns {
			columns[i] = column{Title: line(title), Max: 24}
		}
		p.table(columns, t.Rows)
	}
}

func (p *printer) blank() { p.line("") }

func (p *printer) table(columns []column, rows [][]string) {
	if p.err == nil {
		p.err = writeTable(p.w, columns, rows)
	}
}

// Wrapped is a sentence as a terminal of the reader's width shows it.
func Wrapped(text string, o Options) string {
	var b strings.Builder
	p := &printer{w: &b, o: o}
	p.prose("", line(text))
	return strings.TrimRight(b.String(), "\n")
}
