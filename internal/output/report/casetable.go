package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"promptbench/internal/text/textsafe"
)

// A caseTable lists cases: id, input, what each side said, and why the case is
// listed. On a wide terminal the input is a column; on a narrow one it takes a
// line of its own below, where a whole Korean sentence fits. So does what each side
// said where one of them is wider than a column.
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
	sideWidth  = 25
	shortSide  = 12  // of a name where both sides are in one title
	wideSide   = 26  // on a wide terminal
	wideReply  = 200 // of a reply on a line of its own, before it is cut to the line
	idWidth    = 32  // at most, on a wide terminal
	whyWidth   = 40  // at most, on a wide terminal
	leastWhy   = 14
	leastID    = 12
	leastName  = 8
	leastInput = 16
)

func (t caseTable) write(w io.Writer) error {
	below := t.takeWideSides()
	if t.width >= wideEnough && len(t.sides) > 0 {
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
			if t.rows[i].input != "" {
				below[i] = slices.Insert(below[i], 0, t.rows[i].input)
			}
			for _, text := range below[i] {
				if _, err := fmt.Fprintf(w, "  %s\n", fit(text, t.width-2)); err != nil {
					return err
				}
			}
		}
		i++
	}
	return nil
}

// takeWideSides takes the columns of the sides out of the table if a cell of them is too wide. It returns them as lines
// below each row, none if all cells fit.
func (t *caseTable) takeWideSides() (below [][]string) {
	limit := sideWidth
	if t.width >= wideEnough {
		limit = wideSide
	}
	below = make([][]string, len(t.rows))
	isWide := func(said string) bool { return textsafe.Width(line(said)) > limit }
	if !slices.ContainsFunc(t.rows, func(r caseLine) bool { return slices.ContainsFunc(r.sides, isWide) }) {
		return below
	}
	label := 0
	for _, title := range t.sides {
		label = max(label, textsafe.Width(line(title)))
	}
	t.rows = slices.Clone(t.rows)
	for i, r := range t.rows {
		for k, title := range t.sides {
			title = line(title)
			below[i] = append(below[i], title+strings.Repeat(" ", label-textsafe.Width(title)+gap)+r.sides[k])
		}
		t.rows[i].sides = nil
	}
	t.sides = nil
	return below
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
		width := min(wideSide, t.widest(title, func(r caseLine) string { return r.sides[i] }))
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
