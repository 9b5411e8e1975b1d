package importer

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strconv"
	"strings"

	"promptbench/graders"
	"promptbench/internal/input/problem"
	"promptbench/internal/input/table"
	"promptbench/internal/text/wording"
)

const formatTable = "table"

// table reads a table as the source: a column input, one of what is expected, and
// columns that become vars, tags, ids and notes.
func (d *draft) table(name string, data []byte) problem.List {
	d.Format = formatTable
	f := &promptfooConfig{draft: d, kinds: map[string]bool{}}
	head, tests, err := f.rows(name, data, true)
	if err != nil {
		return problem.From(err)
	}
	d.prompts = []promptDraft{{
		messages: []message{{role: "user", text: "{{input}}", at: always(head.place)}}, place: head.place,
	}}
	d.keep = head.vars
	for _, t := range tests {
		f.addTest(t)
	}
	return nil
}

// rows reads a table. Its columns are those of promptfoo's tests, or, where it is
// the source itself, those that tables have elsewhere.
func (f *promptfooConfig) rows(file string, data []byte, isSource bool) (header, []test, error) {
	r := table.NewReader(file, bytes.NewReader(data))
	r.Lenient = true
	first, err := r.Read()
	if errors.Is(err, io.EOF) {
		return header{}, nil, problem.Problem{File: file, Line: 1, Column: 1, Message: "the table is empty"}
	}
	if err != nil {
		return header{}, nil, err
	}
	var h header
	if isSource {
		h, err = f.sourceColumns(first)
	} else {
		h = f.testColumns(first)
	}
	var out []test
	known, again := map[string]string{}, 0
	for err == nil {
		var rec table.Record
		if rec, err = r.Read(); err != nil {
			break
		}
		t, isBlank := f.row(h, rec, isSource)
		if isBlank {
			continue
		}
		if input := asText(t.vars["input"]); h.isOwn && t.id != "" {
			if before, ok := known[t.id]; ok && before == input {
				again++ // another trial, or another run
				continue
			}
			known[t.id] = input
		}
		out = append(out, t)
	}
	if again > 0 {
		f.note(first.Places[0], "%s %s a case, as trials and runs do", wording.Count(again, "row"),
			wording.Verb(again, "repeat"))
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return h, out, err
}

// row makes a test of a record.
func (f *promptfooConfig) row(h header, rec table.Record, isSource bool) (t test, isBlank bool) {
	t = test{vars: map[string]any{}, place: rec.Places[0], isLiteral: isSource}
	isBlank = true
	var count graders.Range
	for i, cell := range rec.Cells {
		at := rec.Places[i]
		hasText := strings.TrimSpace(cell) != ""
		isBlank = isBlank && !hasText
		if i >= len(h.columns) {
			if hasText {
				f.lostAt(at, "a cell beyond the columns is not carried over")
			}
			continue
		}
		if c := h.columns[i]; c.role == roleVar && (hasText || !isSource) || c.role == roleInput {
			t.vars[c.name] = asWritten(cell, h.isOwn)
			if name, ok := strings.CutPrefix(cell, "file://"); ok && !isSource {
				if v, ok := f.varFiles(at, name); ok {
					t.vars[c.name] = v
				}
			}
		} else if hasText {
			f.cell(&t, c, asWritten(cell, h.isOwn), at, &count)
		}
	}
	if count.Min != nil || count.Max != nil {
		t.expects = append(t.expects, expectation{Expect: graders.Expect{Count: &count}})
	}
	if n := len(rec.Cells); n < len(h.columns) && !isBlank {
		f.lostAt(
			t.place, "the row has %s, and the table %s", wording.Count(n, "cell"), wording.Count(len(h.columns), "column"))
	}
	return t, isBlank
}

// asWritten takes off the apostrophe by which a report keeps a text from being a formula.
func asWritten(cell string, isOwn bool) string {
	if text, ok := strings.CutPrefix(cell, "'"); ok && isOwn && strings.IndexAny(text, "=+-@＝＋－＠\t\n") == 0 {
		return text
	}
	return cell
}

// cell takes over a cell with a text that is no var.
func (f *promptfooConfig) cell(t *test, c column, cell string, at problem.Problem, count *graders.Range) {
	trimmed := strings.TrimSpace(cell)
	switch c.role {
	case roleExpected:
		t.expects = append(t.expects, f.expected(cell)...)
	case roleAssert:
		t.asserts = append(t.asserts, assertion{short: cell, place: at, file: at.File})
	case roleID:
		t.id = trimmed
	case roleNote:
		t.description = trimmed
	case rolePrefix:
		t.prefix = cell
	case roleSuffix:
		t.suffix = cell
	case roleGroup:
		t.group = trimmed
	case roleType:
		t.expects = append(t.expects, expectation{Expect: graders.Expect{Type: trimmed}})
	case roleMin, roleMax:
		n, err := strconv.Atoi(trimmed)
		if err != nil {
			f.lostAt(at, "expected a whole number, found %q", trimmed)
			return
		}
		if c.role == roleMin {
			count.Min = &n
		} else {
			count.Max = &n
		}
	case roleTags:
		for _, tag := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(" ;,\n\t", r) }) {
			t.tags = append(t.tags, f.word("tag", tag, at))
		}
	case roleMetadata:
		if c.name == conversationID {
			t.conversation = trimmed
			return
		}
		key, isList := strings.CutSuffix(c.name, "[]")
		values := []string{cell}
		if isList {
			values = strings.Split(cell, ",")
		}
		for _, value := range values {
			tag := tagOf(key, value)
			if tag == "" {
				f.lostAt(at, "the metadata %s is not carried over: it makes no tag", cmp.Or(key, "without a name"))
				continue
			}
			t.tags = append(t.tags, tag)
		}
	case roleVar, roleInput, roleNone:
	}
}

func (d *draft) expected(cell string) []expectation {
	switch d.options.Expected {
	case Contains:
		return texts(false, []string{cell})
	case StartsWith:
		return checks(oneOf("text startsWith #", []string{cell}))
	}
	return equals(cell)
}
