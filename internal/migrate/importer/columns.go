package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"promptbench/internal/input/problem"
	"promptbench/internal/input/table"
	"promptbench/internal/text/wording"
)

// What the cells of a column are.
type role int

const (
	roleVar role = iota
	roleInput
	roleExpected // the text that a reply is compared with
	roleAssert   // an assertion in promptfoo's words
	roleID
	roleNote
	roleTags
	roleMetadata
	rolePrefix
	roleSuffix
	roleGroup
	roleType
	roleMin
	roleMax
	roleNone // not carried over
)

type column struct {
	role role
	name string // of a var, or the key of metadata
}

// A header is the first record of a table.
type header struct {
	columns []column
	place   problem.Problem // of the input
	vars    []string        // in their order
	isOwn   bool            // promptbench wrote the table: a report, or the cases of a suite
}

func folded(name string) string {
	name = strings.ToLower(norm.NFC.String(strings.TrimSpace(name)))
	return strings.NewReplacer(" ", "_", "-", "_").Replace(name)
}

var assertColumn = regexp.MustCompile(`^__expected\d*$`)

// special is what promptfoo means by a column with two underscores.
func (f *promptfooConfig) special(name string, at problem.Problem) (c column, ok bool) {
	key, isMetadata := strings.CutPrefix(name, "__metadata:")
	switch {
	case !strings.HasPrefix(name, "__"):
		return c, false
	case assertColumn.MatchString(name):
		c.role = roleAssert
	case name == "__description":
		c.role = roleNote
	case name == "__prefix":
		c.role = rolePrefix
	case name == "__suffix":
		c.role = roleSuffix
	case isMetadata:
		c.role, c.name = roleMetadata, key
	default:
		c.role = roleNone
		f.lostAt(at, "the column %s is not carried over", name)
	}
	return c, true
}

// testColumns are the columns of promptfoo's tests: a column is a var of its name.
func (f *promptfooConfig) testColumns(head table.Record) header {
	h := header{columns: make([]column, len(head.Cells))}
	for i, name := range head.Cells {
		name = strings.TrimSpace(name)
		at := head.Places[i]
		c, ok := f.special(name, at)
		switch {
		case ok:
		case name == "":
			c.role = roleNone
			f.lostAt(at, "a column without a name is not carried over")
		case slices.Contains(h.vars, name):
			f.lostAt(at, "the column %s is there twice; the last one counts", name)
			fallthrough
		default:
			c.name = name
			h.vars = append(h.vars, name)
		}
		h.columns[i] = c
	}
	return h
}

// What the columns of a table are called, the surest last; usualNames has those of inputs.
const expectedNames = "output label target 답변 답 answer reference ideal expected_output 정답 expected"

// The first columns of promptbench's reports, and the columns of its tables of cases.
const (
	reportColumns = "run,prompt,model,case,trial,"
	pairColumns   = "base,head,base_run,head_run,case,"
	casesColumns  = "id input type count_min count_max tags group note"
)

// sourceColumns are the columns of any table.
func (f *promptfooConfig) sourceColumns(head table.Record) (header, error) {
	titles := make([]string, len(head.Cells))
	for i, cell := range head.Cells {
		titles[i] = folded(cell)
	}
	joined := strings.Join(titles, ",") + ","
	isReport := strings.HasPrefix(joined, reportColumns) || strings.HasPrefix(joined, pairColumns)
	h := header{columns: make([]column, len(titles))}
	h.isOwn = isReport || slices.Contains(titles, "id") && !slices.ContainsFunc(titles, func(name string) bool {
		return !slices.Contains(strings.Fields(casesColumns), name) && !strings.HasPrefix(name, "var:")
	})
	input, err := f.inputColumn(head, titles, isReport)
	if err != nil {
		return h, err
	}
	h.place = head.Places[input]
	expected := -1
	if !h.isOwn {
		expected = surest(titles, strings.Fields(expectedNames), input)
	}
	roles := map[string]role{"id": roleID, "tags": roleTags, "note": roleNote, "description": roleNote}
	if h.isOwn {
		roles = map[string]role{
			"id": roleID, "case": roleID, "tags": roleTags, "group": roleGroup, "note": roleNote, "type": roleType,
			"expected_type": roleType, "count_min": roleMin, "count_max": roleMax,
		}
	}
	if isReport {
		delete(roles, "type")
		f.note(head.Places[0], "the table is a report of promptbench: its cases are carried over, its results are not")
	}
	taken := names{}
	for i := range titles { // a name that can stay is not taken from its column
		if cell := strings.TrimSpace(head.Cells[i]); i != input && i != expected && varName(cell) == cell {
			taken[cell] = 1
		}
	}
	seen := map[string]bool{}
	for i, name := range titles {
		c, isSpecial := f.special(strings.TrimSpace(head.Cells[i]), head.Places[i])
		known, isKnown := roles[name]
		switch {
		case isSpecial:
		case i == input:
			c = column{roleInput, "input"}
		case i == expected:
			c.role = roleExpected
			f.note(head.Places[i], "replies are compared with the column %s", strings.TrimSpace(head.Cells[i]))
		case isKnown && !seen[name]:
			c.role = known
			seen[name] = true
		case isReport:
			c.role = roleNone
		case name == "":
			c.role = roleNone
			f.lostAt(head.Places[i], "a column without a name is not carried over")
		default:
			c.name = f.varColumn(strings.TrimSpace(head.Cells[i]), head.Places[i], taken, seen)
			h.vars = append(h.vars, c.name)
		}
		h.columns[i] = c
	}
	return h, nil
}

// varColumn makes the name of the var that a column becomes, and says where it differs.
func (f *promptfooConfig) varColumn(cell string, at problem.Problem, taken names, seen map[string]bool) string {
	title := strings.TrimPrefix(cell, "var:")
	name := varName(title)
	if name != title || seen["var:"+name] {
		name = taken.numbered(name, "_")
		f.note(at, "the column %q is the var %s", cell, name)
	}
	seen["var:"+name] = true
	return name
}

// surest is the index of the name that comes last in a list of usual ones, or -1.
func surest(names, usual []string, but int) int {
	out, best := -1, -1
	for i, name := range names {
		if at := slices.Index(usual, name); at > best && i != but {
			out, best = i, at
		}
	}
	return out
}

// inputColumn chooses the input, and says which it is.
func (f *promptfooConfig) inputColumn(head table.Record, names []string, isReport bool) (int, error) {
	said := make([]string, len(names))
	for i, cell := range head.Cells {
		said[i] = strings.TrimSpace(cell)
	}
	if want := f.options.Input; want != "" {
		at := slices.Index(said, want)
		if at < 0 {
			at = slices.Index(names, folded(want))
		}
		if at < 0 {
			return 0, problem.Problem{
				File: f.source, Line: 1, Column: 1, Message: fmt.Sprintf("the table has no column %q", want),
				Hint: "its columns: " + strings.Join(said, ", "),
			}
		}
		return at, nil
	}
	at := surest(names, usualNames(), -1)
	if at < 0 && len(names) == 1 {
		at = 0
	}
	if at < 0 {
		return 0, problem.Problem{
			File: f.source, Line: 1, Column: 1, Message: "no column of the table is the input",
			Hint: "choose one with --input-column: " + strings.Join(said, ", "),
		}
	}
	var others []string
	for i, name := range names {
		if i != at && !isReport && slices.Contains(usualNames(), name) {
			others = append(others, said[i])
		}
	}
	f.noteInput(head.Places[at], "column "+said[at], others)
	return at, nil
}

// noteInput says what was chosen as the input.
func (d *draft) noteInput(at problem.Problem, what string, others []string) {
	if len(others) > 0 {
		d.note(at, "the input is the %s; --input-column chooses another, such as %s", what, wording.List(others))
		return
	}
	d.note(at, "the input is the %s", what)
}
