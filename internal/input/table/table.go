// Package table reads tables that people write or export from a spreadsheet: CSV
// with commas, semicolons or tabs between the cells, in the encodings of package
// charset.
package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"promptbench/internal/input/problem"
	"promptbench/internal/text/charset"
)

// maxRecord is how many bytes one record may have.
const maxRecord = 16 << 20

// A Record is one row of a table. Places say where each cell begins.
type Record struct {
	Cells  []string
	Places []problem.Problem
}

// A Reader reads the records of a table. Cells are quoted as RFC 4180 says.
type Reader struct {
	// Lenient keeps a quote where it stands if it neither opens nor closes its cell,
	// unless the cell has several lines: a quote too many would hide rows. Space
	// before a cell is left out. A cell that is not UTF-8 ends the table.
	Lenient bool

	file      string
	src       io.Reader
	in        *bufio.Reader
	separator string
	lineEnd   byte
	text      string // the line being read, without its end
	line      int    // its number
	size      int    // of the record's lines
}

// NewReader returns a reader of the table in a file.
func NewReader(file string, r io.Reader) *Reader { return &Reader{file: file, src: r} }

// Separator returns what is between the cells. It is known after the first Read.
func (r *Reader) Separator() string { return r.separator }

// Read returns the next record, or io.EOF after the last. Blank lines are passed over.
// What is wrong with the table is a [problem.Problem], after which there is no record.
func (r *Reader) Read() (Record, error) {
	if r.in == nil {
		if err := r.open(); err != nil {
			return Record{}, err
		}
	}
	r.size = 0
	for {
		if err := r.nextLine(); err != nil {
			return Record{}, err
		}
		if r.text != "" {
			break
		}
	}
	var rec Record
	for at, isLast := 0, false; !isLast; {
		if r.Lenient {
			at += len(r.text[at:]) - len(strings.TrimLeft(r.text[at:], " "))
		}
		rec.Places = append(rec.Places, r.place(at))
		cell, next, err := r.cell(at)
		if err != nil {
			return rec, err
		}
		if r.Lenient && !utf8.ValidString(cell) {
			bad := rec.Places[len(rec.Places)-1]
			bad.Message, bad.Hint = "the field is not UTF-8", "save the table as CSV UTF-8"
			return rec, bad
		}
		rec.Cells = append(rec.Cells, cell)
		at, isLast = next+len(r.separator), next == len(r.text)
	}
	return rec, nil
}

// open finds out the encoding and the separator.
func (r *Reader) open() error {
	text, err := charset.NewReader(r.src)
	if foreign, ok := errors.AsType[*charset.Error](err); ok {
		return problem.Problem{File: r.file, Line: 1, Column: 1, Message: "the file is " + foreign.Is, Hint: foreign.Hint}
	}
	if err != nil {
		return fmt.Errorf("reading the table: %w", err)
	}
	r.in = bufio.NewReaderSize(text, 64<<10)
	start, err := r.in.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the table: %w", err)
	}
	r.lineEnd = '\n'
	if bytes.IndexByte(start, '\n') < 0 && bytes.IndexByte(start, '\r') >= 0 { // as Excel writes it for the Macintosh
		r.lineEnd = '\r'
	}
	head, _, _ := strings.Cut(strings.TrimLeft(string(start), "\r\n"), string(r.lineEnd))
	if named, ok := strings.CutPrefix(strings.TrimRight(head, "\r"), "sep="); ok && named != "" { // as Excel writes it
		r.separator = named
		for r.text == "" {
			if err := r.nextLine(); err != nil {
				return err
			}
		}
		return nil
	}
	r.separator = separatorOf(head)
	return nil
}

// separatorOf is what is most often between the names of the columns.
func separatorOf(head string) string {
	count := map[rune]int{}
	isQuoted := false
	for _, c := range head {
		if c == '"' {
			isQuoted = !isQuoted
		}
		if !isQuoted {
			count[c]++
		}
	}
	out := ','
	for _, c := range ";\t|" {
		if count[c] > count[out] {
			out = c
		}
	}
	return string(out)
}

// nextLine reads a line, or returns io.EOF.
func (r *Reader) nextLine() error {
	var line []byte
	for {
		part, err := r.in.ReadSlice(r.lineEnd)
		line = append(line, part...)
		if r.size += len(part); r.size > maxRecord {
			return problem.Problem{
				File: r.file, Line: r.line + 1, Message: fmt.Sprintf("the record is longer than %d MiB", maxRecord>>20),
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0:
		case err != nil && !errors.Is(err, io.EOF):
			return fmt.Errorf("reading the table: %w", err)
		case err != nil:
			return io.EOF
		}
		r.line++
		r.text = strings.TrimSuffix(strings.TrimSuffix(string(line), string(r.lineEnd)), "\r")
		return nil
	}
}

// cell reads the cell that begins at a byte of the line. Next is where its separator is, or the line's end.
func (r *Reader) cell(at int) (cell string, next int, err error) {
	var b strings.Builder
	if strings.HasPrefix(r.text[at:], `"`) {
		if at, err = r.quoted(&b, at); err != nil {
			return "", 0, err
		}
	}
	next = len(r.text)
	if i := strings.Index(r.text[at:], r.separator); i >= 0 {
		next = at + i
	}
	if i := strings.IndexByte(r.text[at:next], '"'); i >= 0 && !r.Lenient {
		return "", 0, r.broken(r.place(at+i), csv.ErrBareQuote)
	}
	b.WriteString(r.text[at:next])
	return b.String(), next, nil
}

// quoted reads what is in quotes, and returns the place behind them.
func (r *Reader) quoted(b *strings.Builder, at int) (int, error) {
	open, first := r.place(at), r.line
	for at++; ; {
		i := strings.IndexByte(r.text[at:], '"')
		if i < 0 {
			b.WriteString(r.text[at:] + "\n")
			if err := r.nextLine(); errors.Is(err, io.EOF) {
				return 0, r.broken(open, csv.ErrQuote)
			} else if err != nil {
				return 0, err
			}
			at = 0
			continue
		}
		b.WriteString(r.text[at : at+i])
		at += i + 1
		switch rest := r.text[at:]; {
		case rest == "" || strings.HasPrefix(rest, r.separator):
			return at, nil
		case rest[0] == '"':
			b.WriteByte('"')
			at++
		case r.Lenient && r.line == first:
			text := b.String()
			b.Reset()
			b.WriteString(`"` + text + `"`)
			return at, nil
		default:
			return 0, r.broken(r.place(at-1), csv.ErrQuote)
		}
	}
}

// place is that of a byte of the line.
func (r *Reader) place(at int) problem.Problem {
	return problem.Problem{File: r.file, Line: r.line, Column: utf8.RuneCountInString(r.text[:at]) + 1}
}

func (r *Reader) broken(at problem.Problem, err error) error {
	at.Message = "the record can't be read: " + err.Error()
	at.Hint = `put a field that holds a quote or a comma in double quotes, and write "" for a quote in it`
	return at
}
