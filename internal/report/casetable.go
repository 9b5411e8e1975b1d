package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"promptbench/internal/textsafe"
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

// Widths of the columns, in terminal columns.
const (
	wideEnough = 110
	idWidth    = 24
	inputWidth = 36
	sideWidth  = 17
)

func (t caseTable) write(w io.Writer) error {
	wide := t.width >= wideEnough
	columns := []column{{Title: t.first, Max: idWidth}}
	used := idWidth + 2
	if wide {
		columns = append(columns, column{Title: "input", Max: inputWidth})
		used += inputWidth + 2
	}
	for _, side := range t.sides {
		columns = append(columns, column{Title: side, Max: sideWidth})
		used += sideWidth + 2
	}
	columns = append(columns, column{Title: t.last, Max: max(20, t.width-used)})
	rows := make([][]string, len(t.rows))
	for i, r := range t.rows {
		row := []string{r.id}
		if wide {
			row = append(row, r.input)
		}
		row = append(row, r.sides...)
		rows[i] = append(row, r.last)
	}
	if wide {
		return writeTable(w, columns, rows)
	}
	var b bytes.Buffer
	if err := writeTable(&b, columns, rows); err != nil {
		return err
	}
	i := -1 // the header comes first
	for drawn := range strings.Lines(b.String()) {
		if _, err := io.WriteString(w, drawn); err != nil {
			return err
		}
		if i >= 0 && i < len(t.rows) {
			if _, err := fmt.Fprintf(w, "  %s\n", textsafe.Cut(textsafe.Cell(t.rows[i].input), t.width-2)); err != nil {
				return err
			}
		}
		i++
	}
	return nil
}
