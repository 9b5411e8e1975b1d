package suite

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
	"promptbench/internal/input/table"
)

const varPrefix = "var:" // of the name of a column that holds a var

func csvColumns() []string {
	return []string{"id", "input", "type", "count_min", "count_max", "tags", "group", "note", "reference", "number"}
}

// readCSV reads one case a record. The first record names the columns: id and
// input, and any of type, count_min, count_max, reference, number, tags (separated by spaces
// or semicolons), group, note and var:NAME. An empty field is one not given.
func readCSV(file string, r io.Reader, yield func(record) bool) error {
	reader := table.NewReader(file, r)
	t := csvTable{file: file}
	head, err := reader.Read()
	if err == nil {
		err = t.head(head).Err()
	}
	if errors.Is(err, io.EOF) {
		err = spot{file, 1, 1}.Problem("the file is empty", "its first line names the columns: id, input, …")
	}
	for err == nil {
		var rec table.Record
		if rec, err = reader.Read(); err == nil && !yield(t.record(rec)) {
			return nil
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	if _, isPlain := errors.AsType[problem.Problem](err); !isPlain && !errors.As(err, new(problem.List)) {
		return err
	}
	// Where the next record begins is anybody's guess.
	yield(brokenRecord(spot{file, 1, 1}, problem.From(err)))
	return nil
}

// A csvTable makes cases of the records of one file.
type csvTable struct {
	file    string
	columns []string
}

// brokenRecord carries problems where no case could be read.
func brokenRecord(at spot, probs problem.List) record {
	return record{
		probs: probs,
		place: func(...any) spot { return at },
		has:   func(string) bool { return false },
	}
}

func (t *csvTable) head(head table.Record) (probs problem.List) {
	for i, name := range head.Cells {
		at := spotOf(head.Places[i])
		name = strings.TrimSpace(name)
		switch {
		case slices.Contains(t.columns, name):
			probs.Add(at.Problem(fmt.Sprintf("the column %q appears twice", name), ""))
		case strings.HasPrefix(name, varPrefix):
			if message, hint := badVar(strings.TrimPrefix(name, varPrefix)); message != "" {
				probs.Add(at.Problem(message, hint))
			}
		case !slices.Contains(csvColumns(), name):
			known := append(csvColumns(), varPrefix+"NAME")
			probs.Add(at.Problem(fmt.Sprintf("unknown column %q", name), strictyaml.Hint(name, known)))
		}
		t.columns = append(t.columns, name)
	}
	for _, name := range []string{"id", "input"} {
		if !slices.Contains(t.columns, name) {
			message := fmt.Sprintf("the column %q is missing", name)
			probs.Add(spotOf(head.Places[0]).Problem(message, "the first line names the columns"))
		}
	}
	return probs
}

func (t *csvTable) record(rec table.Record) record {
	whole, fields := spotOf(rec.Places[0]), rec.Cells
	r := record{has: func(key string) bool { return key == "id" || key == "input" }}
	r.place = func(path ...any) spot {
		if i := t.column(path); i >= 0 && i < len(rec.Places) {
			return spotOf(rec.Places[i])
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
		s, value := spotOf(rec.Places[i]), fields[i]
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
	case strings.HasPrefix(joined, "expect."):
		name = steps[1]
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
	case "reference":
		c.Expect.Reference = []string{value}
	case "number":
		n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil {
			r.probs.Add(at.Problem(fmt.Sprintf("expected a number, found %q", value), ""))
			return
		}
		c.Expect.Number = &n
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

func spotOf(p problem.Problem) spot { return spot{p.File, p.Line, p.Column} }
