package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"promptbench/internal/text/textsafe"
)

// A caseTable lists cases: id, input, what each side said, and why the case is
// listed. On a wide terminal the input is a column; on a narrow one it takes a
// line of its own below, where a whole Korean sentence fits.
type caseTable struct {
	first string
	sides []string
	last  string
	width int
	rows  []caseLine
}

type caseLine struct {
	id    string
	input string
	sides []string
	last  string
}

// Widths, in terminal columns.
const (
	wideEnough = 110 // for the input to be a column
	gap        = 2   // between columns
	sideWidth  = 17
	idWidth    = 32 // at most, on a wide terminal
	whyWidth   = 40 // at most, on a wide terminal
	leastWhy   = 14
	leastID    = 12
	leastInput = 16
)

func (t caseTable) write(w io.Writer) error {
	if t.width >= wideEnough {
		return writeTable(w, t.wideColumns(), t.cells(true))
	}
	var b bytes.Buffer
	if err := writeTable(&b, t.narrowColumns(), t.cells(false)); err != nil {
		return err
	}
	i := -1 // the header comes first
	for drawn := range strings.Lines(b.String()) {
		if _, err := io.WriteString(w, drawn); err != nil {
			return err
		}
		if i >= 0 && i < len(t.rows) {
			if _, err := fmt.Fprintf(w, "  %s\n", fit(t.rows[i].input, t.width-2)); err != nil {
				return err
			}
		}
		i++
	}
	return nil
}

// narrowColumns give the id what it needs, because it is what one types next,
// as long as the reason keeps a little.
func (t caseTable) narrowColumns() []column {
	sides, used := t.sideColumns()
	id := t.widest(t.first, func(r caseLine) string { return r.id })
	id = min(id, max(leastID, t.width-used-gap-leastWhy))
	columns := append([]column{{Title: t.first, Max: id}}, sides...)
	return append(columns, column{Title: t.last, Max: max(leastWhy, t.width-used-id-gap)})
}

// wideColumns give the input what the others leave.
func (t caseTable) wideColumns() []column {
	sides, used := t.sideColumns()
	id := min(idWidth, t.widest(t.first, func(r caseLine) string { return r.id }))
	rest := t.width - used - id - 2*gap
	why := min(whyWidth, rest-leastInput, t.widest(t.last, func(r caseLine) string { return r.last }))
	columns := []column{{Title: t.first, Max: id}, {Title: "input", Max: rest - why}}
	return append(append(columns, sides...), column{Title: t.last, Max: why})
}

// sideColumns are the columns of what each side said, and what they take with
// the gap after each.
func (t caseTable) sideColumns() (columns []column, used int) {
	for i, title := range t.sides {
		width := min(sideWidth, t.widest(title, func(r caseLine) string { return r.sides[i] }))
		columns = append(columns, column{Title: title, Max: width})
		used += width + gap
	}
	return columns, used
}

func (t caseTable) widest(title string, cell func(caseLine) string) int {
	width := textsafe.Width(line(title))
	for _, r := range t.rows {
		width = max(width, textsafe.Width(line(cell(r))))
	}
	return width
}

func (t caseTable) cells(wide bool) [][]string {
	rows := make([][]string, len(t.rows))
	for i, r := range t.rows {
		row := []string{r.id}
		if wide {
			row = append(row, r.input)
		}
		rows[i] = append(append(row, r.sides...), r.last)
	}
	return rows
}
