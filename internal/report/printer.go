package report

import (
	"fmt"
	"io"
)

// A printer writes lines until the first error, which it keeps.
type printer struct {
	w   io.Writer
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

func (p *printer) blank() { p.line("") }

func (p *printer) table(columns []column, rows [][]string) {
	if p.err == nil {
		p.err = writeTable(p.w, columns, rows)
	}
}
