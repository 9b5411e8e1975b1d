package propose

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"promptbench/internal/input/inputfile"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/table"
	"promptbench/internal/text/charset"
	"promptbench/internal/text/wording"
)

// maxRecord is how many bytes a record of an export may have.
const maxRecord = 16 << 20

// A record is one row, span or run of an export.
type record struct {
	fields map[string]any
	line   int
	inner  bool // other records are in it
}

// read streams the records of an export. A line that can't be read is noted; a file that can't be read on is an error.
// Both have their places, and neither is quoted: it holds what users typed.
func (p *proposer) read(path string, visit func(record)) error {
	f, err := inputfile.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // opened for reading only
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".csv", ".tsv":
		err := p.readTable(path, f, visit)
		if broken, ok := errors.AsType[problem.Problem](err); ok {
			broken.Secret = true
			return broken
		}
		return err
	case ".json", ".jsonl", ".ndjson":
		text, err := charset.NewReader(f)
		if foreign, ok := errors.AsType[*charset.Error](err); ok {
			return problem.Problem{File: path, Line: 1, Message: "the file is " + foreign.Is, Hint: foreign.Hint, Secret: true}
		}
		if err != nil {
			return err
		}
		in := bufio.NewReaderSize(text, 64<<10)
		if isLines(in, ext != ".json") {
			return p.readLines(path, in, visit)
		}
		return newWalker(p, path, 1, in, visit).document()
	default:
		return problem.Problem{
			File: path, Message: fmt.Sprintf("exports do not end in %q", ext),
			Hint: "name a run, or an export that ends in .json, .jsonl, .ndjson, .csv or .tsv",
		}
	}
}

// isLines reports whether a text has a value of JSON on each line. A first line that is too long to look at leaves
// it to the ending of the file.
func isLines(in *bufio.Reader, byName bool) bool {
	start, _ := in.Peek(64 << 10)
	first, rest, ended := bytes.Cut(bytes.TrimLeft(start, " \t\r\n"), []byte("\n"))
	switch {
	case !ended:
		return byName
	case json.Valid(first):
		return len(bytes.TrimSpace(rest)) > 0 || byName
	}
	return byName && !bytes.Equal(bytes.TrimSpace(first), []byte("[")) && !bytes.Equal(bytes.TrimSpace(first), []byte("{"))
}

// readLines reads a record a line.
func (p *proposer) readLines(path string, in *bufio.Reader, visit func(record)) error {
	for line := 1; ; line++ {
		data, tooLong, err := readLine(in)
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return problem.Problem{File: path, Line: line, Message: "reading the line: " + err.Error(), Secret: true}
		}
		switch {
		case tooLong:
			p.breaks(problem.Problem{File: path, Line: line, Message: "the line is longer than 16 MiB", Secret: true})
		case len(bytes.TrimSpace(data)) > 0:
			w := newWalker(p, path, line, bytes.NewReader(data), visit)
			w.isLine = true
			if broken, ok := errors.AsType[problem.Problem](w.document()); ok {
				p.breaks(broken)
			}
		}
		if end {
			return nil
		}
	}
}

// readLine returns the next line; what is over maxRecord is read past.
func readLine(in *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(part) > maxRecord; tooLong {
			line = nil
		} else {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}

// readTable reads a record a row; the first row names the fields. A cell that holds JSON is read as such.
func (p *proposer) readTable(path string, f io.Reader, visit func(record)) error {
	in := table.NewReader(path, f)
	in.Lenient = true
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return problem.Problem{File: path, Line: 1, Message: "the file is empty", Hint: "its first line names the columns"}
	}
	if err != nil {
		return err
	}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line := row.Places[0].Line
		if len(row.Cells) != len(head.Cells) {
			p.breaks(problem.Problem{
				File: path, Line: line, Secret: true,
				Message: fmt.Sprintf("the row has %s, and the first line names %d",
					wording.Count(len(row.Cells), "field"), len(head.Cells)),
			})
			continue
		}
		fields := make(map[string]any, len(row.Cells))
		for i, cell := range row.Cells {
			fields[strings.TrimSpace(head.Cells[i])] = cell
		}
		visit(record{fields: fields, line: line})
	}
}
