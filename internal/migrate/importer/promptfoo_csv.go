package importer

import (
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

type row struct {
	cells  []string
	places []problem.Problem
}

// rows reads a table, its first row the names of the columns. What can't be read
// is a problem, and ends it.
func (d *draft) rows(file, text string) (head row, body []row, bad *problem.Problem) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.TrimLeadingSpace = true
	lines := strings.Split(text, "\n")
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return head, body, nil
		}
		if err != nil {
			p := problem.Problem{File: file, Message: "the table can't be read: " + err.Error()}
			if broken, ok := errors.AsType[*csv.ParseError](err); ok {
				p.Line, p.Column, p.Message = broken.Line, broken.Column, "the record can't be read: "+broken.Err.Error()
			}
			return head, body, &p
		}
		one := row{cells: cells}
		for i := range cells {
			line, column := r.FieldPos(i)
			if line-1 < len(lines) {
				src := lines[line-1]
				column = utf8.RuneCountInString(src[:min(column-1, len(src))]) + 1
			}
			one.places = append(one.places, problem.Problem{File: file, Line: line, Column: column})
		}
		if head.cells == nil {
			head = one
			continue
		}
		if n := len(head.cells); len(cells) > n {
			d.lostAt(one.places[n], "a cell beyond the columns is not carried over")
			one.cells = cells[:n]
		}
		body = append(body, one)
	}
}

var expectedColumn = regexp.MustCompile(`^__expected\d*$`)

// csvTests reads a table of promptfoo: a column is a var, those with two
// underscores say something of the test.
func (f *promptfooConfig) csvTests(n strictyaml.Node, file, text string) []test {
	head, body, bad := f.rows(file, text)
	if bad != nil {
		f.Left.Add(*bad)
	}
	var out []test
	for i, name := range head.cells {
		name = strings.TrimSpace(name)
		switch {
		case !strings.HasPrefix(name, "__"), expectedColumn.MatchString(name), name == "__description", name == "__prefix",
			name == "__suffix", strings.HasPrefix(name, "__metadata:"):
		default:
			f.lostAt(head.places[i], "the column %s is not carried over", name)
		}
	}
	for _, r := range body {
		t := test{vars: map[string]any{}, spread: false, place: r.places[0]}
		blank := true
		for i, cell := range r.cells {
			name := strings.TrimSpace(head.cells[i])
			blank = blank && strings.TrimSpace(cell) == ""
			switch {
			case expectedColumn.MatchString(name):
				if strings.TrimSpace(cell) != "" {
					t.asserts = append(t.asserts, assertion{short: cell, place: r.places[i], file: n.File()})
				}
			case name == "__description":
				t.description = strings.TrimSpace(cell)
			case name == "__prefix":
				t.prefix = cell
			case name == "__suffix":
				t.suffix = cell
			case strings.HasPrefix(name, "__metadata:"):
				key, isList := strings.CutSuffix(strings.TrimPrefix(name, "__metadata:"), "[]")
				values := []string{cell}
				if isList {
					values = strings.Split(cell, ",")
				}
				for _, value := range values {
					if tag := tagOf(key, value); tag != "" {
						t.tags = append(t.tags, tag)
					}
				}
			case strings.HasPrefix(name, "__"):
			case name != "":
				t.vars[name] = cell
			}
		}
		if !blank {
			out = append(out, t)
		}
	}
	return out
}
