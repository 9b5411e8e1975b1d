package importer

import (
	"slices"
	"strings"
	"unicode/utf8"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/strictyaml"
)

// table reads a CSV file: a column input, one of what is expected, and columns
// that become vars, tags, ids and notes.
func (d *draft) table(data []byte) problem.List {
	d.Format = "table"
	text := string(strictyaml.TrimBOM(data))
	if !utf8.ValidString(text) {
		return problem.List{{File: d.source, Message: "the table is not UTF-8", Hint: "save it as CSV UTF-8"}}
	}
	head, body, bad := d.rows(d.source, text)
	if bad != nil {
		return problem.List{*bad}
	}
	var columns []string
	for _, name := range head.cells {
		columns = append(columns, strings.ToLower(strings.TrimSpace(name)))
	}
	input := slices.IndexFunc(columns, func(name string) bool {
		return slices.Contains(strings.Fields(inputColumns), name)
	})
	if input < 0 {
		return problem.List{{
			File: d.source, Line: 1, Column: 1, Message: "no column of the table is the input", Hint: "name one of them input",
		}}
	}
	f := &promptfooConfig{draft: d, defaults: test{spread: false}}
	d.prompts = []promptDraft{{
		messages: []message{{role: "user", text: "{{input}}", at: always(head.places[input])}},
		place:    head.places[input],
	}}
	for _, r := range body {
		c := caseDraft{vars: map[string]any{}, place: r.places[0]}
		for i, cell := range r.cells {
			switch {
			case i == input:
				c.vars["input"] = cell
			case strings.TrimSpace(cell) == "":
			case columns[i] == "id":
				c.ID = cell
			case columns[i] == "tags":
				for _, tag := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(" ;,\n\t", r) }) {
					c.Tags = append(c.Tags, slug(tag, "tag"))
				}
			case columns[i] == "note", columns[i] == "description":
				c.Note = cell
			case slices.Contains(strings.Fields(expectedColumns), columns[i]):
				c.expects = append(c.expects, d.expected(f, r.places[i], cell)...)
			case expectedColumn.MatchString(columns[i]):
				c.expects = append(
					c.expects, f.expectations(assertion{short: cell, place: r.places[i], file: d.source}, c.vars, 0)...)
			default:
				name := varName(strings.TrimPrefix(strings.TrimSpace(head.cells[i]), "var:"))
				c.vars[name] = cell
				d.keep = append(d.keep, name)
			}
		}
		if asText(c.vars["input"]) != "" || len(c.vars) > 1 {
			d.cases = append(d.cases, c)
		}
	}
	return nil
}

// What the columns of a table are called.
const (
	inputColumns    = "input question query prompt user_input message text"
	expectedColumns = "expected ideal answer expected_output output reference label target"
)

func (d *draft) expected(f *promptfooConfig, place problem.Problem, cell string) []expectation {
	kind := map[string]string{Contains: "contains", StartsWith: "starts-with"}[d.options.Expected]
	if kind == "" {
		return equals(cell)
	}
	return f.translateAssert(asserted{assertion: assertion{place: place}, kind: kind, value: cell, text: cell})
}
