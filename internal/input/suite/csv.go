package suite

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

const varPrefix = "var:" // of the name of a column that holds a var

func csvColumns() []string {
	return []string{"id", "input", "type", "count_min", "count_max", "tags", "group", "note"}
}

// readCSV reads one case a record. The first record names the columns: id and
// input, and any of type, count_min, count_max, tags (separated by spaces or
// semicolons), group, note and var:NAME. An empty field is one not given.
func readCSV(file string, r io.Reader, yield func(record) bool) error {
	br := bufio.NewReader(r)
	if start, err := br.Peek(3); err == nil && len(strictyaml.TrimBOM(start)) == 0 {
		_, _ = br.Discard(3) // they are there
	}
	tape := &tape{r: br}
	reader := csv.NewReader(tape)
	reader.FieldsPerRecord = -1 // so that a record of another length gets its place
	t := csvTable{file: file, reader: reader, tape: tape}
	fields, err := t.next()
	var probs problem.List
	switch {
	case errors.Is(err, io.EOF):
		probs.Add(spot{file, 1, 1}.Problem("the file is empty", "its first line names the columns: id, input, …"))
	case isCSVError(err):
		probs.Add(t.broken(err))
	case err != nil:
		return err
	default:
		probs = t.head(fields)
	}
	if len(probs) > 0 {
		yield(brokenRecord(spot{file, 1, 1}, probs))
		return nil
	}
	for {
		fields, err := t.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case isCSVError(err): // where the next record begins is anybody's guess
			p := t.broken(err)
			yield(brokenRecord(spot{p.File, p.Line, p.Column}, problem.List{p}))
			return nil
		case err != nil:
			return err
		}
		if !yield(t.record(fields)) {
			return nil
		}
	}
}

// A csvTable reads the records of one file.
type csvTable struct {
	file    string
	reader  *csv.Reader
	tape    *tape
	columns []string
	places  []spot // of the current record's fields
}

func (t *csvTable) next() ([]string, error) {
	t.tape.drop(t.reader.InputOffset())
	fields, err := t.reader.Read()
	if err != nil {
		return nil, err
	}
	t.places = t.places[:0]
	raw := t.tape.until(t.reader.InputOffset())
	first, _ := t.reader.FieldPos(0)
	// The reader passes over blank lines before the record.
	start := strings.TrimLeft(raw, "\r\n")
	lines := strings.Split(start, "\n")
	for i := range fields {
		line, column := t.reader.FieldPos(i) // its column counts bytes
		if n := line - first; n >= 0 && n < len(lines) {
			column = utf8.RuneCountInString(lines[n][:min(column-1, len(lines[n]))]) + 1
		}
		t.places = append(t.places, spot{t.file, line, column})
	}
	return fields, nil
}

func isCSVError(err error) bool {
	_, ok := errors.AsType[*csv.ParseError](err)
	return ok
}

// broken is the problem of a record whose quotes are wrong, at its place. Of a
// quote that is never closed that is where it opens, and not the file's end.
func (t *csvTable) broken(err error) problem.Problem {
	p, _ := errors.AsType[*csv.ParseError](err)
	lines := strings.Split(strings.TrimLeft(t.tape.until(math.MaxInt64), "\r\n"), "\n") // from the record's first one on
	n, before := p.Line-p.StartLine, p.Column-1                                         // bytes before the place
	if n >= len(lines) || before >= len(lines[n]) {
		n, before = 0, strings.LastIndex(lines[0], `,"`)+1
	}
	at := spot{t.file, p.StartLine + n, utf8.RuneCountInString(lines[n][:before]) + 1}
	return at.Problem("the record can't be read: "+p.Err.Error(),
		`put a field that holds a quote or a comma in double quotes, and write "" for a quote in it`)
}

// brokenRecord carries problems where no case could be read.
func brokenRecord(at spot, probs problem.List) record {
	return record{
		probs: probs,
		place: func(...any) spot { return at },
		has:   func(string) bool { return false },
	}
}

func (t *csvTable) head(fields []string) (probs problem.List) {
	for i, name := range fields {
		name = strings.TrimSpace(name)
		switch {
		case slices.Contains(t.columns, name):
			probs.Add(t.places[i].Problem(fmt.Sprintf("the column %q appears twice", name), ""))
		case strings.HasPrefix(name, varPrefix):
			if message, hint := badVar(strings.TrimPrefix(name, varPrefix)); message != "" {
				probs.Add(t.places[i].Problem(message, hint))
			}
		case !slices.Contains(csvColumns(), name):
			known := append(csvColumns(), varPrefix+"NAME")
			probs.Add(t.places[i].Problem(fmt.Sprintf("unknown column %q", name), strictyaml.Hint(name, known)))
		}
		t.columns = append(t.columns, name)
	}
	for _, name := range []string{"id", "input"} {
		if !slices.Contains(t.columns, name) {
			probs.Add(t.places[0].Problem(fmt.Sprintf("the column %q is missing", name), "the first line names the columns"))
		}
	}
	return probs
}

func (t *csvTable) record(fields []string) record {
	whole, places := t.places[0], slices.Clone(t.places)
	r := record{has: func(key string) bool { return key == "id" || key == "input" }}
	r.place = func(path ...any) spot {
		if i := t.column(path); i >= 0 && i < len(places) {
			return places[i]
		}
		return whole
	}
	if len(fields) != len(t.columns) {
		message := fmt.Sprintf("%d fields where the first line names %d columns", len(fields), len(t.columns))
		r.probs.Add(whole.Problem(message, "put fields that hold a comma in double quotes"))
		r.has = func(string) bool { return false }
		return r
	}
	for i, name := range t.columns {
		s, value := t.places[i], fields[i]
		if !utf8.ValidString(value) {
			r.probs.Add(s.Problem("the field is not UTF-8", "save the table as CSV UTF-8"))
			continue
		}
		if strings.TrimSpace(value) != "" {
			r.set(name, value, s)
		}
	}
	return r
}

// column returns the index of the column that a value of a case stands in, or
// -1.
func (t *csvTable) column(path []any) int {
	steps := make([]string, len(path))
	for i, p := range path {
		steps[i] = fmt.Sprint(p)
	}
	name := ""
	switch joined := strings.Join(steps, "."); {
	case len(steps) == 0:
	case joined == "expect.type":
		name = "type"
	case joined == "expect.count.max":
		name = "count_max"
	case strings.HasPrefix(joined, "expect.count"):
		name = "count_min"
	case strings.HasPrefix(joined, "vars."):
		name = varPrefix + steps[1]
	default:
		name = steps[0]
	}
	return slices.Index(t.columns, name)
}

func (r *record) set(column, value string, at spot) {
	c := &r.Case
	switch column {
	case "id":
		c.ID = value
	case "input":
		c.Input = value
	case "note":
		c.Note = value
	case "group":
		c.Group = strings.TrimSpace(value)
	case "type":
		c.Expect.Type = strings.TrimSpace(value)
	case "tags":
		c.Tags = strings.FieldsFunc(value, func(r rune) bool { return r == ';' || r == ' ' || r == '\n' || r == '\t' })
	case "count_min", "count_max":
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			r.probs.Add(at.Problem(fmt.Sprintf("expected a whole number, found %q", value), ""))
			return
		}
		if c.Expect.Count == nil {
			c.Expect.Count = &graders.Range{}
		}
		if column == "count_min" {
			c.Expect.Count.Min = &n
		} else {
			c.Expect.Count.Max = &n
		}
	default:
		if c.Vars == nil {
			c.Vars = map[string]string{}
		}
		c.Vars[strings.TrimPrefix(column, varPrefix)] = value
	}
}

// A tape remembers what the CSV reader has taken from a file, so that columns
// can be counted in characters.
type tape struct {
	r    io.Reader
	buf  []byte
	from int64 // where in the file buf starts
}

// Read passes a reader's bytes on and keeps them.
func (t *tape) Read(p []byte) (int, error) {
	if len(t.buf) > maxLine {
		return 0, fmt.Errorf("a record is longer than %d MiB", maxLine>>20)
	}
	n, err := t.r.Read(p)
	t.buf = append(t.buf, p[:n]...)
	return n, err
}

// drop forgets the bytes before an offset of the file.
func (t *tape) drop(offset int64) {
	n := min(max(offset-t.from, 0), int64(len(t.buf)))
	t.buf = append(t.buf[:0], t.buf[n:]...)
	t.from += n
}

// until returns what is remembered up to an offset of the file.
func (t *tape) until(offset int64) string {
	return string(t.buf[:min(max(offset-t.from, 0), int64(len(t.buf)))])
}
